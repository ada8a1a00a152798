# What ./demo and ./test have in common: the packages, and a build. Sourced by both; run in the project's folder.
# shellcheck shell=bash

say() { printf '\n== %s\n' "$*"; }

# install_packages [LIST]: what is missing of debian-packages.txt, or of another list. Quick when nothing is.
install_packages() {
  local wanted missing
  wanted=$(sed 's/#.*//' "${1:-debian-packages.txt}" | xargs)
  missing=
  for package in $wanted; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing="$missing $package"
  done
  [ -z "$missing" ] && return 0
  local as_root=
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "These packages are missing, and there is no sudo:$missing" >&2; return 1; }
    as_root=sudo
  fi
  say "Installing:$missing"
  $as_root apt-get update -q
  # shellcheck disable=SC2086
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
}

# configure PRESET: what a build needs, and clang-tidy. What was compiled before, in this folder or another, is not again.
configure() {
  local preset=$1
  if command -v ccache >/dev/null; then
    export CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
  fi
  [ ! -f "build/$preset/build.ninja" ] || return 0
  cmake --preset "$preset" >"build-$preset.log" 2>&1 || { cat "build-$preset.log" >&2; return 1; }
  rm -f "build-$preset.log"
}

# build PRESET [TARGET...]: configures and builds, with ninja's own progress.
build() {
  local preset=$1
  shift
  say "Building ($preset)"
  configure "$preset"
  cmake --build --preset "$preset" ${1:+--target "$@"}
}
