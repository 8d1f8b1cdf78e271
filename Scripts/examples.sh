#!/usr/bin/env bash
# Builds every example in release mode, and runs each for a moment; output is shown only where one fails.
set -euo pipefail
cd "$(dirname "$0")/.."

bin=$(swift build -c release --show-bin-path)
for name in best-of-n beam-search self-refine compose-your-own custom-verifier; do
  swift build -c release --product "ponder-example-$name"
  echo "ponder-example-$name --quick"
  output=$("$bin/ponder-example-$name" --quick 2>&1) || { echo "$output"; exit 1; }
done
