# What making roots of Debian has in common. Sourced.
# shellcheck shell=bash

# Where this machine has its Debian from, or where Debian has it.
# shellcheck disable=SC2034
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep -m1 '/debian/*$' || true)
mirror=${mirror:-http://deb.debian.org/debian}

# in_root ROOT [FOLDER:PLACE...] -- [NAME=VALUE...] COMMAND...: runs it there, as root, with nothing of this machine's but those
# folders at those places, and with no other environment.
in_root() {
  # shellcheck disable=SC2016  # the inner shell's
  unshare --mount --pid --fork bash -euc '
    root=$1
    shift
    mount --make-rprivate /
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount -t tmpfs tmpfs "$root/run"
    mount -t tmpfs tmpfs "$root/tmp"
    while [ "$1" != -- ]; do
      mkdir -p "$root${1#*:}"
      mount --bind "${1%%:*}" "$root${1#*:}"
      shift
    done
    shift
    exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin HOME=/tmp LC_ALL=C.UTF-8 TZ=UTC "$@"' in_root "$@"
}
