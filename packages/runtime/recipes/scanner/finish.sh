#!/bin/bash
set -eu

useradd --uid 1000 --gid 0 --no-create-home --home-dir /home/user --shell /bin/bash user
install -d -o 1000 -g 0 -m 2775 /home/user
install -d -o 1000 -g 0 -m 2777 /projects
