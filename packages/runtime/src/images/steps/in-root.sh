# Usage: in-root.sh ROOM BUILD LOWER PROGRAM...
# Puts the new image together at ROOM/root and runs PROGRAM with it: the layer being made over LOWER (or alone, when
# LOWER is empty), the shared package folder, devices and processes. All mounts end with this process.
room=$1 build=$2 lower=$3
shift 3
root=$room/root
mount -t proc proc /proc
# Nothing temporary outlives this process; the store may lie in /tmp, but is seen under ROOM here.
mount -t tmpfs -o mode=1777 tmpfs /tmp
if [ -z "$lower" ]; then
  mount --bind "$build/upper" "$root"
else
  mount -t overlay overlay -o "lowerdir=$lower,upperdir=$build/upper,workdir=$build/work,userxattr" "$root"
  mount --bind "$room/packages/archives" "$root/var/cache/apt/archives"
  mount --bind "$room/packages/lists" "$root/var/lib/apt/lists"
  mount -t tmpfs -o mode=755 tmpfs "$root/dev"
  for device in null zero full random urandom tty; do
    : > "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
  done
  ln -s /proc/self/fd "$root/dev/fd"
  mkdir -m 1777 "$root/dev/shm"
  mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
  mount -t proc proc "$root/proc"
fi
exec "$@"
