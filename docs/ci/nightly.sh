#!/bin/sh
# Audits a workspace on a jump host and mails what is new since the night before. In /etc/cron.d/bastide, with a managed identity:
#   17 5 * * * bastide /usr/local/bin/nightly.sh my-workspace ops@example.org
set -u
workspace=$1
to=$2
BASTIDE_HOME=${BASTIDE_HOME:-/var/lib/bastide}
export BASTIDE_HOME
reports="$BASTIDE_HOME/reports/$workspace"
mkdir -p "$reports"
exec 9>"$reports/lock"
flock -n 9 || exit 0

today="$reports/$(date -u +%F).json"
tell() { mail -s "$workspace: $1" "$to"; }

code=0
bastide audit --workspace "$workspace" --format json --output "$today" --fail-on never --quiet >/dev/null 2>"$reports/errors.txt" || code=$?
case $code in
  0) ;;
  3) tell "something could not be read" <"$reports/errors.txt" ;;
  6) tell "sign-in failed" <"$reports/errors.txt"; exit 6 ;;
  *) tell "the audit did not run" <"$reports/errors.txt"; exit "$code" ;;
esac

if [ -e "$reports/last.json" ]; then
  code=0
  bastide diff "$reports/last.json" "$today" --fail-on medium >"$reports/diff.txt" 2>&1 || code=$?
  case $code in
    0) ;;
    1) tell "new findings" <"$reports/diff.txt" ;;
    3) tell "new checks are unknown" <"$reports/diff.txt" ;;
    *) tell "the audits could not be compared" <"$reports/diff.txt" ;;
  esac
fi
cp "$today" "$reports/last.json"
find "$reports" -name '20*.json' -mtime +90 -delete
