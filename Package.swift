// swift-tools-version: 6.2
import PackageDescription

// MARK: - Settings

/// One language mode and one standard of care for every Swift target.
let swift: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let c: [CSetting] = [.treatAllWarnings(as: .error)]

// MARK: - Dependencies

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let bigInt: Target.Dependency = .product(name: "BigInt", package: "BigInt")
let collections: Target.Dependency = .product(name: "Collections", package: "swift-collections")

// MARK: - Targets

func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: swift)
}

func tests(_ module: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: module + "Tests", dependencies: [.init(stringLiteral: module)] + dependencies, swiftSettings: swift)
}

let foundations: [Target] = [
  .systemLibrary(
    name: "CPonderBLAS", pkgConfig: "openblas",
    providers: [.apt(["libopenblas-dev", "pkg-config"]), .brew(["openblas", "pkg-config"])]),
  .systemLibrary(
    name: "CPonderLAPACKE", pkgConfig: "lapacke",
    providers: [.apt(["liblapacke-dev", "pkg-config"]), .brew(["lapack", "pkg-config"])]),
  .target(name: "CPonderKernels", cSettings: c),
  library("PonderCore", ["CPonderKernels", "CPonderBLAS", "CPonderLAPACKE"]),
]

let seam: [Target] = [
  library("PonderGeneration", [])
]

let models: [Target] = [
  library("PonderModels", ["PonderCore", "PonderGeneration", collections])
]

let strategies: [Target] = [
  library("PonderAnswers", [bigInt]),
  library("PonderStrategies", ["PonderGeneration", "PonderAnswers"]),
  library("PonderEvaluation", ["PonderStrategies", "PonderAnswers", "PonderGeneration"]),
  library(
    "PonderVerifiers", ["PonderStrategies", "PonderEvaluation", "PonderAnswers", "PonderGeneration", "PonderCore"]),
  library("PonderTesting", ["PonderStrategies", "PonderGeneration"]),
]

let parts: [Target.Dependency] = [
  "PonderCore", "PonderGeneration", "PonderModels", "PonderAnswers", "PonderStrategies", "PonderEvaluation",
  "PonderVerifiers",
]

/// What a target here that imports `Ponder` depends on. The parts by name too: the umbrella's own module stays as it is when
/// one of them changes, so whoever depends on it alone is not compiled again, keeps old layouts and crashes.
let everything: [Target.Dependency] = ["Ponder"] + parts

let umbrella: [Target] = [
  library("Ponder", parts),
  // Named apart from `Ponder` because file systems that ignore case cannot hold both; the product is `ponder`.
  .executableTarget(name: "PonderCommand", dependencies: everything + [argumentParser], swiftSettings: swift),
]

/// Named apart from every target that a consumer may have, like all targets here.
func example(_ folder: String, named name: String? = nil) -> Target {
  .executableTarget(
    name: name ?? "ponder-example-" + folder, dependencies: everything + [argumentParser],
    path: "Examples/" + folder, swiftSettings: swift)
}

let examples: [Target] = [
  example("demo", named: "ponder-demo"),
  example("best-of-n"),
  example("beam-search"),
  example("self-refine"),
  example("compose-your-own"),
  example("custom-verifier"),
  example("scaling-study", named: "scaling-study"),
  // An app's own unit test, as docs/TESTING.md shows it.
  .testTarget(
    name: "PonderExampleTests", dependencies: everything + ["PonderTesting"], path: "Examples/unit-test",
    swiftSettings: swift),
]

let testTargets: [Target] = [
  tests("PonderCore", ["CPonderKernels"]),
  tests("PonderGeneration"),
  tests("PonderModels", ["PonderCore", "PonderGeneration"]),
  tests("PonderAnswers"),
  tests("PonderStrategies", ["PonderTesting", "PonderEvaluation", "PonderGeneration", "PonderAnswers"]),
  tests("PonderTesting", ["PonderStrategies", "PonderGeneration", "PonderAnswers"]),
  .testTarget(
    name: "PonderVerifiersTests",
    dependencies: [
      "PonderVerifiers", "PonderModels", "PonderStrategies", "PonderEvaluation", "PonderTesting", "PonderAnswers",
      "PonderGeneration", "PonderCore",
    ],
    exclude: ["Fixtures"], swiftSettings: swift),
  .testTarget(name: "PonderCommandTests", dependencies: ["PonderCommand"], swiftSettings: swift),
  .testTarget(name: "ScalingStudyTests", dependencies: ["scaling-study"] + everything, swiftSettings: swift),
  tests("PonderEvaluation", ["PonderStrategies", "PonderTesting", "PonderAnswers", "PonderGeneration"]),
]

let benchmarks: [Target] = [
  .executableTarget(
    name: "tokenizer-bench", dependencies: ["PonderModels"], path: "Benchmarks/TokenizerBench", swiftSettings: swift),
  .executableTarget(
    name: "answers-bench", dependencies: ["PonderAnswers"], path: "Benchmarks/AnswersBench", swiftSettings: swift),
  .executableTarget(
    name: "strategies-bench",
    dependencies: ["PonderStrategies", "PonderTesting", "PonderGeneration", "PonderAnswers", argumentParser],
    path: "Benchmarks/StrategiesBench", swiftSettings: swift),
  .target(name: "CPonderPeaks", path: "Benchmarks/CPonderPeaks", cSettings: c),
  .executableTarget(
    name: "kernel-bench", dependencies: ["PonderCore", "CPonderPeaks", argumentParser], path: "Benchmarks/KernelBench",
    swiftSettings: swift),
  .executableTarget(
    name: "ponder-bench",
    dependencies: [
      "PonderCore", "PonderGeneration", "PonderModels", "PonderStrategies", "PonderEvaluation", argumentParser,
      collections,
    ],
    path: "Benchmarks/PonderBench", swiftSettings: swift),
  .executableTarget(
    name: "attention-bench", dependencies: ["PonderModels", "PonderCore", "PonderGeneration", argumentParser],
    path: "Benchmarks/AttentionBench", swiftSettings: swift),
]

// MARK: - Package

let package = Package(
  name: "Ponder",
  platforms: [.macOS(.v15), .iOS(.v18)],
  products: [
    .library(name: "Ponder", targets: ["Ponder"]),
    .library(name: "PonderCore", targets: ["PonderCore"]),
    .library(name: "PonderGeneration", targets: ["PonderGeneration"]),
    .library(name: "PonderModels", targets: ["PonderModels"]),
    .library(name: "PonderAnswers", targets: ["PonderAnswers"]),
    .library(name: "PonderStrategies", targets: ["PonderStrategies"]),
    .library(name: "PonderEvaluation", targets: ["PonderEvaluation"]),
    .library(name: "PonderVerifiers", targets: ["PonderVerifiers"]),
    .library(name: "PonderTesting", targets: ["PonderTesting"]),
    .executable(name: "ponder", targets: ["PonderCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/attaswift/BigInt", from: "6.0.0"),
  ],
  targets: foundations + seam + models + strategies + umbrella + examples + benchmarks + testTargets
)
