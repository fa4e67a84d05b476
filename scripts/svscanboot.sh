#!/bin/sh
# svscanboot: svscan on the service directory, its messages in the process table. As in daemontools 0.76; the
# directory is $SERVICE_DIR, else /service, and the commands beside this file come first.
case $#$1 in
  1--help)
    cat <<'HELP'
Usage: svscanboot

Runs svscan on $SERVICE_DIR, else on /service, for the system's start: with nothing but PATH in its environment,
and with what it says in the process table (readproctitle). Tells what an earlier svscan left there to end first.
HELP
    exit
    ;;
esac

tl_self=$0
while [ -L "$tl_self" ]; do
  tl_link=$(readlink "$tl_self") || exit 111
  case $tl_link in /*) tl_self=$tl_link ;; *) tl_self=${tl_self%/*}/$tl_link ;; esac
done
case $tl_self in */*) tl_bin=$(CDPATH='' cd -P "${tl_self%/*}" && pwd -P) || exit 111 ;; *) tl_bin=$PWD ;; esac
PATH=$tl_bin:/command:/usr/local/bin:/usr/local/sbin:/bin:/sbin:/usr/bin:/usr/sbin:/usr/X11R6/bin
export PATH
service=${SERVICE_DIR:-/service}

exec </dev/null >/dev/null 2>/dev/null

# What an earlier svscan left behind.
svc -dx "$service"/* "$service"/*/log

# 400 dots: the last 397 bytes of what is said stand there.
dots=..................................................
dots=$dots$dots$dots$dots$dots$dots$dots$dots
env - PATH="$PATH" svscan "$service" 2>&1 |
  env - PATH="$PATH" readproctitle service errors: "$dots"
