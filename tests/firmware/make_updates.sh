#!/usr/bin/env bash
# What the image under test is given later: a good version, one that does not come up, and one by another key.
#
#   make_updates.sh PACKAGES IMAGE UPDATES
#
#   PACKAGES   the .deb files
#   IMAGE      the folder of the image, with the tools that made it
#   UPDATES    gets the folders good, bad and foreign, each as a hub offers it
#
# GNUPGHOME has the keys house@example.org and secure-boot.key, which the image was built with, and stranger@example.org.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
build=$here/../../systemd/image/build
packages=$(readlink -f "$1")
image=$(readlink -f "$2")
mkdir -p "$3"
updates=$(readlink -f "$3")
version=$(dpkg-deb --field "$(echo "$packages"/lanyard-kiosk_*.deb)" Version)

# make NAME VERSION [OPTION...]
make() {
  local name=$1 of=$2
  shift 2
  "$build" --packages "$packages" --output "$image" --version "$of" --sign house@example.org --secure-boot "$GNUPGHOME" "$@"
  rm -rf "${updates:?}/$name"
  mkdir "$updates/$name"
  (cd "$image" && rm -f "lanyard_$of.img" && mv SHA256SUMS SHA256SUMS.gpg "lanyard_$of".efi "lanyard_$of"_* "$updates/$name/")
}
make good "$version.1"
broken=$updates/broken
mkdir -p "$broken/etc/systemd/system/lanyard-kiosk.service.d"
printf '[Service]\nExecStart=\nExecStart=/bin/false\n' >"$broken/etc/systemd/system/lanyard-kiosk.service.d/zz-broken.conf"
# Nothing of it is ever shown, and what is large is long on its way to an emulated machine.
for font in opentype/noto/NotoSansCJK-{Bold,Regular}.ttc truetype/babelstone/BabelStoneHan.ttf truetype/noto/NotoColorEmoji.ttf; do
  mkdir -p "$broken/usr/share/fonts/${font%/*}"
  : >"$broken/usr/share/fonts/$font"
done
make bad "$version.2" --with "$broken"

rm -rf "$updates/foreign"
mkdir "$updates/foreign"
cd "$updates/foreign"
head -c 100000 /dev/urandom >lanyard_9.9.9.efi
head -c 100000 /dev/urandom >lanyard_9.9.9_11111111-2222-3333-4444-555555555555.root
head -c 100000 /dev/urandom >lanyard_9.9.9_22222222-3333-4444-5555-666666666666.verity
sha256sum lanyard_* >SHA256SUMS
gpg --batch --quiet --local-user stranger@example.org --output SHA256SUMS.gpg --detach-sign SHA256SUMS
