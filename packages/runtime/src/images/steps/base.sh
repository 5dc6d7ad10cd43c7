# Usage: base.sh ROOT ROOM APT_OPTIONS RELEASE PACKAGES [SOURCE...]
# Makes the lowest layer in the empty folder ROOT. Without SOURCE lines mmdebstrap takes its own default.
root=$1 room=$2 apt_options=$3 release=$4 packages=$5
shift 5
# /bin and its like are links to /usr/bin from the start; else a package with all of Perl would make them so.
merged=/usr/share/mmdebstrap/hooks/merged-usr
[ -d "$merged" ] || merged=
setup='mkdir -p "$1/var/cache/apt/archives" "$1/var/lib/apt/lists"
  mount --bind '$room'/packages/archives "$1/var/cache/apt/archives"
  mount --bind '$room'/packages/lists "$1/var/lib/apt/lists"'
# The folders' bind mounts must not be swept by mmdebstrap's own cleaning.
exec mmdebstrap --mode=root --format=directory --variant=minbase --include="$packages" \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/info/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/lintian/*' \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
  --aptopt="$apt_options" --skip=download/empty,essential/unlink,cleanup/apt \
  ${merged:+--hook-dir="$merged"} --setup-hook="$setup" "$release" "$root" "$@"
