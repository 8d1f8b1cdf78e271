#!/usr/bin/env bash
# Builds every example in release mode, and runs each for a moment; output is shown only where one fails.
set -euo pipefail
cd "$(dirname "$0")/.."

bin=$(swift build -c release --show-bin-path)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# run PRODUCT ARGUMENTS…
run() {
  swift build -c release --product "$1"
  echo "$*"
  local output
  output=$("$bin/$1" "${@:2}" 2>&1) || { echo "$output"; exit 1; }
}

for name in best-of-n beam-search self-refine compose-your-own custom-verifier; do
  run "ponder-example-$name" --quick
done

run ponder-demo --per-level 1 -n 2 --svg "$scratch/demo.svg"

# The study: measured, then reported again from what it kept, which must come to the same report.
study=(--per-level 1 --seeds 1 --widest 4 --widest-search 4 --out "$scratch/study" --report "$scratch/STUDY.md")
run scaling-study "${study[@]}"
cp "$scratch/STUDY.md" "$scratch/first.md"
run scaling-study "${study[@]}" --report-only
cmp "$scratch/first.md" "$scratch/STUDY.md"
