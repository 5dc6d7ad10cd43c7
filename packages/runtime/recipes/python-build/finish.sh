#!/bin/bash
set -eu

ln -s python3 /usr/bin/python
# The image is one person's to change: pip may install beside what Debian brought.
rm -f /usr/lib/python3.11/EXTERNALLY-MANAGED

useradd --uid 1000 --gid 0 --no-create-home --home-dir /home/user --shell /bin/bash user
# Any user of the group root may write here, as is the custom of images that run with any user id.
install -d -o 1000 -g 0 -m 2775 /home/user /home/user/.cache /opt/app-root /opt/app-root/src
install -d -o 1000 -g 0 -m 2777 /projects
