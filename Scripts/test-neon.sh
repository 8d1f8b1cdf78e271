#!/bin/sh
# Compiles the C kernels for 64-bit ARM and compares the NEON ones with the scalar ones under an emulator.
# Needs clang, and on Debian or Ubuntu: qemu-user gcc-aarch64-linux-gnu libc6-dev-arm64-cross
set -eu
cd "$(dirname "$0")/.."

clang=${CLANG:-clang}
# An installed Swift brings a clang that is not on the path under its own name everywhere.
command -v "$clang" >/dev/null || clang=$(dirname "$(command -v swift)")/clang
for tool in "$clang" aarch64-linux-gnu-gcc qemu-aarch64; do
  if ! command -v "$tool" >/dev/null; then
    echo "test-neon: $tool is missing; type: sudo apt-get install qemu-user gcc-aarch64-linux-gnu libc6-dev-arm64-cross clang" >&2
    exit 1
  fi
done

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
kernels=Sources/CPonderKernels
for source in "$kernels"/*.c Tests/CPonderKernelsTests/compare.c; do
  "$clang" --target=aarch64-linux-gnu --sysroot=/ -I/usr/aarch64-linux-gnu/include -O3 -Wall -Wextra -Werror \
    -I "$kernels/include" -c "$source" -o "$folder/$(basename "$source").o"
done
aarch64-linux-gnu-gcc -static "$folder"/*.o -lm -o "$folder/compare"

result=$(qemu-aarch64 -cpu max "$folder/compare") || { echo "$result"; exit 1; }
echo "$result"
case $result in *"neon: compared with scalar"*) ;; *) echo "test-neon: NEON was not run" >&2; exit 1 ;; esac
# A processor without dot products must fall back to the scalar kernels.
qemu-aarch64 -cpu cortex-a53 "$folder/compare" | grep -q "best: scalar"
