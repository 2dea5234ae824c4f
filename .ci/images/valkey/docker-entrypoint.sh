#!/bin/sh
# Options alone, or a file of settings, are those of the server; the server does not run as root.
set -eu

case ${1:-} in -* | *.conf) set -- valkey-server "$@" ;; esac
case ${1:-} in valkey-server | redis-server) ;; *) exec "$@" ;; esac

if [ "$(id -u)" = 0 ]; then
  chown -R valkey:valkey /data
  exec setpriv --reuid=valkey --regid=valkey --init-groups "$0" "$@"
fi
# Without a password Valkey answers only its own host; the official image is built without that protection.
case " $* " in *" --protected-mode "* | *.conf*) ;; *) set -- "$@" --protected-mode no ;; esac
exec "$@"
