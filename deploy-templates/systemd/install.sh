#!/bin/sh
# Puts a release of the service, its units, settings and Nginx's configuration where systemd finds them. Any number of times: what
# people edit (app.env, the Nginx site) is never overwritten, all else is replaced. Starts and stops nothing.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
templates=$(cd "$here/.." && pwd)

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 64; }   # EX_USAGE of sysexits.h
usage() {
  say "install.sh --jars FOLDER [options]

  --jars FOLDER    the jars of the service and of all it needs, and nothing else
  --release NAME   what to call it below /opt/app/releases (the time, to the second)
  --keep N         how many releases to keep, the newest (3)
  --instances N    how many instances start at boot, 1 to 9 (2); slots beyond those in the Nginx site must be added there
  --java PATH      the java that runs them (/usr/bin/java)
  --nginx PATH     the nginx (/usr/sbin/nginx)

DESTDIR in the environment is put before every path, for packages and tests."
}

jars='' release='' keep=3 instances=2 java=/usr/bin/java nginx=/usr/sbin/nginx
while [ $# -gt 0 ]; do
  case $1 in
    --help | -h) usage; exit ;;
    --jars | --release | --keep | --instances | --java | --nginx)
      [ $# -ge 2 ] || fail "$1 wants a value; --help says which"
      eval "${1#--}=\$2"
      shift 2 ;;
    *) fail "there is no option $1; --help says which there are" ;;
  esac
done
release=${release:-$(date -u +%Y%m%dT%H%M%SZ)}
case $instances in [1-9]) ;; *) fail "--instances must be 1 to 9, since the port is 808 and the number; not \"$instances\"" ;; esac
case $keep in '' | 0* | *[!0-9]*) fail "--keep must be a number from 1, not \"$keep\"" ;; esac
case $release in '' | .* | *[!A-Za-z0-9._-]*) fail "--release may have letters, digits, ., _ and -, not \"$release\"" ;; esac
for path in "$java" "$nginx"; do
  case $path in /*) ;; *) fail "systemd wants an absolute path, not \"$path\"" ;; esac
  case $path in *[!A-Za-z0-9/._+-]*) fail "a path may have letters, digits, /, ., _, + and -, not \"$path\"" ;; esac
done
[ -n "$jars" ] || fail "--jars must say where the service is; --help tells more"
ls "$jars"/*.jar > /dev/null 2>&1 || fail "there is no jar in $jars"

root=${DESTDIR:-}
app=$root/opt/app
etc=$root/etc/app
units=$root/etc/systemd/system

folder() { mkdir -p "$2" && chmod "$1" "$2"; }   # folder MODE PATH

# A copy that is there as a whole or not at all.
replace() { cp "$1" "$2.new" && chmod "$3" "$2.new" && mv "$2.new" "$2"; }   # replace FROM TO MODE

# What people edit: only if it is not there.
offer() { if [ -e "$2" ]; then say "kept      ${2#"$root"}"; else replace "$1" "$2" "$3"; say "new       ${2#"$root"}"; fi; }

# The release, complete before anybody can see it. A JVM that runs has the jars of its own open: they are never written to.
folder 755 "$app/releases"
if [ -e "$app/releases/$release" ]; then
  say "kept      ${app#"$root"}/releases/$release: a release is never changed"
else
  rm -rf "$app/releases/.new"
  folder 755 "$app/releases/.new/lib"
  cp -L "$jars"/*.jar "$app/releases/.new/lib/"
  chmod 644 "$app/releases/.new/lib/"*
  mv "$app/releases/.new" "$app/releases/$release"
  say "new       ${app#"$root"}/releases/$release"
fi
ln -sfn "releases/$release" "$app/current.new"
mv -T "$app/current.new" "$app/current"

# Older ones, but not the current, nor one that an instance was started from, so runs from.
# shellcheck disable=SC2012  # names without anything strange in them: see above
ls -1t "$app/releases" | tail -n "+$((keep + 1))" | while read -r old; do
  inhabited='' there=$(readlink -f "$app/releases/$old")
  for process in /proc/[0-9]*/cwd; do
    if [ "$(readlink "$process" 2> /dev/null)" = "$there" ]; then inhabited=yes; fi
  done
  if [ "$old" != "$release" ] && [ -z "$inhabited" ]; then rm -rf "${app:?}/releases/$old"; say "removed   ${app#"$root"}/releases/$old"; fi
done

# Units. One that says another java or nginx than the template is its own copy.
folder 755 "$units"
for unit in app.target app@.service app-migrate.service app-nginx.service; do
  sed -e "s|=/usr/bin/java |=$java |" -e "s|=/usr/sbin/nginx |=$nginx |" "$here/$unit" > "$units/$unit.new"
  chmod 644 "$units/$unit.new"
  mv "$units/$unit.new" "$units/$unit"
done
folder 755 "$units/multi-user.target.wants"
folder 755 "$units/app.target.wants"
rm -f "$units"/app.target.wants/app@*.service
ln -sfn ../app.target "$units/multi-user.target.wants/app.target"
ln -sfn ../app-nginx.service "$units/app.target.wants/app-nginx.service"
for number in $(seq "$instances"); do
  ln -sfn ../app@.service "$units/app.target.wants/app@$number.service"
done

# Settings, and a place for secrets that only root can look into.
folder 755 "$etc"
folder 700 "$etc/credentials"
offer "$here/app.env" "$etc/app.env" 644

# Nginx: all but the site is replaced.
for part in parts options site; do folder 755 "$etc/nginx/$part"; done
replace "$templates/nginx/nginx.conf" "$etc/nginx/nginx.conf" 644
for file in "$templates"/nginx/parts/*.conf; do replace "$file" "$etc/nginx/parts/${file##*/}" 644; done
for file in "$templates"/nginx/options/*.conf; do replace "$file" "$etc/nginx/options/${file##*/}" 644; done
for file in "$templates"/nginx/site/*.conf; do
  own=$here/site/${file##*/}
  if [ -e "$own" ]; then file=$own; fi
  offer "$file" "$etc/nginx/site/${file##*/}" 644
done
folder 755 "$root/etc/logrotate.d"
replace "$here/app-nginx.logrotate" "$root/etc/logrotate.d/app-nginx" 644

folder 755 "$root/usr/local/lib/app"
folder 755 "$root/usr/local/sbin"
replace "$templates/rolling-restart.sh" "$root/usr/local/lib/app/rolling-restart.sh" 755
replace "$here/app-rolling-restart" "$root/usr/local/sbin/app-rolling-restart" 755

if [ -z "$root" ]; then systemctl daemon-reload; fi
if [ ! -e "$etc/credentials/db-password" ]; then
  say "missing   ${etc#"$root"}/credentials/db-password: write the database's password into it (mode 600), else nothing starts"
fi
say "Next: edit ${etc#"$root"}/app.env; the first time \`systemctl start app.target\`, afterwards \`app-rolling-restart --migrate\`."
