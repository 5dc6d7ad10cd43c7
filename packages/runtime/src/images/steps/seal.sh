# Usage: seal.sh LAYER STARTED EPOCH
# Gives everything that was written since STARTED (seconds since 1970) the time EPOCH. What packages brought keeps its
# own time, which is the same in every build, and on which Python's compiled files rely.
cd "$1"
find . -newermt "@$2" -print0 | xargs -0 -r touch --no-dereference --date="@$3"
