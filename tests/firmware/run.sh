#!/usr/bin/env bash
# The packages of Debian 13, the kiosk's disk, and what becomes of it in QEMU. As root.
#
#   run.sh BUILD FOLDER [firmware_test.py's own options, as -k Closed]
#
#   BUILD    a build of this machine's, with lanyard-hub: the world outside
#   FOLDER   keeps what is dear to make, for the next time
#
# LANYARD_UNTIL, in seconds since 1970: what would take longer is left out, and said to be.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
project=$(cd "$here/../.." && pwd)
build=$(readlink -f "$1")
mkdir -p "$2"
folder=$(readlink -f "$2")
shift 2

# left SECONDS
left() { [ -z "${LANYARD_UNTIL:-}" ] || [ $(($(date +%s) + $1)) -lt "$LANYARD_UNTIL" ]; }

if ! left 1100; then
  printf '\n== NOT RUN: the firmware, for which no time is left\n'
  exit 0
fi
"$project/systemd/image/packages" --without-symbols "$folder/packages"

export GNUPGHOME=$folder/keys
mkdir -p -m 0700 "$GNUPGHOME"
for key in house stranger; do
  gpg --batch --quiet --list-secret-keys "$key@example.org" >/dev/null 2>&1 ||
    gpg --batch --quiet --passphrase '' --quick-generate-key "$key@example.org" rsa3072 sign never
done
trap 'gpgconf --kill all' EXIT
[ -e "$folder/keys/secure-boot.crt" ] || openssl req -new -x509 -newkey rsa:2048 -nodes -sha256 -days 7300 -subj "/CN=Lanyard's tests/" \
  -keyout "$folder/keys/secure-boot.key" -out "$folder/keys/secure-boot.crt" 2>/dev/null
rm -f "$folder"/image/lanyard_*
"$project/systemd/image/build" --packages "$folder/packages" --output "$folder/image" --sign house@example.org \
  --secure-boot "$folder/keys"
image=$(ls "$folder"/image/lanyard_*.img)
given=()
case "$*" in *-k*) case "$*" in *Updates*) wanted=yes ;; *) wanted= ;; esac ;; *) wanted=yes ;; esac
if [ -z "$wanted" ]; then
  :
elif left 2400; then
  "$here/make_updates.sh" "$folder/packages" "$folder/image" "$folder/updates"
  given=(--updates "$folder/updates")
else
  printf '\n== NOT RUN: the updates, for which no time is left\n'
fi

# shellcheck source=systemd/image/roots.sh
. "$project/systemd/image/roots.sh"
printf '\n== The second disk of a machine under test\n'
mkdir -p "$folder/test"
python3 -B - "$here" "$folder/test" "$mirror" <<'KIT'
import sys
sys.path.insert(0, sys.argv[1])
import kit
kit.make(sys.argv[2], sys.argv[3])
KIT
printf '\n== In QEMU\n'
LANYARD_BUILD=$build python3 -W ignore -B "$here/firmware_test.py" --image "$image" --kit "$folder/test/kit.img" \
  --folder "$folder/test" --certificate "$folder/keys/secure-boot.crt" ${given[@]+"${given[@]}"} "$@"
