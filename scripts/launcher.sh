#!/bin/sh
# shellcheck disable=SC3013,SC3045 # dash, ash, ksh and bash all know -ef and ulimit -S
# Starts a Timberline command under Node and hands over what Node would hide from it: the soft limit
# on descriptors (Node raises it), the descriptors that the caller had open (Node marks them
# close-on-exec and opens its own beside them) and the signals that the caller ignored (Node resets
# them). Builtins alone, so that nothing is forked on the usual way.
case $0 in */*) self=$0 ;; *) self=./$0 ;; esac
while [ -L "$self" ]; do
  link=$(readlink "$self") || exit 111
  case $link in /*) self=$link ;; *) self=${self%/*}/$link ;; esac
done
bin=${self%/*}
dist=$bin/..
# Node takes `..` off a path as text, the kernel goes where a link leads: where the two differ
# (a link to the directory of the commands), the kernel is right.
[ "$dist/lib" -ef "${bin%/*}/lib" ] || dist=$(CDPATH='' cd -P "$dist" && pwd -P) || exit 111

fds=
for fd in /dev/fd/*; do
  # Not the caller's: this script, as the shell holds it, and the directory that was being listed.
  [ -e "$fd" ] && ! [ "$fd" -ef "$self" ] && fds=$fds,${fd##*/}
done

ignored=
if [ -r "/proc/$$/status" ]; then
  while read -r key value; do
    [ "$key" != SigIgn: ] || { ignored=$value && break; }
  done <"/proc/$$/status"
fi

# The Node that built this tree, the one beside a global installation, the one on the PATH.
built=
[ ! -r "$dist/node-path" ] || read -r built <"$dist/node-path"
for node in "$built" "$dist/../../../../bin/node" "$(command -v node)" /usr/local/bin/node; do
  [ ! -x "$node" ] || break
done
if [ ! -x "$node" ]; then
  echo "${self##*/}: fatal: unable to find node: put Node 20.11 or newer on the PATH" >&2
  exit 111
fi
exec "$node" "$dist/lib/bin/${self##*/}.cjs" "--launch=$(ulimit -Sn):${fds#,}:$ignored" "$@"
