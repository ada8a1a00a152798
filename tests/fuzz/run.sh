#!/usr/bin/env bash
# Runs the fuzzers of records, two at a time: run.sh BUILD_DIR [SECONDS [BODY...]]
# Each for so many seconds, from its seeds and what earlier runs came upon. Exits with 1 on a finding.
set -euo pipefail
[ $# -gt 0 ] || { sed -n '2,3s/^# //p' "$0" >&2; exit 2; }
here=$(dirname "$(readlink -f "$0")")
build=$(readlink -f "$1")
seconds=${2:-60}
shift $(($# < 2 ? $# : 2))
bodies=("$@")
[ ${#bodies[@]} -gt 0 ] || bodies=(credential policy csv list wire setup)

# What a fuzzer changes beyond this is more of the same, and takes the time of many.
longest() {
  case $1 in
    credential) echo 320 ;;  # past the limit of a credential
    policy) echo 20000 ;;    # the demo's event
    csv | list) echo 2048 ;;
    wire) echo 4096 ;;
    setup) echo 2100 ;;      # past the limit of a set-up code
  esac
}

fuzz() {
  local body=$1 dictionary=
  [ ! -f "$here/dictionaries/$body.dict" ] || dictionary=$here/dictionaries/$body.dict
  local corpus=$build/fuzz-corpus/$body findings=$build/fuzz-findings
  mkdir -p "$corpus" "$findings" "$build/fuzz-seeds/$body"
  LANYARD_FUZZ_SEEDS=$build/fuzz-seeds "$build/bin/fuzz_$body" "$corpus" "$build/fuzz-seeds/$body" \
    ${dictionary:+-dict="$dictionary"} -max_total_time="$seconds" -max_len="$(longest "$body")" -timeout=10 \
    -rss_limit_mb=2048 -artifact_prefix="$findings/$body-" -print_final_stats=1
}

tell() {
  local body=$1 result=$2 log=$3 artifact
  if [ "$result" = 0 ] && grep -q '^Done [0-9]* runs' "$log"; then
    printf '%-12s %s\n' "$body" "$(sed -n 's/^Done \(.*\)$/\1, no finding/p' "$log")"
    return 0
  fi
  tail -n 60 "$log"
  artifact=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
  printf '%-12s FAILED. %s\n' "$body" "${artifact:+Repeat it with: $build/bin/fuzz_$body $artifact}"
  return 1
}

pids=()
trap '[ ${#pids[@]} = 0 ] || kill "${pids[@]}" 2>/dev/null || true' EXIT
result=0
for ((i = 0; i < ${#bodies[@]}; i += 2)); do
  pids=()
  for body in "${bodies[@]:i:2}"; do
    fuzz "$body" >"$build/fuzz-$body.log" 2>&1 &
    pids+=($!)
  done
  for k in "${!pids[@]}"; do
    status=0
    wait "${pids[k]}" || status=$?
    tell "${bodies[i + k]}" "$status" "$build/fuzz-${bodies[i + k]}.log" || result=1
  done
  pids=()
done
exit $result
