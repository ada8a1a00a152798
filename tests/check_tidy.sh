#!/usr/bin/env bash
# clang-tidy over the product's sources, two at a time.  check_tidy.sh BUILD_DIR [FILE...]
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
build=$1
shift
files=("$@")
[ ${#files[@]} -gt 0 ] || mapfile -t files < <(git ls-files 'scanner/*.cpp' 'sync/*.cpp' 'kiosk/*.cpp')
printf '%s\n' "${files[@]}" | xargs -P "$(nproc)" -n 1 clang-tidy -p "$build" --quiet
