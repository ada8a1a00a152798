#!/usr/bin/env bash
# The packages in a clean root of Debian: installed, set up, upgraded, removed and purged, with nothing left behind.
#
#   packages_test.sh FOLDER [SUITE]     FOLDER has the .deb files; SUITE, of which they are, is this machine's otherwise
#
# Wants root (a root of its own is made and entered), mmdebstrap, lintian and a mirror of Debian.
set -euo pipefail
folder=$(readlink -f "$1")
suite=${2:-$(. /etc/os-release && echo "$VERSION_CODENAME")}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
debs=("$folder"/lanyard-{sync,kiosk,hub}_*.deb)
for deb in "${debs[@]}"; do [ -f "$deb" ] || { echo "not there: $deb" >&2; exit 1; }; done

echo "== lintian"
lintian --fail-on error --tag-display-limit 0 "${debs[@]}"

# The next version is the same but for its number: what an upgrade does hangs on the maintainer scripts.
echo "== The next version"
mkdir -p "$work/debs/now" "$work/debs/next"
cp "${debs[@]}" "$work/debs/now"
for deb in "${debs[@]}"; do
  dpkg-deb --raw-extract "$deb" "$work/tree"
  sed -i -E 's/^(Version: .*)/\1+next/; s/(lanyard-sync \(= [^)]*)\)/\1+next)/' "$work/tree/DEBIAN/control"
  dpkg-deb --root-owner-group --build "$work/tree" "$work/debs/next" >/dev/null
  rm -rf "$work/tree"
done

cat >"$work/inside" <<'INSIDE'
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
fail() { echo "FAILED: $*" >&2; exit 1; }
# All that is there, but what every package leaves to dpkg, to apt and to caches.
files() {
  find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /debs -o -path /var/lib/dpkg \
    -o -path /var/lib/apt -o -path /var/cache -o -path /var/log -o -path /inside \) -prune -o -print | sort
}
apt_get() { apt-get -qq -o Dpkg::Use-Pty=0 -y --no-install-recommends "$@" >/tmp/apt.log 2>&1 || { cat /tmp/apt.log >&2; fail "apt-get $*"; }; }
apt_get update
# What they depend on, first, so that what they themselves leave can be told apart.
apt_get install /debs/now/*.deb
apt_get purge lanyard-kiosk lanyard-sync lanyard-hub
files >/tmp/before

echo "== Installed"
apt_get install /debs/now/*.deb
for user in lanyard lanyard-gate lanyard-sync lanyard-hub; do id "$user" >/dev/null || fail "no user $user"; done
[ "$(stat -c '%U:%G %a' /var/lib/lanyard)" = "lanyard:lanyard-store 2770" ] || fail "/var/lib/lanyard: $(stat -c '%U:%G %a' /var/lib/lanyard)"
[ "$(stat -c '%U:%G %a' /var/lib/lanyard-hub)" = "lanyard-hub:lanyard-hub 700" ] || fail "/var/lib/lanyard-hub"
[ "$(stat -c '%U:%G %a' /etc/lanyard/kiosk.toml)" = "root:lanyard 640" ] || fail "kiosk.toml: $(stat -c '%U:%G %a' /etc/lanyard/kiosk.toml)"
for unit in lanyard-gate lanyard-kiosk lanyard-setup lanyard-syncd lanyard-hub; do
  [ ! -e "/etc/systemd/system/multi-user.target.wants/$unit.service" ] || fail "$unit is begun before it is set up"
  systemd-analyze verify "$unit.service" 2>&1 | grep -i lanyard && fail "systemd-analyze verify $unit"
done
for program in lanyard-gate lanyard-kiosk lanyard-scan lanyard-setup lanyard-syncd lanyard-hub; do
  "$program" --version >/dev/null || fail "$program does not start"
  find /usr/share/man -name "$program.?.gz" | grep -q . || fail "no manual page of $program"
  [ -s "/usr/share/bash-completion/completions/$program" ] || fail "no completion of $program"
done
lanyard-kiosk check --settings || fail "the settings that come with it are refused"

echo "== Set up"
hub="setpriv --reuid lanyard-hub --regid lanyard-hub --clear-groups lanyard-hub --data /var/lib/lanyard-hub"
$hub init --event /usr/share/lanyard/demo/event.toml --rehearse "day 1 10:00" >/dev/null
$hub roster import /usr/share/lanyard/demo/roster.csv >/dev/null
people=$($hub roster export | wc -l)
echo '# of this site' >>/etc/lanyard/kiosk.toml

echo "== Upgraded"
apt_get install /debs/next/*.deb
grep -q '^# of this site' /etc/lanyard/kiosk.toml || fail "the upgrade took the site's settings"
[ "$($hub roster export | wc -l)" = "$people" ] || fail "the roster is not what it was"

echo "== Taken back"
apt_get --allow-downgrades install /debs/now/*.deb
[ "$($hub roster export | wc -l)" = "$people" ] || fail "the version before does not have the roster"

echo "== Removed"
apt_get remove lanyard-kiosk lanyard-sync lanyard-hub
[ -s /etc/lanyard/kiosk.toml ] || fail "remove took the settings"
ls /var/lib/lanyard-hub/* >/dev/null || fail "remove took the event"

echo "== Purged"
apt_get purge lanyard-kiosk lanyard-sync lanyard-hub
files >/tmp/after
# Users stay: their number might become another's, with files that are still somewhere.
diff <(grep -vE '^/etc/(passwd|group|shadow|gshadow|subuid|subgid)-?$' /tmp/before) \
  <(grep -vE '^/etc/(passwd|group|shadow|gshadow|subuid|subgid)-?$' /tmp/after) || fail "this is left, or gone"
echo "== Nothing is left of them"
INSIDE

echo "== A clean root of $suite"
mmdebstrap --quiet --variant=apt --include=systemd,udev,passwd,mount --customize-hook="mkdir -p \"\$1/debs\"" \
  --customize-hook="copy-in $work/debs/now $work/debs/next /debs" --customize-hook="copy-in $work/inside /" \
  --customize-hook='chroot "$1" bash /inside' "$suite" /dev/null
