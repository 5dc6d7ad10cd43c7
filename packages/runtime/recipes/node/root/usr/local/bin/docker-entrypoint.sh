#!/bin/sh
# Runs a program; what is none, or begins with a dash, is for node.
set -e

if [ "${1#-}" != "${1-}" ] || [ -z "$(command -v "${1-}")" ] || { [ -f "$1" ] && ! [ -x "$1" ]; }; then
  set -- node "$@"
fi
exec "$@"
