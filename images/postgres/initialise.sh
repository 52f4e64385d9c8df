#!/bin/sh
# Fills an empty PGDATA from the template cluster, with the user, password and database of the environment:
# POSTGRES_USER (postgres), POSTGRES_PASSWORD (required, or POSTGRES_PASSWORD_FILE, unless
# POSTGRES_HOST_AUTH_METHOD=trust), POSTGRES_DB (the user's name), POSTGRES_INITDB_ARGS (runs initdb with them).
set -eu

user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}
password=${POSTGRES_PASSWORD:-}
if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then
    password=$(cat "$POSTGRES_PASSWORD_FILE")
fi
method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
if [ -z "$password" ] && [ "$method" != trust ]; then
    echo "Error: Database is uninitialized and superuser password is not specified: set POSTGRES_PASSWORD." >&2
    exit 1
fi

identifier() { printf '"%s"' "$(printf %s "$1" | sed 's/"/""/g')"; }
literal() { printf "'%s'" "$(printf %s "$1" | sed "s/'/''/g")"; }

# While this file is there, PGDATA is half-made; entrypoint.sh then begins again.
unfinished=$PGDATA/initialisation.unfinished

find "$PGDATA" -mindepth 1 -delete
if [ -n "${POSTGRES_INITDB_ARGS:-}" ]; then
    # shellcheck disable=SC2086 -- the arguments are several words
    initdb --username=postgres --auth-local=trust --auth-host=trust $POSTGRES_INITDB_ARGS --pgdata="$PGDATA"
    touch "$unfinished"
else
    touch "$unfinished"
    cp -r /var/lib/postgresql/template/. "$PGDATA"
fi
sed -e 's/^#*listen_addresses = .*/listen_addresses = '"'*'"'/' -i "$PGDATA/postgresql.conf"
echo "host all all all $method" >> "$PGDATA/pg_hba.conf"

# Single-user mode needs no server to be started and stopped (-j: a statement ends with a semicolon and an empty line).
# There the session belongs to the first superuser, which cannot rename itself: a second one does it.
{
    if [ "$user" != postgres ]; then
        printf 'CREATE ROLE acceptance_initialise SUPERUSER;\n\n'
        printf 'SET SESSION AUTHORIZATION acceptance_initialise;\n\n'
        printf 'ALTER ROLE postgres RENAME TO %s;\n\n' "$(identifier "$user")"
        printf 'SET SESSION AUTHORIZATION %s;\n\n' "$(identifier "$user")"
        printf 'DROP ROLE acceptance_initialise;\n\n'
    fi
    if [ -n "$password" ]; then
        printf 'ALTER ROLE %s PASSWORD %s;\n\n' "$(identifier "$user")" "$(literal "$password")"
    fi
    if [ "$database" != postgres ]; then
        printf 'CREATE DATABASE %s;\n\n' "$(identifier "$database")"
    fi
} | postgres --single -j -F -c log_min_messages=error -c exit_on_error=on -D "$PGDATA" postgres > /dev/null
rm "$unfinished"
