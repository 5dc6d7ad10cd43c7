#!/bin/bash
set -eu

userdel redis
useradd --uid 1001 --gid 0 --no-create-home --home-dir /data --shell /bin/bash redis
install -d -o 1001 -g 0 -m 2775 /data
rm -rf /var/lib/redis /var/log/redis /etc/redis
ln -s redis-entrypoint /usr/local/bin/run-redis
