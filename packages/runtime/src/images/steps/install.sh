# Usage: install.sh ROOT RECIPE PACKAGES...
# Lays the recipe's files over the image and installs packages that were downloaded before. APT_CONFIG says how.
root=$1 recipe=$2
shift 2
printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
if [ -d "$recipe/root" ]; then
  tar --create --directory "$recipe/root" --owner=0 --group=0 --mode='u=rwX,go=rX' . |
    tar --extract --directory "$root" --no-overwrite-dir --no-same-owner --preserve-permissions
fi
[ $# = 0 ] || apt-get --yes --no-download -o Debug::NoLocking=true install "$@"
