# Usage: inventory.sh ROOT
# Prints name and version of every installed package, separated by a tab.
dpkg-query --admindir="$1/var/lib/dpkg" --show --showformat='${db:Status-Abbrev}${Package}\t${Version}\n' | sed -n 's/^ii *//p'
