#!/usr/bin/env bash
# The packages of Debian 13, the kiosk's disk, and what becomes of it in QEMU. As root.
#
#   run.sh BUILD FOLDER [firmware_test.py's own options, as -k Closed]
#
#   BUILD    a build of this machine's, with lanyard-hub: the world outside
#   FOLDER   keeps what is dear to make, for the next time
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
project=$(cd "$here/../.." && pwd)
build=$(readlink -f "$1")
mkdir -p "$2"
folder=$(readlink -f "$2")
shift 2
"$project/systemd/image/packages" "$folder/packages"
"$here/make_updates.sh" "$folder/packages" "$folder/image" "$folder/updates"
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
image=$(ls "$folder"/image/lanyard_*.img)
LANYARD_BUILD=$build python3 -W ignore -B "$here/firmware_test.py" --image "$image" --kit "$folder/test/kit.img" \
  --folder "$folder/test" --updates "$folder/updates" "$@"
