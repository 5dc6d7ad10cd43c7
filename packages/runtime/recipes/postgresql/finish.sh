#!/bin/bash
set -eu

userdel postgres
groupdel postgres 2>/dev/null || true
useradd --uid 26 --gid 0 --no-create-home --home-dir /var/lib/pgsql --shell /bin/bash postgres
rm -rf /var/lib/postgresql
install -d -o 26 -g 0 -m 2775 /var/lib/pgsql /var/lib/pgsql/data /var/lib/postgresql /var/lib/postgresql/data
install -d -m 3777 /run/postgresql
install -d /docker-entrypoint-initdb.d
# A user id the image does not know adds itself here: PostgreSQL's own tools want a name for it.
chmod 664 /etc/passwd
for name in run-postgresql docker-entrypoint.sh; do ln -s postgresql-entrypoint "/usr/local/bin/$name"; done

# Just-in-time compilation and its compiler are most of the size, and nothing that a development database needs.
rm -rf /usr/lib/postgresql/15/lib/bitcode /usr/lib/postgresql/15/lib/llvmjit*
rm -f /usr/lib/*/libLLVM-* /usr/lib/*/libz3.so* /usr/lib/llvm-*/lib/libLLVM*
# Debian's own management of clusters is of no use here; the programs themselves take the place of its wrappers.
find /usr/bin -lname '*pg_wrapper' -delete
ln -sf /usr/lib/postgresql/15/bin/* /usr/bin/
rm -rf /usr/share/postgresql-common /etc/postgresql-common /etc/postgresql /usr/bin/pg_*cluster*
# What only those needed.
rm -rf /usr/share/perl/5.* /usr/lib/*/perl/5.* /usr/share/perl5/{Pg*,JSON*} /usr/share/i18n
# A certificate with a key of its own that a package made; nothing here uses it.
rm -f /etc/ssl/private/ssl-cert-snakeoil.key /etc/ssl/certs/ssl-cert-snakeoil.pem
find /etc/ssl/certs -xtype l -delete

# The prepared cluster that a first start unpacks: the same bytes in every build.
share=/usr/share/devstead
chmod 755 "$share"/{make-cluster,set-cluster-identity}
work=$(mktemp -d)
chown 26:0 "$work"
as_postgres=(setpriv --reuid=26 --regid=0 --clear-groups env HOME=/tmp)
"${as_postgres[@]}" "$share/make-cluster" "$work" postgres
# A database that gets the name and the owner asked for; its files are half of all, and not unpacked where none is.
"${as_postgres[@]}" postgres --single -D "$work" -F postgres > /dev/null <<< 'CREATE DATABASE "devstead-prepared" STRATEGY file_copy'
database=base/$("${as_postgres[@]}" postgres --single -D "$work" -F postgres <<< \
  "SELECT oid FROM pg_database WHERE datname = 'devstead-prepared'" | sed -n 's/.*oid = "\([0-9]*\)".*/\1/p')
"${as_postgres[@]}" pg_resetwal --pgdata="$work" > /dev/null
rm -f "$work"/pg_stat/* "$work"/{global,base/*}/pg_internal.init
"${as_postgres[@]}" "$share/set-cluster-identity" "$work" fixed
# The log's segment is zeros but for its beginning: 16 MB that need not be kept.
for segment in "$work"/pg_wal/0*; do
  cp --sparse=always "$segment" "$work/segment"
  mv "$work/segment" "$segment"
done
pack() {
  tar --create --directory "$work" --sort=name --format=gnu --sparse --numeric-owner --owner=0 --group=0 \
    --mtime="@$SOURCE_DATE_EPOCH" --file "$share/$1" "${@:2}"
  chmod 644 "$share/$1"
}
pack pgdatabase.tar "./$database"
pack pgdata.tar --exclude="./$database" .
rm -rf "$work"
