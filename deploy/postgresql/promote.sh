#!/bin/sh
# Makes the standby the primary, once the old primary cannot write any more. Flaghoist finds it by itself.
#
#   FENCE='ssh db1 sudo poweroff -f' ./promote.sh 'postgres://postgres@db2/postgres' 'postgres://postgres@db1/postgres'
#
# The first address is the standby's, of a superuser or of somebody with `grant execute on function pg_promote`; the second
# the old primary's. FENCE is a command of yours that makes sure that the old primary's machine takes no writes, and ends
# with 0 only when that is so. Without FENCE nothing is promoted while the old primary answers; one that is merely cut off
# from here would go on then, beside the new one.
#
# Ends with 0 when the standby takes writes, also when it did before; else with 1, and says why.
set -u
export PGCONNECT_TIMEOUT="${PGCONNECT_TIMEOUT:-2}" PGOPTIONS="-c statement_timeout=70s"

die() {
  echo "promote: $1" >&2
  exit 1
}
ask() {
  psql "$1" --no-psqlrc --no-password --tuples-only --no-align --quiet --command "$2"
}

[ $# -eq 2 ] || die "usage: promote.sh STANDBY_ADDRESS OLD_PRIMARY_ADDRESS"
standby=$1
old=$2
started=$(date +%s)

case $(ask "$standby" 'select pg_is_in_recovery()') in
  t) ;;
  f) echo "promote: it is the primary already"; exit 0 ;;
  *) die "the standby does not answer; nothing was done" ;;
esac

if [ -n "${FENCE:-}" ]; then
  sh -c "$FENCE" || die "FENCE failed: the old primary may still take writes; nothing was promoted"
else
  tries=0
  while [ "$tries" -lt 3 ]; do
    if ask "$old" 'select 1' >/dev/null 2>&1; then
      die "the old primary answers; nothing was promoted. Stop it, or say with FENCE how"
    fi
    tries=$((tries + 1))
  done
fi

[ "$(ask "$standby" 'select pg_promote(true, 60)')" = t ] || die "PostgreSQL did not promote the standby within 60 s; see its log"
[ "$(ask "$standby" 'select pg_is_in_recovery()')" = f ] || die "the standby is promoted and takes no writes; see its log"

waited=$(ask "$standby" "select current_setting('synchronous_standby_names') <> ''
  and not exists (select from pg_stat_replication where sync_state in ('sync', 'quorum'))")
if [ "$waited" = t ]; then
  echo "promote: changes wait for a synchronous standby that is not there. Connect one, or do without:" >&2
  echo "  psql ... -c \"alter system set synchronous_standby_names = ''\" -c 'select pg_reload_conf()'" >&2
fi
echo "promote: the standby takes writes after $(($(date +%s) - started)) s"
