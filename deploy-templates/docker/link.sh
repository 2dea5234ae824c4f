#!/bin/sh
# link.sh JDK JAR OUT
# Makes a Java run-time environment, in the new folder OUT, of those modules of a JDK that the app in JAR uses. Its dependencies
# lie in lib/ beside it.
set -eu

jdk=$1 jar=$2 out=$3

# What nobody names in code: the file system that reads the app's own files out of its jar, and the socket options by which
# a dead peer is noticed early.
unnamed=jdk.zipfs,jdk.net
# Named only by what runs inside the compiler.
compile_time='^java.compiler$'

named=$("$jdk/bin/jdeps" --ignore-missing-deps --multi-release base --print-module-deps \
  --class-path "$(dirname "$jar")/lib/*" "$jar" | tr , '\n' | grep -v "$compile_time" | paste -sd , -)
[ -n "$named" ] || { echo "jdeps has found no module that $jar uses" >&2; exit 1; }

echo "modules: $named,$unnamed"
# Without debug symbols of native libraries, which some distributions' JDKs bring along: 700 MB. Java's own line numbers stay,
# since traces tell them.
"$jdk/bin/jlink" --add-modules "$named,$unnamed" --no-header-files --no-man-pages --exclude-files '**.debuginfo,**.diz' \
  --output "$out"
