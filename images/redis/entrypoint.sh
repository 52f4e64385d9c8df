#!/bin/sh
# As in the official image: options alone, or a configuration file alone, are arguments of redis-server.
set -eu
case "$1" in
    -* | *.conf) set -- redis-server "$@" ;;
esac
if [ "$1" = redis-server ]; then
    shift
    # A configuration file must stay first. Debian's build is protected by default, the official one is not:
    # clients come from outside the container. A later --protected-mode of the caller's wins.
    case "${1:-}" in
        "" | -*) set -- redis-server --protected-mode no "$@" ;;
        *) file=$1; shift; set -- redis-server "$file" --protected-mode no "$@" ;;
    esac
    if [ "$(id -u)" = 0 ]; then
        find . \! -user redis -exec chown redis:redis {} +
        set -- setpriv --reuid=redis --regid=redis --init-groups "$@"
    fi
fi
exec "$@"
