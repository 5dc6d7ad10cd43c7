# Usage: remove.sh IMAGES TRASH NAME...
# Removes folders of the store: first out of sight, all at once, then their content.
cd "$1"
trash=$2
shift 2
mkdir -p "$trash"
for name; do mv -T -- "$name" "$trash/${name##*/}"; done
rm -rf -- "$trash"
