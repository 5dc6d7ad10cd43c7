#!/bin/bash
set -eu

useradd --uid 1001 --gid 0 --no-create-home --home-dir /opt/app-root/src --shell /bin/bash default
rm -rf /etc/nginx/sites-available /etc/nginx/sites-enabled /etc/nginx/conf.d /var/www/html
# Any user of the group root may run it and change what it serves.
install -d -o 1001 -g 0 -m 2775 /opt/app-root /opt/app-root/{src,etc} /opt/app-root/etc/{nginx.d,nginx.default.d}
mv /usr/share/nginx/html/index.html /opt/app-root/src/index.html
chown 1001:0 /opt/app-root/src/index.html
chmod 664 /opt/app-root/src/index.html
chown -R 1001:0 /var/lib/nginx /var/log/nginx
chmod -R g=u /var/lib/nginx /var/log/nginx /etc/nginx
chmod 775 /run
# What nginx says goes where the container's output goes.
ln -sf /dev/stdout /var/log/nginx/access.log
ln -sf /dev/stderr /var/log/nginx/error.log
# How source-to-image starts it.
install -d /usr/libexec/s2i
printf '#!/bin/sh\nexec nginx -g "daemon off;"\n' > /usr/libexec/s2i/run
chmod 755 /usr/libexec/s2i/run
