#!/usr/bin/env bash
# The image under test, and what it is given later: a good version, one that does not come up, and one by another key.
#
#   make_updates.sh PACKAGES IMAGE UPDATES
#
#   PACKAGES   the .deb files
#   IMAGE      gets the image, and keeps what is dear to make
#   UPDATES    gets the folders good, bad and foreign, each as a hub offers it
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
build=$here/../../systemd/image/build
packages=$(readlink -f "$1")
mkdir -p "$2" "$3"
image=$(readlink -f "$2") updates=$(readlink -f "$3")
version=$(dpkg-deb --field "$(echo "$packages"/lanyard-kiosk_*.deb)" Version)

GNUPGHOME=$(mktemp -d)
export GNUPGHOME
trap 'gpgconf --kill all; rm -rf "$GNUPGHOME"' EXIT
for key in house stranger; do
  gpg --batch --quiet --passphrase '' --quick-generate-key "$key@example.org" rsa3072 sign never
done

# As a hub offers it: what SHA256SUMS names, and both of the list itself.
take() {
  rm -rf "${updates:?}/$1"
  mkdir "$updates/$1"
  (cd "$image" && mv SHA256SUMS SHA256SUMS.gpg "lanyard_$2".efi "lanyard_$2"_* "$updates/$1/")
}

rm -f "$image"/lanyard_*
"$build" --packages "$packages" --output "$image" --version "$version.1" --sign house@example.org
take good "$version.1"
broken=$GNUPGHOME/broken
mkdir -p "$broken/etc/systemd/system/lanyard-kiosk.service.d"
printf '[Service]\nExecStart=\nExecStart=/bin/false\n' >"$broken/etc/systemd/system/lanyard-kiosk.service.d/zz-broken.conf"
"$build" --packages "$packages" --output "$image" --version "$version.2" --with "$broken" --sign house@example.org
take bad "$version.2"
rm -f "$image"/lanyard_*
"$build" --packages "$packages" --output "$image" --version "$version" --sign house@example.org

rm -rf "$updates/foreign"
mkdir "$updates/foreign"
cd "$updates/foreign"
head -c 100000 /dev/urandom >lanyard_9.9.9.efi
head -c 100000 /dev/urandom >lanyard_9.9.9_11111111-2222-3333-4444-555555555555.root
head -c 100000 /dev/urandom >lanyard_9.9.9_22222222-3333-4444-5555-666666666666.verity
sha256sum lanyard_* >SHA256SUMS
gpg --batch --quiet --local-user stranger@example.org --output SHA256SUMS.gpg --detach-sign SHA256SUMS
