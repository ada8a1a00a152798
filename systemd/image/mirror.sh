# `mirror`: where this machine has its Debian from, or where Debian has it. Sourced.
# shellcheck shell=bash disable=SC2034
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep -m1 '/debian/*$' || true)
mirror=${mirror:-http://deb.debian.org/debian}
