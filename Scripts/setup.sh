#!/usr/bin/env bash
# Installs what Ponder needs beside Swift if and only if it is missing: OpenBLAS, LAPACKE and pkg-config, or with the
# argument "emulator" what runs the kernels for 64-bit ARM on another processor.
set -euo pipefail

fail() { echo "ponder: $1" >&2; exit 1; }

command -v swift >/dev/null || fail "Swift is missing: install Swift 6.2 or newer from https://www.swift.org/install and try again."
version=$(swift --version 2>&1 | sed -n 's/.*Swift version \([0-9][0-9]*\.[0-9][0-9]*\).*/\1/p' | head -n 1)
if [ -n "$version" ]; then
  major=${version%%.*} minor=${version#*.}
  [ "$major" -gt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -ge 2 ]; } \
    || fail "Swift $version is too old: install Swift 6.2 or newer from https://www.swift.org/install and try again."
fi

case "${1:-libraries}" in
  libraries)
    packages="libopenblas-dev liblapacke-dev pkg-config"
    present() { command -v pkg-config >/dev/null && pkg-config --exists openblas && pkg-config --exists lapacke; }
    names="OpenBLAS, LAPACKE and pkg-config"
    unseen="pkg-config still does not find openblas and lapacke: check PKG_CONFIG_PATH."
    ;;
  emulator)
    packages="qemu-user gcc-aarch64-linux-gnu libc6-dev-arm64-cross"
    present() { command -v qemu-aarch64 >/dev/null && command -v aarch64-linux-gnu-gcc >/dev/null; }
    names="QEMU's user-mode emulation and GCC for 64-bit ARM"
    unseen="qemu-aarch64 and aarch64-linux-gnu-gcc are still missing: check PATH."
    ;;
  *) fail "usage: setup.sh [libraries|emulator]" ;;
esac

case "$(uname -s)" in
  Darwin)
    [ "${1:-libraries}" = libraries ] || fail "the emulator for 64-bit ARM runs on Linux only."
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
    command -v apt-get >/dev/null || fail "install $names with this system's package manager and try again."
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

present || fail "$unseen"
