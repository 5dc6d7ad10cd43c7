#!/bin/bash
set -eu

groupadd --gid 101 nginx
useradd --uid 101 --gid 101 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin nginx
rm -rf /etc/nginx/sites-available /etc/nginx/sites-enabled /var/www/html
install -d /docker-entrypoint.d /etc/nginx/templates
# What nginx says goes where the container's output goes.
ln -sf /dev/stdout /var/log/nginx/access.log
ln -sf /dev/stderr /var/log/nginx/error.log
# Any user of the group root may run it, on a port above 1023.
chown -R 0:0 /var/lib/nginx /var/log/nginx
chmod -R g=u /var/lib/nginx /var/log/nginx /etc/nginx /usr/share/nginx
install -d -m 775 /usr/share/nginx/html /var/cache/nginx
chmod 775 /run
