#!/bin/sh
# shellcheck disable=SC3013,SC3045 # dash, ash, ksh and bash all know -ef and ulimit -S
# Starts a Timberline command under Node and hands over what Node would hide from it: the soft limit
# on descriptors (Node raises it) and on memory, the descriptors that the caller had open (Node marks them
# close-on-exec and opens its own beside them) and the signals that the caller ignored or blocked
# (Node resets them). Builtins alone, so that nothing is forked on the usual way; only a command that
# runs other programs is handed the environment as well, for which base64 is started. Its variables are
# named so that they are none of the caller's.

# Before anything is forked: dash unblocks all signals when it waits for a program.
tl_ignored=
tl_blocked=
if [ -r "/proc/$$/status" ]; then
  while read -r tl_key tl_value; do
    case $tl_key in
      SigBlk:) tl_blocked=$tl_value ;;
      SigIgn:) tl_ignored=$tl_value && break ;;
    esac
  done <"/proc/$$/status"
fi

case $0 in */*) tl_self=$0 ;; *) tl_self=./$0 ;; esac
while [ -L "$tl_self" ]; do
  tl_link=$(readlink "$tl_self") || exit 111
  case $tl_link in /*) tl_self=$tl_link ;; *) tl_self=${tl_self%/*}/$tl_link ;; esac
done
tl_bin=${tl_self%/*}
tl_dist=$tl_bin/..
# Node takes `..` off a path as text, the kernel goes where a link leads: where the two differ
# (a link to the directory of the commands), the kernel is right.
[ "$tl_dist/lib" -ef "${tl_bin%/*}/lib" ] || tl_dist=$(CDPATH='' cd -P "$tl_dist" && pwd -P) || exit 111

# timberline COMMAND … is that command, as if it had been called by its own name.
tl_name=${tl_self##*/}
if [ "$tl_name" = timberline ]; then
  case ${1-} in
    svscanboot) shift && exec "$tl_bin/svscanboot" "$@" ;;
    '' | */* | timberline*) ;;
    *)
      for tl_word in "$1" "timberline-$1"; do
        [ -x "$tl_bin/$tl_word" ] && [ -r "$tl_dist/lib/bin/$tl_word.cjs" ] && tl_name=$tl_word && shift && break
      done
      ;;
  esac
fi

tl_fds=
[ ! -d /dev/fd ] || tl_fds=,none
for tl_fd in /dev/fd/*; do
  # Not the caller's: this script, as the shell holds it, and the directory that was being listed.
  [ -e "$tl_fd" ] && ! [ "$tl_fd" -ef "$tl_self" ] && tl_fds=$tl_fds,${tl_fd##*/}
done

# The environment byte for byte: a shell keeps neither its order nor names that are no identifiers.
# In the environment again, as arguments can be read by everybody; in pieces, as the kernel takes no
# string beyond 128 KiB. Where there is no room for it twice (the kernel gives environment, arguments and
# pointers to them a quarter of the stack), it stays as the shell has it. One fork tells the limits as well.
tl_limits() {
  ulimit -Sn
  ulimit -Ss
  ulimit -Sv 2>/dev/null || echo unlimited
  ulimit -Sd 2>/dev/null || echo unlimited
  echo -
}
tl_split() { tl_limit=$1 tl_stack=$2 tl_memory=$3 tl_data=$4; }
tl_pieces=
case $tl_name in
  tai64n | tai64nlocal | svc | svok | svstat | svup | svwait) tl_lean=1 && tl_all=$(tl_limits) ;; # they run nothing
  *)
    tl_lean=
    if tl_all=$(
      tl_limits
      exec 2>/dev/null
      # base64 is not to be under them.
      ulimit -Sv unlimited
      ulimit -Sd unlimited
      PATH=/usr/bin:/bin:$PATH
      exec base64 -w 98304 "/proc/$$/environ"
    ); then tl_pieces=0; fi
    ;;
