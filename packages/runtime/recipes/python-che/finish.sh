#!/bin/bash
set -eu

ln -s python3 /usr/bin/python
rm -f /usr/lib/python3.11/EXTERNALLY-MANAGED

useradd --uid 1000 --gid 0 --no-create-home --home-dir /home/user --shell /bin/bash user
# Any user of the group root may write here, as is the custom of images that run with any user id.
install -d -o 1000 -g 0 -m 2775 /home/user /home/user/.cache
install -d -o 1000 -g 0 -m 2777 /projects

# Commands begin with `. ${HOME}/.venv/bin/activate`; a volume that is mounted there begins with what is in it.
python3 -m venv /home/user/.venv
# Compiled files have dates in them, and come back when they are needed.
find /home/user/.venv -name __pycache__ -prune -exec rm -rf {} +
chown -R 1000:0 /home/user/.venv
chmod -R g+rwX /home/user/.venv
