#!/usr/bin/env bash
# What `cmake --install` puts down works from where it lies: install_test.sh BUILD_DIR
set -euo pipefail
build=$1
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
cmake --install "$build" --prefix "$prefix" >/dev/null

for file in bin/lanyard-{gate,kiosk,setup,syncd,hub,scan} lib/systemd/system/lanyard-{gate,kiosk,setup,syncd,hub}.service lib/systemd/system/lanyard-{setup.path,gate.socket} lib/sysusers.d/lanyard{,-hub}.conf \
  lib/tmpfiles.d/lanyard{,-hub}.conf lib/udev/rules.d/60-lanyard.rules share/lanyard/badges/a6-portrait.svg \
  share/lanyard/locale/zh/LC_MESSAGES/lanyard.mo share/lanyard/demo/{roster.csv,event.toml}; do
  [ -s "$prefix/$file" ] || { echo "not installed: $file" >&2; exit 1; }
done

# The units start what was installed.
while read -r program; do
  [ -x "$program" ] || { echo "a unit starts $program, which is not there" >&2; exit 1; }
done < <(grep -ho "$prefix[^ ]*/lanyard-[a-z]*" "$prefix"/lib/systemd/system/*.service | sort -u)
[ "$(grep -l "$prefix/bin" "$prefix"/lib/systemd/system/*.service | wc -l)" = 5 ]

# The examples are settings, as they are and with every key said, and the kiosk finds its assets beside itself.
examples=$prefix/share/doc/lanyard/examples
"$prefix/bin/lanyard-kiosk" check --settings --config "$examples/kiosk.toml"
pin_hash=$(echo 271828 | "$prefix/bin/lanyard-kiosk" hash-pin)
sed -E -e 's/^# ?(\[|[a-z_]+ = )/\1/' -e "s|/usr/share/lanyard|$prefix/share/lanyard|" -e '/^template =/d' \
  -e "s|^pin_hash.*|pin_hash = \"$pin_hash\"|" "$examples/kiosk.toml" >"$prefix/kiosk.toml"
"$prefix/bin/lanyard-kiosk" check --settings --config "$prefix/kiosk.toml"
sed -E 's/^# ?(\[|[a-z_]+ = )/\1/' "$examples/syncd.toml" | sed "s|/var/lib/lanyard|$prefix/missing|" >"$prefix/syncd.toml"
status=0
"$prefix/bin/lanyard-syncd" --config "$prefix/syncd.toml" 2>"$prefix/said" || status=$?
[ "$status" = 1 ] && grep -q "$prefix/missing" "$prefix/said" || { cat "$prefix/said" >&2; exit 1; }
echo "installed, and works from there"
