# Usage: unpack.sh ROOM LAYER
# Unpacks the archive on standard input into the folder LAYER. Nothing else of the machine can be written or even seen:
# the root here is empty but for the machine's programs, which are not ours to change, and the layer.
root=$1/root layer=$2
chown 0:0 "$layer"
mount -t tmpfs -o mode=755 tmpfs "$root"
mkdir "$root/usr" "$root/layer"
mount --rbind /usr "$root/usr"
for name in bin lib lib32 lib64; do
  if [ -L "/$name" ]; then
    ln -s "$(readlink "/$name")" "$root/$name"
  elif [ -d "/$name" ]; then
    mkdir "$root/$name"
    mount --rbind "/$name" "$root/$name"
  fi
done
mount --bind "$layer" "$root/layer"
mount -o remount,ro,bind "$root"
exec chroot "$root" tar --extract --file - --directory /layer --blocking-factor 512 --same-permissions --same-owner \
  --numeric-owner --absolute-names --xattrs --xattrs-include=security.capability --xattrs-include=user.overlay.opaque
