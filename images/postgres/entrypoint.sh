#!/bin/sh
# As in the official image: `postgres` and options alone start the server, as user postgres, in PGDATA.
set -eu
case "$1" in
    -*) set -- postgres "$@" ;;
esac
if [ "$1" = postgres ]; then
    if [ "$(id -u)" = 0 ]; then
        mkdir -p "$PGDATA" /var/run/postgresql
        find "$PGDATA" /var/run/postgresql \! -user postgres -exec chown postgres:postgres {} +
        exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
    fi
    chmod 700 "$PGDATA"
    # An initialisation that was killed half-way begins again.
    if [ ! -s "$PGDATA/PG_VERSION" ] || [ -e "$PGDATA/initialisation.unfinished" ]; then
        /usr/local/bin/initialise.sh
    fi
    # The password is in the database by now; it need not stay in the environment of every backend.
    unset POSTGRES_PASSWORD PGPASSWORD
fi
exec "$@"
