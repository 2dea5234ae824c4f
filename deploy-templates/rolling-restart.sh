#!/bin/sh
# Restarts instances behind a balancer one after the other, so that no client notices: the next one is stopped only when the
# balancer sends requests to the one before it again. Knows no init system: what stops and starts an instance are commands that
# it is given. If a step fails or takes too long, it ends there and leaves all other instances as they are. Needs curl.
set -eu

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 64; }   # EX_USAGE of sysexits.h
usage() {
  say "rolling-restart.sh --balancer URL --stop COMMAND --start COMMAND --id COMMAND [options] INSTANCE INSTANCE...
    restarts these instances, each a name that the commands understand; they find it in \$1, and this script in \$0

  --balancer URL   where clients come in, such as http://127.0.0.1:8080
  --stop COMMAND   asks the instance to end, by SIGTERM, and waits until it has; fails if it had to be killed
  --start COMMAND  starts it; need not wait
  --id COMMAND     asks the instance itself, past the balancer, and prints its id if it is ready, nothing if not
  --path PATH      is answered with 200 and the id by an instance that takes requests (/health/ready)
  --header NAME    the header that has the id (X-Instance-Id)
  --grace S        longest time that stop may take (60): longer than the grace period after which it kills
  --patience S     longest time until an instance is ready, and again until the balancer uses it (60)
  --times N        how often its answer must come through the balancer (3)
  --soak S         time that it must then stay ready (2)

rolling-restart.sh --ask URL    prints the id of whoever answers there with 200: of use in --id"
}

balancer='' stop='' start='' id='' path=/health/ready header=X-Instance-Id grace=60 patience=60 times=3 soak=2

# The id of whoever answers this URL with 200, or nothing.
ask() {
  curl --silent --max-time 5 --output /dev/null --dump-header - "$1" 2> /dev/null | tr -d '\r' | awk -v wanted="$header" '
    NR == 1 { ok = $2 == 200 }
    ok && tolower($1) == tolower(wanted) ":" { print $2; exit }'
}

now() { date +%s; }

hook() { timeout "$1" sh -c "$2" "$0" "$3"; }   # hook SECONDS COMMAND INSTANCE

# The id of an instance by its own word, or nothing.
id_of() { hook 10 "$id" "$1" || true; }

abort() {
  say "ABORTED at instance $instance: $*" >&2
  say "It was left as it is now. No other instance was touched after that: they go on." >&2
  trap - EXIT
  exit 1
}

# Waits until the instance tells its id.
await_ready() {
  end=$(($(now) + patience))
  while :; do
    known=$(id_of "$1")
    if [ -n "$known" ]; then return; fi
    [ "$(now)" -lt "$end" ] || abort "$1 did not say within $patience s that it is ready. Its log says why"
    sleep 0.2
  done
}

# Waits until answers with this id have come through the balancer as often as wanted: one that is ready is not used yet, as a
# balancer leaves out for a while who has refused it.
await_served() {
  end=$(($(now) + patience)) seen=0
  while [ "$seen" -lt "$times" ]; do
    [ "$(now)" -lt "$end" ] || abort "$1 ($2) is ready, but was seen $seen times of $times through $balancer$path within $patience s"
    if [ "$(ask "$balancer$path")" = "$2" ]; then seen=$((seen + 1)); else sleep 0.1; fi
  done
}

# Who interrupts this must not find an instance fewer.
stopped=''
start_again() { if [ -n "$stopped" ]; then hook "$patience" "$start" "$stopped" || say "$stopped could not be started again" >&2; fi; }
trap start_again EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) usage; exit ;;
    --ask) [ $# = 2 ] || fail "--ask wants a URL and nothing else"; ask "$2"; exit ;;
    --balancer | --stop | --start | --id | --path | --header | --grace | --patience | --times | --soak)
      [ $# -ge 2 ] || fail "$1 wants a value; --help says which"
      case $1 in
        --grace | --patience | --times | --soak)
          case $2 in '' | *[!0-9]*) fail "$1 wants a whole number, not \"$2\"" ;; esac ;;
      esac
      eval "${1#--}=\$2"
      shift 2 ;;
    -*) fail "there is no option $1; --help says which there are" ;;
    *) break ;;
  esac
done
for given in "$balancer" "$stop" "$start" "$id"; do
  [ -n "$given" ] || fail "--balancer, --stop, --start and --id must be given; --help says what they are"
done
[ $# -ge 2 ] || fail "two instances at least, or nobody serves while one restarts: there is \"$*\""
command -v curl > /dev/null || fail "this needs curl: install it"
balancer=${balancer%/}

instances=$*
begin=$(now)
for instance in $instances; do
  for other in $instances; do
    if [ "$other" != "$instance" ]; then
      await_ready "$other"
      await_served "$other" "$known"
    fi
  done
  say "$instance: the others serve; stopping it"
  at=$(now)
  stopped=$instance
  if ! hook "$grace" "$stop" "$instance"; then
    start_again
    stopped=''
    abort "it did not end well within its grace period, so what it was at may be lost. It was started again"
  fi
  say "$instance: ended after $(($(now) - at)) s; starting it"
  hook "$patience" "$start" "$instance" || { stopped=''; abort "it could not be started"; }
  stopped=''
  await_ready "$instance"
  await_served "$instance" "$known"
  sleep "$soak"
  [ "$(id_of "$instance")" = "$known" ] || abort "it was ready, and is no more $soak s later"
  say "$instance: serves again, as $known"
done
say "restarted $instances in $(($(now) - begin)) s"
