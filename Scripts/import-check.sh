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
"$(swift build -c release --show-bin-path)/Consumer" "$root/Examples/Models"
