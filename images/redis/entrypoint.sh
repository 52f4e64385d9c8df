#!/bin/sh
# As in the official image: options alone, or a configuration file alone, are arguments of redis-server.
set -eu
case "$1" in
    -* | *.conf) set -- redis-server "$@" ;;
esac
if [ "$1" = redis-server ]; then
    # Debian's build takes clients from this container only, unless told; the official one takes all.
    case "$*" in
        *--protected-mode* | *--version | *\ -v | *--help | *\ -h) ;;
        *) set -- "$@" --protected-mode no ;;
    esac
    if [ "$(id -u)" = 0 ]; then
        find . \! -user redis -exec chown redis:redis {} +
        set -- setpriv --reuid=redis --regid=redis --init-groups "$@"
    fi
fi
exec "$@"