esac
# shellcheck disable=SC2086 # a word each
tl_split ${tl_all%%-*}
if [ "$tl_pieces" = 0 ]; then
  [ "$tl_stack" != unlimited ] && [ "$tl_stack" -lt 24576 ] || tl_stack=24576
  [ "$tl_stack" -gt 512 ] || tl_stack=512
  tl_words="$*"
  if [ $((2 * ${#tl_all} + ${#tl_words} + 9 * $# + 8192)) -lt $((256 * tl_stack)) ]; then
    for tl_piece in ${tl_all#*-}; do
      tl_pieces=$((tl_pieces + 1))
      export "TIMBERLINE_ENVIRONMENT_$tl_pieces=$tl_piece"
    done
    tl_lean=1
  else
    tl_pieces=
  fi
fi
unset tl_all tl_piece tl_words

# Node reserves far more memory than it uses; under a low soft limit it hangs or dies. Such a one is lifted,
# and told: what the command runs is to have it again. Numbers are KiB.
tl_low() { [ "$1" != unlimited ] && [ "$1" -lt "$2" ]; }
tl_held=
if tl_low "$tl_memory" 33554432 || tl_low "$tl_data" 1048576; then
  [ ! -r "/proc/$$/limits" ] || while read -r tl_a tl_b tl_c tl_soft _; do
    case "$tl_a $tl_b $tl_c $tl_soft" in
      *unlimited) ;;
      "Max data size "*) tl_held=$tl_held,data=$tl_soft ;;
      "Max address space "*) tl_held=$tl_held,addressSpace=$tl_soft ;;
    esac
  done <"/proc/$$/limits"
  tl_memory=$(ulimit -Hv)
  tl_data=$(ulimit -Hd)
  if tl_low "$tl_memory" 524288 || tl_low "$tl_data" 49152; then
    echo "$tl_name: fatal: unable to start Node: out of memory: raise the hard limit (ulimit -Hv, ulimit -Hd)" >&2
    exit 111
  fi
  [ -z "$tl_held" ] || { ulimit -Sv "$tl_memory" && ulimit -Sd "$tl_data"; }
fi

# A limit on memory is set right before the program takes over. No thread of V8's may want some in between.
tl_threads=
case "$tl_held $tl_name $*" in ,*|*softlimit*) tl_threads=--single-threaded ;; esac
# A tree is started once and kept for years: young objects have a megabyte in each of its threads, not up to 48.
# A thousand services with their logs: 57 MB instead of 115 (bench/tree.bench.ts).
[ "$tl_name" != svscan ] || tl_threads="$tl_threads --max-semi-space-size=1"

# Meant for the program that is run, not for the Node in between; certificates alone can take 40 ms.
[ -z "$tl_lean" ] ||
  unset NODE_OPTIONS NODE_DEBUG NODE_DEBUG_NATIVE NODE_V8_COVERAGE NODE_CHANNEL_FD \
    NODE_CHANNEL_SERIALIZATION_MODE NODE_UNIQUE_ID NODE_PATH NODE_ICU_DATA NODE_EXTRA_CA_CERTS \
    NODE_PENDING_DEPRECATION NODE_PRESERVE_SYMLINKS NODE_PRESERVE_SYMLINKS_MAIN \
    NODE_REDIRECT_WARNINGS NODE_COMPILE_CACHE NODE_TEST_CONTEXT OPENSSL_CONF UV_THREADPOOL_SIZE

# The Node that built this tree, the one beside a global installation, the one on the PATH.
tl_node=
[ ! -r "$tl_dist/node-path" ] || read -r tl_node <"$tl_dist/node-path"
[ -x "$tl_node" ] || tl_node=$tl_dist/../../../../bin/node
[ -x "$tl_node" ] || tl_node=$(command -v node) || tl_node=/usr/local/bin/node
if [ ! -x "$tl_node" ]; then
  echo "$tl_name: fatal: unable to find node: put Node 20.11 or newer on the PATH" >&2
  exit 111
fi
tl_main=$tl_dist/lib/bin/$tl_name.cjs
if [ ! -r "$tl_main" ]; then
  echo "$tl_name: fatal: unable to find $tl_main: a copy of a command does not run, a link to it does" >&2
  exit 111
fi
# shellcheck disable=SC2086 # flags, or none
exec "$tl_node" $tl_threads "$tl_main" "--launch=$tl_limit:${tl_fds#,}:$tl_ignored:$tl_blocked:$tl_pieces:${tl_held#,}" "$@"
