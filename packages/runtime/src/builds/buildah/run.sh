# Usage: run.sh ROOM BUILD BUILDER WORD...
# Runs buildah with a storage of its own (BUILDER, kept between builds) over the layers of our store, which it only reads.
# What it builds from is in BUILD. What RUN steps could see of the machine besides is covered: they get its /sys.
room=$1 build=$2 builder=$3
shift 3
mount -t proc proc /proc
# The store may itself lie in /tmp; it is seen under ROOM here, until that is covered too.
mount -t tmpfs -o mode=1777 tmpfs /tmp
mkdir /tmp/layers /tmp/build /tmp/builder /tmp/run
mount --bind "$room/images/layers" /tmp/layers
mount -o remount,ro,bind /tmp/layers
mount --bind "$build" /tmp/build
mount --bind "$builder" /tmp/builder
mount -t tmpfs -o ro,size=4k tmpfs "$room"
[ ! -e /tmp/build/resolv.conf ] || mount --bind /tmp/build/resolv.conf "$(realpath /etc/resolv.conf)"
# The temporary folder lies on the disk: whole layers go through it. Of what is in it, only caches are to stay.
mkdir -p /tmp/builder/storage /tmp/builder/tmp
find /tmp/builder/tmp -mindepth 1 -maxdepth 1 ! -name 'buildah-cache*' -exec rm -rf {} +
cd /tmp/build/context
exec "$@" 2>&1
