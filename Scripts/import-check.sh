#!/usr/bin/env bash
# Shows that Ponder imports as a versioned SwiftPM dependency: tags a temporary clone, builds a consumer package against
# it by URL and version in release mode, and runs it.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

git clone --quiet "$root" "$work/Ponder"
git -C "$work/Ponder" -c user.name=check -c user.email=check@example.invalid tag --annotate 1000.0.0 --message check

mkdir -p "$work/consumer/Sources/Consumer"
cp "$root/Scripts/import-check/main.swift" "$work/consumer/Sources/Consumer/main.swift"
cat > "$work/consumer/Package.swift" <<PACKAGE
// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Consumer",
  platforms: [.macOS(.v15)],
  dependencies: [.package(url: "file://$work/Ponder", from: "1000.0.0")],
  targets: [
    .executableTarget(name: "Consumer", dependencies: [.product(name: "Ponder", package: "Ponder")])
  ]
)
PACKAGE

cd "$work/consumer"
swift build -c release
consumer=$(swift build -c release --show-bin-path)/Consumer
"$consumer" "$root/Examples/Models"

# A wrong shape traps in release builds too, and says both shapes.
if said=$(ulimit -c 0; SWIFT_BACKTRACE=enable=no "$consumer" --wrong-shapes 2>&1); then
  echo "import-check: shapes that do not fit did not trap" >&2
  exit 1
fi
case $said in
  *"shapes [2, 3] and [4] do not broadcast"*) ;;
  *) echo "import-check: a trap without both shapes in its message: $said" >&2; exit 1 ;;
esac
