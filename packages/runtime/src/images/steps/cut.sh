# Usage: cut.sh ROOT OUT PACKAGES...
# Copies what standard input names, paths each ended by a zero byte, from ROOT into the new folder OUT, and says there
# which PACKAGES it has files of, where scanners look in images without a package manager.
root=$1 out=$2
shift 2
mkdir "$out"
tar --create --directory "$root" --no-recursion --null --files-from - --xattrs --xattrs-include=security.capability |
  tar --extract --directory "$out" --same-permissions --same-owner --numeric-owner \
    --xattrs --xattrs-include=security.capability
cd "$out"
# Where a container gets mounts; those of this build are not to be copied.
mkdir -p dev proc sys run tmp var/tmp var/lib/dpkg/status.d
chmod 1777 tmp var/tmp
for package; do
  dpkg-query --admindir="$root/var/lib/dpkg" --status "$package" > "var/lib/dpkg/status.d/$package"
done
