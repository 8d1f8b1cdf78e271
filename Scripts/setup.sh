#!/usr/bin/env bash
# Installs what Ponder needs beside Swift (OpenBLAS, LAPACKE, pkg-config) if and only if it is missing.
set -euo pipefail

fail() { echo "ponder: $1" >&2; exit 1; }

command -v swift >/dev/null || fail "Swift is missing: install Swift 6.2 or newer from https://www.swift.org/install and try again."
version=$(swift --version 2>&1 | sed -n 's/.*Swift version \([0-9][0-9]*\.[0-9][0-9]*\).*/\1/p' | head -n 1)
if [ -n "$version" ]; then
  major=${version%%.*} minor=${version#*.}
  [ "$major" -gt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -ge 2 ]; } \
    || fail "Swift $version is too old: install Swift 6.2 or newer from https://www.swift.org/install and try again."
fi

present() { command -v pkg-config >/dev/null && pkg-config --exists openblas && pkg-config --exists lapacke; }

case "$(uname -s)" in
  Darwin)
    command -v brew >/dev/null || fail "install Homebrew from https://brew.sh and try again."
    # Both formulas are keg-only, so their pkg-config files are not on the default path; SwiftPM looks there by itself.
    PKG_CONFIG_PATH="$(brew --prefix)/opt/openblas/lib/pkgconfig:$(brew --prefix)/opt/lapack/lib/pkgconfig:${PKG_CONFIG_PATH:-}"
    export PKG_CONFIG_PATH
    present && exit 0
    echo "ponder: installing openblas, lapack and pkg-config with Homebrew" >&2
    brew install openblas lapack pkg-config >&2 \
      || fail "type 'brew install openblas lapack pkg-config' and try again."
    ;;
  *)
    present && exit 0
    packages="libopenblas-dev liblapacke-dev pkg-config"
    command -v apt-get >/dev/null \
      || fail "install OpenBLAS, LAPACKE and pkg-config with this system's package manager and try again."
    if [ "$(id -u)" -eq 0 ]; then as_root=""
    elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then as_root="sudo"
    else fail "type 'sudo apt-get install $packages' and try again."
    fi
    echo "ponder: installing $packages with apt-get" >&2
    # shellcheck disable=SC2086  # several words on purpose
    { $as_root apt-get install -y -q $packages \
        || { $as_root apt-get update -q && $as_root apt-get install -y -q $packages; }; } >&2 \
      || fail "type 'sudo apt-get install $packages' and try again."
    ;;
esac

present || fail "pkg-config still does not find openblas and lapacke: check PKG_CONFIG_PATH."
