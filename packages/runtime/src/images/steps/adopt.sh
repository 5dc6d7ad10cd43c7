# Usage: adopt.sh LAYER LOWER...
# Folders of LAYER that it has things in but does not describe, their paths on standard input, each ended by a zero
# byte: each gets owner, mode and time of the same folder in the nearest LOWER that has it. A path that leads through a
# link there is no such folder.
exec xargs -0 -r -I '{}' sh -c '
path=$1 layer=$2
shift 2
for lower; do
  [ -e "$lower/$path" ] || [ -L "$lower/$path" ] || continue
  [ -d "$lower/$path" ] && [ "$(realpath -- "$lower/$path")" = "$lower/$path" ] || exit 0
  chown --no-dereference --reference="$lower/$path" -- "$layer/$path"
  chmod --reference="$lower/$path" -- "$layer/$path"
  touch --no-dereference --reference="$lower/$path" -- "$layer/$path"
  exit 0
done' sh '{}' "$@"
