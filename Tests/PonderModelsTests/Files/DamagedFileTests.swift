import Foundation
import OrderedCollections
import PonderCore
import PonderModels
import Testing

/// Truncation and byte flips: each parse gives a typed error or a consistent file, and the process survives.
@Suite struct DamagedFileTests {
  private static let ggufFiles =
    SharedFiles.list("models/quantized-reference", ".gguf") + SharedFiles.list("models/stories260K/gguf", ".gguf")

  // The shared data are not part of the repository.
  @Test(.enabled(if: SharedFiles.exist), arguments: ggufFiles)
  func everyTruncatedGGUFIsRefused(_ name: String) throws {
    let folder = try TemporaryFolder()
    let bytes = try Data(contentsOf: URL(fileURLWithPath: SharedFiles.path(name)))
    let path = try folder.write("model.gguf", bytes)
    try expectTruncationsRefused(bytes, header: dataOffset(inGGUF: path), path: path, path)
  }

  @Test(.enabled(if: SharedFiles.exist), arguments: ggufFiles)
  func flippedBytesInAGGUFHeaderNeverCrash(_ name: String) throws {
    let folder = try TemporaryFolder()
    let bytes = try Data(contentsOf: URL(fileURLWithPath: SharedFiles.path(name)))
    let path = try folder.write("model.gguf", bytes)
    try surviveFlips(bytes, header: dataOffset(inGGUF: path), path: path, path)
  }

  @Test func bothSetsOfGGUFFilesAreDamaged() {
    #expect(!SharedFiles.exist || Self.ggufFiles.count == 25)
  }

  @Test(
    .enabled(if: SharedFiles.exist),
    arguments: [
      ("hf", "model.safetensors"), ("hf-f16", "model.safetensors"),
      ("hf-sharded", "model-00001-of-00002.safetensors"), ("hf-sharded", "model-00002-of-00002.safetensors"),
    ])
  func truncatedAndFlippedSafetensorsNeverCrash(_ model: String, _ name: String) throws {
    let folder = try copy(of: "models/stories260K/" + model)
    let file = folder.file(name)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
    let header = 8 + bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    try expectTruncationsRefused(bytes, header: header, path: file, folder.path)
    try surviveFlips(bytes, header: header, path: file, folder.path)
  }

  @Test(
    .enabled(if: SharedFiles.exist),
    arguments: [
      ("hf", "config.json"), ("hf", "tokenizer.json"), ("hf-sharded", "model.safetensors.index.json"),
      ("hf-sharded", "config.json"), ("hf-sharded", "tokenizer.json"),
    ])
  func truncatedAndFlippedJSONNeverCrashes(_ model: String, _ name: String) throws {
    let folder = try copy(of: "models/stories260K/" + model)
    let file = folder.file(name)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
    // The last byte may be a line end, without which the document is still whole.
    try expectTruncationsRefused(bytes, header: bytes.count - 2, path: file, folder.path)
    try surviveFlips(bytes, header: bytes.count, path: file, folder.path)
  }

  /// A flip that still makes a model leads to one that runs: no size in a file decides how much memory is taken.
  @Test(arguments: ["model.gguf", "model.safetensors", "config.json"])
  func damagedFilesOfOurOwnAreRefusedOrRun(_ name: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("config.json", TinyModel.configuration)
    try TinyModel.gguf().write(to: folder.file("model.gguf"))
    try TinyModel.safetensors().write(to: folder.file("model.safetensors"))
    let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.file(name)))
    let header = name == "config.json" ? bytes.count : bytes.count - 2400
    let model = folder.file(name == "model.gguf" ? name : "model.safetensors")
    try expectTruncationsRefused(bytes, header: header - 2, path: folder.file(name), model)
    try surviveFlips(bytes, header: header, path: folder.file(name), model, runs: true)
  }

  private func copy(of name: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for file in try FileManager.default.contentsOfDirectory(atPath: SharedFiles.path(name)) {
      try folder.write(file, Data(contentsOf: URL(fileURLWithPath: SharedFiles.path(name + "/" + file))))
    }
    return folder
  }

  /// Where a whole file's header ends.
  private func dataOffset(inGGUF path: String) throws -> Int {
    try #require(try GGUFFile(path).tensors.values.map(\.range.lowerBound).min())
  }

  /// Opens a model as one would to use it.
  private func open(_ model: String, runs: Bool = false) throws {
    let checkpoint = try Checkpoint(model)
    try touchEverything(checkpoint)
    _ = try Tokenizer.load(from: checkpoint.tokenizer, file: model)?.encode("ab <s>")
    guard runs else { return }
    var run = DirectRun(try Transformer(checkpoint, threads: 1, weights: .asStored, backend: .kernels))
    #expect(run.outputs([0, 1]).count == 2)
  }

  /// Cuts the file at 50 places of its header and 50 of the whole, the longest first so that one copy serves all.
  private func expectTruncationsRefused(_ bytes: Data, header: Int, path: String, _ model: String) throws {
    try bytes.write(to: URL(fileURLWithPath: path))
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    defer { try? file.close() }
    let places = (0..<50).map { bytes.count * $0 / 50 } + (0..<50).map { header * $0 / 50 }
    for length in places.sorted(by: >) {
      try file.truncate(atOffset: UInt64(length))
      do {
        try open(model)
        Issue.record("\(length) bytes of \(bytes.count) opened")
      } catch {
        #expect(error is ModelFileError || error is TokenizerError, "\(length) bytes: \(error)")
      }
    }
  }

  /// Flips one bit to all eight of one byte at 200 places of the header, each in an otherwise whole file.
  private func surviveFlips(_ bytes: Data, header: Int, path: String, _ model: String, runs: Bool = false) throws {
    try bytes.write(to: URL(fileURLWithPath: path))
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    defer { try? file.close() }
    var random = SplitMix(state: 2026)
    var refused = 0
    for _ in 0..<200 {
      let place = Int.random(in: 0..<header, using: &random)
      let flipped = bytes[place] ^ UInt8.random(in: 1...255, using: &random)
      try file.seek(toOffset: UInt64(place))
      try file.write(contentsOf: Data([flipped]))
      do {
        try open(model, runs: runs)
      } catch {
        #expect(error is ModelFileError || error is TokenizerError, "byte \(place): \(error)")
        refused += 1
      }
      try file.seek(toOffset: UInt64(place))
      try file.write(contentsOf: Data([bytes[place]]))
    }
    #expect(refused > 0, "no damage was noticed at all")
    try open(model, runs: runs)
  }
}
