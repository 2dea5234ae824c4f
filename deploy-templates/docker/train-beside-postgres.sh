#!/usr/bin/env bash
# train-beside-postgres.sh JAVA OPTIONS JAR OUT MIGRATE [PATH...]
# Trains (see train.sh) with a PostgreSQL of its own, which is gone afterwards; in an image that has PostgreSQL, not as root.
# MIGRATE is the main class that makes the tables, or - for none.
set -euo pipefail

java=$1 options=$2 jar=$3 migrate=$5
folder=$(mktemp -d)
data=$folder/data
export SCALABLE_DB_USER=training SCALABLE_DB_PASSWORD=training SCALABLE_DB_URL=jdbc:postgresql://127.0.0.1:5432/training
# A busy machine that makes images is slow, and nobody waits for an answer.
export SCALABLE_DB_CONNECT_TIMEOUT=60s
# Nobody is there: the app does without, as it does when Redis is lost. It learns nearly as much.
export SCALABLE_REDIS_URL=redis://127.0.0.1:6379

printf training > "$folder/password"
# With the passwords of production, so that their code is learned, too.
initdb --username=training --pwfile="$folder/password" --auth=scram-sha-256 --pgdata="$data" > /dev/null
pg_ctl start --wait --silent --pgdata="$data" --log="$folder/log" \
  --options="-c listen_addresses=127.0.0.1 -c unix_socket_directories='$folder' -c fsync=off"
trap 'pg_ctl stop --silent --mode=immediate --pgdata="$data"; rm -rf "$folder"' EXIT
PGPASSWORD=training createdb --host="$folder" --username=training training

if [ "$migrate" != - ]; then
  "$java" "@$options" -cp "$jar" "$migrate"
fi
bash "$(dirname "$0")/train.sh" "$1" "$2" "$3" "$4" "${@:6}"
