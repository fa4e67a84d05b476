#!/bin/sh
# shellcheck disable=SC3013,SC3045 # dash, ash, ksh and bash all know -ef and ulimit -S
# Starts a Timberline command under Node and hands over what Node would hide from it: the soft limit
# on descriptors (Node raises it), the descriptors that the caller had open (Node marks them
# close-on-exec and opens its own beside them) and the signals that the caller ignored or blocked
# (Node resets them). Builtins alone, so that nothing is forked on the usual way; only a command that
# runs other programs is handed the environment as well, for which base64 is started. Its variables are
# named so that they are none of the caller's.
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

tl_fds=
[ ! -d /dev/fd ] || tl_fds=,none
for tl_fd in /dev/fd/*; do
  # Not the caller's: this script, as the shell holds it, and the directory that was being listed.
  [ -e "$tl_fd" ] && ! [ "$tl_fd" -ef "$tl_self" ] && tl_fds=$tl_fds,${tl_fd##*/}
done

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

# The environment byte for byte: a shell keeps neither its order nor names that are no identifiers.
# In the environment again, as arguments can be read by everybody; in pieces, as the kernel takes no
# string beyond 128 KiB. One too large to be there twice stays as the shell has it.
tl_newline="
"
# One fork tells the limit as well.
tl_limit=
tl_pieces=
case ${tl_self##*/} in
  tai64n | tai64nlocal | svc | svok | svstat) tl_lean=1 ;; # they run nothing
  *)
    tl_lean=
    if [ -r "/proc/$$/environ" ] &&
      tl_all=$(ulimit -Sn; PATH=/usr/bin:/bin:$PATH; base64 -w 98304 "/proc/$$/environ" 2>/dev/null) &&
      [ ${#tl_all} -lt 786432 ]; then
      tl_limit=${tl_all%%"$tl_newline"*}
      tl_pieces=0
      for tl_piece in ${tl_all#"$tl_limit"}; do
        tl_pieces=$((tl_pieces + 1))
        export "TIMBERLINE_ENVIRONMENT_$tl_pieces=$tl_piece"
      done
      unset tl_all tl_piece
      tl_lean=1
    fi
    ;;
esac
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
  echo "${tl_self##*/}: fatal: unable to find node: put Node 20.11 or newer on the PATH" >&2
  exit 111
fi
exec "$tl_node" "$tl_dist/lib/bin/${tl_self##*/}.cjs" "--launch=${tl_limit:-$(ulimit -Sn)}:${tl_fds#,}:$tl_ignored:$tl_blocked:$tl_pieces" "$@"
