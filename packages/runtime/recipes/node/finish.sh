#!/bin/bash
set -eu

useradd --uid 1000 --gid 0 --no-create-home --home-dir /home/node --shell /bin/bash node
# Any user of the group root may write here, as is the custom of images that run with any user id.
install -d -o 1000 -g 0 -m 2775 /home/node /home/node/.npm-global /opt/app-root /opt/app-root/src
install -d -o 1000 -g 0 -m 2777 /projects
