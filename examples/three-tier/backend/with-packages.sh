#!/bin/sh
# Usage: with-packages.sh REQUIREMENTS COMMAND...
# Installs the packages of REQUIREMENTS into /packages, once for each content of that file and each version of Python, then
# becomes COMMAND, which finds them. A start that was cut off installs again: a folder has its name only when it is whole.
set -eu

requirements=$1
shift
packages=/packages/$({ python3 --version; cat "$requirements"; } | sha256sum | cut -c1-16)
if [ ! -d "$packages" ]; then
  rm -rf /packages/*
  python3 -m pip install --quiet --disable-pip-version-check --requirement "$requirements" --target "$packages.new"
  mv "$packages.new" "$packages"
fi

# The folder of the sources may be read-only.
export PYTHONPATH="$packages" PYTHONDONTWRITEBYTECODE=1
exec "$@"
