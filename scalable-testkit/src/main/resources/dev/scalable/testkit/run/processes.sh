# The processes of one run, in plain POSIX sh.
#
#   record DIR ROLE COMMAND...   notes this process in DIR/pids, then becomes COMMAND (same process id)
#   reap DIR SIGNAL              waits for the end of its stdin, which is a pipe held by the test JVM, then ends every
#                                recorded process (PostgreSQL by SIGNAL) and what these have left, and deletes DIR,
#                                or makes DIR/ended if DIR/keep exists; if some cannot be ended it prints "role pid"
#                                of each, leaves DIR and exits with 76
#
# A line of DIR/pids is "role pid born boot"; the last is empty where there is no /proc. A process writes its own line
# before it becomes the node, so there is no moment in which a node runs unrecorded, however suddenly the JVM dies.
# `record` appends and then looks for DIR/closed; `reap` creates DIR/closed and then reads: whichever is later sees the
# other.
set -f

# Which boot of the machine this is. A run may outlast one, as a folder, and its numbers are strangers' then.
boot=
{ read -r boot < /proc/sys/kernel/random/boot_id; } 2> /dev/null || boot=

# Sets $born to what tells process $1 from a later process with the same number; fails if it does not run (any more).
look() {
  born=
  if [ -r /proc/self/stat ]; then
    { read -r stat < "/proc/$1/stat"; } 2> /dev/null || return 1
    # shellcheck disable=SC2086    # split on purpose; set -f keeps names from being expanded
    set -- ${stat##*) }            # the fields after the command's name, which may itself hold blanks: 3 (state) and on
    case $1 in Z | X) return 1 ;; esac
    shift 19
    born=$1                        # field 22, start time in clock ticks since boot, proc_pid_stat(5)
  else
    born=$(ps -o lstart= -p "$1" | tr -d ' ')
  fi
  [ -n "$born" ]
}

# Sets $living to those recorded processes with role $1 that still run.
find_living() {
  living=
  [ -e "$dir/pids" ] || return 0
  while read -r role pid since when; do
    if [ "$role" = "$1" ] && [ "$when" = "$boot" ] && look "$pid" && [ "$born" = "$since" ]; then
      living="$living $pid"
    fi
  done < "$dir/pids"
}

# Ends the processes with role $1 by signal $2, and by KILL (their process groups too) after $3 twentieths of a second.
end() {
  find_living "$1"
  for pid in $living; do
    kill -s "$2" "$pid"
    kill -s CONT "$pid"            # a paused process would not notice
  done
  left=$3
  while [ -n "$living" ] && [ "$left" -gt -100 ]; do
    if [ "$left" -eq 0 ]; then
      for pid in $living; do kill -s KILL -- "-$pid" || kill -s KILL "$pid"; done
    fi
    sleep 0.05
    left=$((left - 1))
    find_living "$1"
  done
} 2> /dev/null

# Kills what recorded processes have left behind: the groups whose leader has ended and, where there is a /proc, what
# has this run's name in its environment, wherever it has gone. No other group can have the number of a leader that has
# ended while a process of its own is left; a number that runs again is a stranger's.
end_left() {
  [ -e "$dir/pids" ] || return 0
  while read -r role pid since when; do
    [ "$when" != "$boot" ] || look "$pid" || kill -s KILL -- "-$pid"
  done < "$dir/pids"
  [ -r /proc/self/environ ] || return 0
  set +f
  grep -lsF "SCALABLE_TESTKIT_RUN=${dir##*/}" /proc/[0-9]*/environ | while read -r environ; do
    pid=${environ#/proc/}
    kill -s KILL "${pid%/environ}"
  done
  set -f
} 2> /dev/null

verb=$1
dir=$2
case $verb in
  record)
    role=$3
    shift 3
    look $$
    echo "$role $$ $born $boot" >> "$dir/pids" || exit 74
    if [ -e "$dir/closed" ]; then exit 75; fi
    exec "$@"
    ;;
  reap)
    trap '' HUP INT TERM QUIT      # Ctrl-C is for the test JVM; the reaper ends when that has ended
    cd /
    while read -r _; do :; done
    [ -d "$dir" ] || exit 0
    : > "$dir/closed"
    end nginx TERM 100             # first: without it no instance waits for requests that might still come
    end app TERM 100
    end redis TERM 100
    end postgres "$3" 200
    end_left
    survivors=
    for kind in nginx app redis postgres; do
      find_living "$kind"
      for pid in $living; do survivors="$survivors$kind $pid, "; done
    done
    if [ -n "$survivors" ]; then
      echo "${survivors%, }"
      exit 76
    fi
    if [ -e "$dir/keep" ]; then : > "$dir/ended"; else rm -rf "$dir"; fi
    ;;
esac
