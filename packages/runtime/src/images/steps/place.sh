# Usage: place.sh [FROM TO]...
# Moves finished layers to their places, each in one step. One that is there already stays as it is.
while [ $# -gt 0 ]; do
  [ -e "$2" ] || mv -T -- "$1" "$2"
  shift 2
done
