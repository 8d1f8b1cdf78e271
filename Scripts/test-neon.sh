#!/usr/bin/env bash
# Compares the NEON kernels with the scalar ones: at once on 64-bit ARM, elsewhere under an emulator, which is installed
# if it is missing. Where it cannot be, says so and what to type, and succeeds: the kernels are then not tested.
set -euo pipefail
cd "$(dirname "$0")/.."

# An installed Swift brings a clang that is not on the path under its own name everywhere.
clang=${CLANG:-$(command -v clang || echo "$(dirname "$(command -v swift)")/clang")}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
kernels=Sources/CPonderKernels

case "$(uname -m)" in
  arm64 | aarch64)
    target=() run=()
    link() { "$clang" "$@"; }
    ;;
  *)
    if ! Scripts/setup.sh emulator; then
      echo "test-neon: skipped, because there is no emulator for 64-bit ARM here" >&2
      exit 0
    fi
    target=(--target=aarch64-linux-gnu --sysroot=/ -I/usr/aarch64-linux-gnu/include)
    run=(qemu-aarch64 -cpu max)
    link() { aarch64-linux-gnu-gcc -static "$@"; }
    ;;
esac

for source in "$kernels"/*.c Tests/CPonderKernelsTests/compare.c; do
  "$clang" ${target[@]+"${target[@]}"} -O3 -Wall -Wextra -Werror -I "$kernels/include" \
    -c "$source" -o "$folder/$(basename "$source").o"
done
link "$folder"/*.o -lm -o "$folder/compare"

result=$(${run[@]+"${run[@]}"} "$folder/compare") || { echo "$result"; exit 1; }
echo "$result"
case $result in *"neon: compared with scalar"*) ;; *) echo "test-neon: NEON was not run" >&2; exit 1 ;; esac

# A processor without dot products must fall back to the scalar kernels.
if [ ${#run[@]} -gt 0 ]; then
  result=$(qemu-aarch64 -cpu cortex-a53 "$folder/compare")
  case $result in *"best: scalar"*) ;; *) echo "test-neon: NEON was chosen without dot products" >&2; exit 1 ;; esac
fi
