#!/usr/bin/env bash
# Runs the benchmarks on a display without a screen: run.sh BUILD_DIR [options of lanyard-bench]
# Exits as the program does: 1 if somebody waits for more than the parts of the answer.
set -euo pipefail
[ $# -gt 0 ] || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }
build=$1
shift
bench=$build/bin/lanyard-bench
[ -x "$bench" ] || { echo "$bench is not there: build the target lanyard-bench" >&2; exit 2; }

scratch=$(mktemp -d)
trap 'kill "$display_pid" 2>/dev/null || true; rm -rf "$scratch"' EXIT
mkfifo "$scratch/display"
Xvfb -displayfd 3 -screen 0 1080x1920x24 -nolisten tcp -noreset 3>"$scratch/display" 2>"$scratch/log" &
display_pid=$!
read -r -t 30 number <"$scratch/display" || { cat "$scratch/log" >&2; exit 1; }
DISPLAY=:$number "$bench" --folder "$build" "$@"
