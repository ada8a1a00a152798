#!/usr/bin/env bash
# check_units.sh BUILD_DIR: how exposed systemd takes the units to be, against the limits that we set. 0 is best, 10 worst.
# Exits with 77 where systemd-analyze is not installed.
set -euo pipefail
[ $# = 1 ] || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }
command -v systemd-analyze >/dev/null || { echo "systemd-analyze is not installed"; exit 77; }
bad=0
while read -r unit most; do
  said=$(systemd-analyze security --offline=true --threshold=100 --no-pager "$1/systemd/$unit.service" 2>&1 | tail -n 1)
  score=$(sed -n 's/.*: \([0-9.]*\) .*/\1/p' <<<"$said")
  echo "$unit: ${score:-?} (at most $most)"
  awk -v score="${score:-99}" -v most="$most" 'BEGIN { exit !(score <= most) }' || bad=1
done <<'UNITS'
lanyard-gate 1.0
lanyard-hub 1.5
lanyard-syncd 1.5
lanyard-kiosk 2.0
lanyard-setup 2.6
UNITS
exit $bad
