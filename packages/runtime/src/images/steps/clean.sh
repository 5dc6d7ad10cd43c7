# Usage: clean.sh ROOT HAS_OWN_SOURCES
# Takes out of the image what only its making needed, and what differs from one making to the next.
root=$1 has_own_sources=$2
cd "$root"
[ "$has_own_sources" = no ] || rm -f etc/apt/sources.list
rm -f etc/apt/apt.conf.d/99mmdebstrap usr/sbin/policy-rc.d
rm -f etc/passwd- etc/group- etc/shadow- etc/gshadow- etc/subuid- etc/subgid- etc/.pwd.lock
rm -f etc/hostname etc/resolv.conf etc/machine-id var/lib/dbus/machine-id
rm -f var/lib/dpkg/*-old var/cache/debconf/*.dat* var/lib/dpkg/lock* var/lib/dpkg/triggers/Lock
rm -f var/cache/ldconfig/aux-cache var/cache/apt/*.bin
rm -rf var/tmp/* root/.cache usr/share/doc-base
find var/log -type f -delete
# The day of the last change of a password, of which there are none.
sed -i -E 's/^([^:]*:[^:]*:)[0-9]+:/\119000:/' etc/shadow
: > etc/machine-id
