#!/usr/bin/env bash
# train.sh JAVA OPTIONS JAR OUT [PATH...]
# Runs the app in JAR once, with the JVM options in the file OPTIONS, until it has answered every PATH, has it end as it ends in
# production, and leaves in OUT what the JVM has learned meanwhile: classes loaded and linked, and what was called often (an AOT
# cache). The environment holds the app's settings, and the database must answer; Redis need not.
set -euo pipefail

java=$1 options=$2 jar=$3 out=$4
shift 4
port=${SCALABLE_HTTP_PORT:-8080}
health=${SCALABLE_HEALTH_PORT:-$((port + 1000))}
seconds=${TRAIN_SECONDS:-180}

fail() { printf '%s\n' "$*" >&2; exit 1; }

# The status of a GET. Bash itself speaks: the image that this runs in may have nothing else.
ask() {
  { exec 3<> "/dev/tcp/127.0.0.1/$1"; } 2> /dev/null || return 0
  printf 'GET %s HTTP/1.1\r\nHost: training\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n' "$2" >&3
  read -r _ status _ <&3 || status=
  cat <&3 > /dev/null || true
  exec 3>&-
  printf '%s' "$status"
}

"$java" "@$options" "-XX:AOTCacheOutput=$out" -jar "$jar" &
app=$!
trap 'kill -KILL "$app" 2> /dev/null || true' EXIT

until [ "$(ask "$port" /health/ready)" = 200 ]; do
  kill -0 "$app" 2> /dev/null || fail "The app has ended before it was ready; its log is above."
  [ "$SECONDS" -lt "$seconds" ] || fail "The app was not ready within $seconds s (TRAIN_SECONDS); its log is above."
  sleep 0.1
done

# Twice: what is done the first time is not what is done from then on.
for path in "$@" "$@"; do
  status=$(ask "$port" "$path")
  case $status in 2?? | 404) ;; *) fail "GET $path answered ${status:-nothing} in training." ;; esac
done
for path in /health/live /health/ready /metrics; do ask "$health" "$path" > /dev/null; done

kill -TERM "$app"
code=0
wait "$app" || code=$?
trap - EXIT
case $code in 0 | 143) ;; *) fail "The app ended with $code in training; its log is above." ;; esac
[ -s "$out" ] || fail "The JVM has left no cache in $out; its log is above."
echo "trained: $(du -k "$out" | cut -f 1) KiB"
