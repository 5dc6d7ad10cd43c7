#!/bin/sh
# Runs the supervisor beside it, and starts it again when it ends by itself: what it is there for must not end with it.
# Usage: guard.sh PROGRAM WORD... with the supervisor's orders on standard input. The listening sockets it inherits stay
# open meanwhile, so whoever connects waits for the next supervisor and is not refused.
#
# It ends when the supervisor ends in order, or is asked to; the supervisor ends with it, whatever ends it.
orders=$(cat)
# Without orders: whoever started it was killed before it could give them.
[ -n "$orders" ] || exit 0

is_over=
child=
end() {
  is_over=1
  [ -n "$child" ] || return 0
  # Again and again: a process that has just been forked loses a signal.
  while kill -TERM "$child" 2>/dev/null; do sleep 0.01; done &
}
trap end TERM INT

pause=0.1
while [ -z "$is_over" ]; do
  began=$(date +%s)
  printf '%s' "$orders" | setpriv --pdeathsig KILL "$@" "${0%/*}/main.mjs" &
  child=$!
  # It may have been asked to end before it knew the number.
  [ -z "$is_over" ] || end
  wait "$child"
  code=$?
  # A signal ends the waiting, not the supervisor.
  while kill -0 "$child" 2>/dev/null; do
    wait "$child"
    code=$?
  done
  child=
  [ "$code" -ne 0 ] && [ -z "$is_over" ] || break
  [ $(($(date +%s) - began)) -lt 60 ] || pause=0.1
  echo "$(date -u +%FT%TZ) the supervisor ended with code $code; started again in $pause s" >&2
  sleep "$pause" &
  child=$!
  [ -z "$is_over" ] || end
  wait "$child"
  child=
  case $pause in 0.1) pause=1 ;; 1) pause=5 ;; *) pause=30 ;; esac
done
# Whatever asks another to end has the sockets too: it goes first.
wait
