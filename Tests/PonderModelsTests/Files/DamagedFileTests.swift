import Foundation
import PonderModels
import Testing

/// Truncation and byte flips: each parse gives a typed error or a consistent file, and the process survives.
@Suite struct DamagedFileTests {
  // The shared data are not part of the repository.
  @Test(.enabled(if: SharedFiles.exist), arguments: SharedFiles.list("models/quantized-reference", ".gguf"))
  func everyTruncatedGGUFIsRefused(_ name: String) throws {
    let folder = try TemporaryFolder()
    let bytes = try Data(contentsOf: URL(fileURLWithPath: SharedFiles.path(name)))
    try expectTruncationsRefused(bytes, header: 12_800, path: folder.file("model.gguf"), folder.file("model.gguf"))
  }

  @Test(.enabled(if: SharedFiles.exist), arguments: SharedFiles.list("models/quantized-reference", ".gguf"))
  func flippedBytesInAGGUFHeaderNeverCrash(_ name: String) throws {
    let folder = try TemporaryFolder()
    let bytes = try Data(contentsOf: URL(fileURLWithPath: SharedFiles.path(name)))
    try surviveFlips(bytes, header: 12_715, path: folder.file("model.gguf"), folder.file("model.gguf"))
  }

  @Test(.enabled(if: SharedFiles.exist), arguments: ["hf", "hf-f16", "hf-sharded"])
  func truncatedAndFlippedSafetensorsNeverCrash(_ name: String) throws {
    let folder = try copy(of: "models/stories260K/" + name)
    let file = folder.file(name == "hf-sharded" ? "model-00002-of-00002.safetensors" : "model.safetensors")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
    try expectTruncationsRefused(bytes, header: 2480, path: file, folder.path)
    try bytes.write(to: URL(fileURLWithPath: file))
    try surviveFlips(bytes, header: 2480, path: file, folder.path)
  }

  @Test(
    .enabled(if: SharedFiles.exist),
    arguments: [("hf", "config.json"), ("hf-sharded", "model.safetensors.index.json")])
  func truncatedAndFlippedJSONNeverCrashes(_ model: String, _ name: String) throws {
    let folder = try copy(of: "models/stories260K/" + model)
    let file = folder.file(name)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
    // The last byte may be a line end, without which the document is still whole.
    try expectTruncationsRefused(bytes, header: bytes.count - 2, path: file, folder.path)
    try surviveFlips(bytes, header: bytes.count, path: file, folder.path)
  }

  @Test func damagedFilesOfOurOwnNeverCrash() throws {
    let folder = try TemporaryFolder()
    try folder.write("config.json", TinyModel.configuration)
    try TinyModel.gguf().write(to: folder.file("model.gguf"))
    try TinyModel.safetensors().write(to: folder.file("model.safetensors"))
    for name in ["model.gguf", "model.safetensors"] {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.file(name)))
      let header = bytes.count - 2400
      try expectTruncationsRefused(bytes, header: header, path: folder.file(name), folder.file(name))
      try surviveFlips(bytes, header: header, path: folder.file(name), folder.file(name))
    }
  }

  private func copy(of name: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for file in try FileManager.default.contentsOfDirectory(atPath: SharedFiles.path(name)) {
      try folder.write(file, Data(contentsOf: URL(fileURLWithPath: SharedFiles.path(name + "/" + file))))
    }
    return folder
  }

  /// Cuts the file at 50 places of its header and 50 of the whole, the longest first so that one copy serves all.
  private func expectTruncationsRefused(_ bytes: Data, header: Int, path: String, _ model: String) throws {
    try bytes.write(to: URL(fileURLWithPath: path))
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    defer { try? file.close() }
    let places = (0..<50).map { bytes.count * $0 / 50 } + (0..<50).map { header * $0 / 50 }
    for length in places.sorted(by: >) {
      try file.truncate(atOffset: UInt64(length))
      let error = fileError { () throws(ModelFileError) in _ = try Checkpoint(model) }
      #expect(error != nil, "\(length) bytes of \(bytes.count) opened")
    }
  }

  /// Flips one bit to all eight of one byte at 200 places of the header, each in an otherwise whole file.
  private func surviveFlips(_ bytes: Data, header: Int, path: String, _ model: String) throws {
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
        try touchEverything(Checkpoint(model))
      } catch {
        #expect(error is ModelFileError)
        refused += 1
      }
      try file.seek(toOffset: UInt64(place))
      try file.write(contentsOf: Data([bytes[place]]))
    }
    #expect(refused > 0, "no damage was noticed at all")
    try touchEverything(Checkpoint(model))
  }
}
