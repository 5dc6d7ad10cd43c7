#!/bin/sh
# Usage: with-packages.sh REQUIREMENTS COMMAND...
# Installs the packages of REQUIREMENTS into /packages, once for each content of that file and each version of Python, then
# becomes COMMAND, which finds them. A start that was cut off installs again: a folder has its name only when it is whole.
set -eu

requirements=$1
shift
# The program's own path has its version in it; to ask Python itself would take longer than all else here.
name=$({ readlink -f "$(command -v python3)"; cat "$requirements"; } | sha256sum)
packages=/packages/${name%% *}
if [ ! -d "$packages" ]; then
  rm -rf /packages/*
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
    --requirement "$requirements" --target "$packages.new"
  mv "$packages.new" "$packages"
fi

# The folder of the sources may be read-only.
export PYTHONPATH="$packages" PYTHONDONTWRITEBYTECODE=1
exec "$@"
