#!/bin/sh
# Installs the packages once for each version of requirements.txt, then becomes Flask. Words given go to `flask run`.
set -eu

packages=/packages/$(sha256sum /app/requirements.txt | cut -c1-16)
if [ ! -e "$packages/.complete" ]; then
  rm -rf /packages/*
  python3 -m venv "$packages"
  "$packages/bin/pip" install --quiet --disable-pip-version-check --requirement /app/requirements.txt
  touch "$packages/.complete"
fi

# The folder may be read-only.
export PYTHONDONTWRITEBYTECODE=1
exec "$packages/bin/flask" --app app:create_app run --host 0.0.0.0 --port 5000 "$@"
