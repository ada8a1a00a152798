#!/usr/bin/env bash
# The rule of the arrows holds, and a wrong #include is caught: one is planted in a copy, in each folder.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$here/..
"$here/check_layers.sh" "$root"

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r "$root/scanner" "$root/sync" "$root/kiosk" "$copy"
caught=0
plant() {
  local file=$1 line=$2
  cp "$copy/$file" "$copy/saved"
  printf '%s\n' "$line" >>"$copy/$file"
  if "$here/check_layers.sh" "$copy" >/dev/null; then
    echo "not caught: $line in $file"
    exit 1
  fi
  cp "$copy/saved" "$copy/$file"
  caught=$((caught + 1))
}
plant scanner/decode.cpp '#include "sync/record.hpp"'
plant scanner/frame.hpp '#include "kiosk/config.hpp"'
plant sync/store.cpp '#include "scanner/frame.hpp"'
plant sync/record.hpp '#  include "kiosk/desk/decide.hpp"'
plant kiosk/desk/decide.cpp '#include "kiosk/face/theme.hpp"'
plant kiosk/main.cpp '#include "tests/catch.hpp"'
plant kiosk/main.cpp '#include <curl/curl.h>'
plant sync/hub/postgres_store_journal.cpp '#include <pqxx/pqxx>'
plant kiosk/gate/gate_server.cpp '#include "kiosk/gate_line.hpp"'
plant kiosk/gate/gate_server.cpp '#include <gpiod.h>'
plant kiosk/gate/gate_step.cpp 'auto t = std::chrono::steady_clock::now();'
plant kiosk/desk/flow.cpp 'auto t = std::chrono::steady_clock::now();'
plant sync/content_digest.cpp 'auto f = [](auto& list) { return std::ranges::any_of(list, true); };'
plant sync/store.cpp 'void f() { try {} catch (...) {} }'
"$here/check_layers.sh" "$copy"
echo "$caught wrong lines planted, $caught caught"
