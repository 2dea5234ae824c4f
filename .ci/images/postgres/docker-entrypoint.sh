#!/bin/sh
# Makes the data on the first start, as POSTGRES_USER, POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE, POSTGRES_DB,
# POSTGRES_INITDB_ARGS and POSTGRES_HOST_AUTH_METHOD say, with the files of /docker-entrypoint-initdb.d, then becomes the server.
set -eu

case ${1:-} in -*) set -- postgres "$@" ;; esac
[ "${1:-}" = postgres ] || exec "$@"

if [ "$(id -u)" = 0 ]; then
  install --directory --owner=postgres --group=postgres --mode=0700 "$PGDATA"
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  user=${POSTGRES_USER:-postgres}
  database=${POSTGRES_DB:-$user}
  method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
  if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then POSTGRES_PASSWORD=$(cat "$POSTGRES_PASSWORD_FILE"); fi
  if [ -z "${POSTGRES_PASSWORD:-}" ] && [ "$method" != trust ]; then
    echo "Error: Database is uninitialized and superuser password is not specified. Set POSTGRES_PASSWORD." >&2
    exit 1
  fi
  secret=$(mktemp)   # readable by nobody else, as the name of a new file cannot be guessed either
  printf '%s\n' "${POSTGRES_PASSWORD:-}" > "$secret"
  # shellcheck disable=SC2086  # several arguments in one variable, as in the official image
  initdb --username="$user" ${POSTGRES_PASSWORD:+--pwfile="$secret"} ${POSTGRES_INITDB_ARGS:-}
  rm "$secret"
  printf '\nhost all all all %s\n' "$method" >> "$PGDATA/pg_hba.conf"
  # Only by its socket: who waits for the port must not meet a server that goes away again.
  pg_ctl -D "$PGDATA" -o "$(printf "%s " "$@" | sed 's/^postgres//') -c listen_addresses=''" -w start
  [ "$database" = postgres ] || createdb --username="$user" --maintenance-db=postgres --no-password "$database"
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sql) psql --set=ON_ERROR_STOP=1 --no-psqlrc --username="$user" --dbname="$database" --file="$file" ;;
      *.sh) sh "$file" ;;
    esac
  done
  pg_ctl -D "$PGDATA" -m fast -w stop
  printf '\nPostgreSQL init process complete; ready for start up.\n\n'
fi
exec "$@"
