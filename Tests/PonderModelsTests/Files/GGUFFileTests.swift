import Foundation
import OrderedCollections
import PonderModels
import Testing

@Suite struct GGUFFileTests {
  @Test func everyMetadataTypeSurvivesARoundTrip() throws {
    let metadata: OrderedDictionary<String, GGUFValue> = [
      "a": .uint8(255), "b": .int8(-128), "c": .uint16(65535), "d": .int16(-32768), "e": .uint32(.max),
      "f": .int32(.min), "g": .float32(-0.1), "h": .bool(true), "i": .string("naïve 🦙"), "j": .uint64(.max),
      "k": .int64(.min), "l": .float64(.pi), "m": .array(.string(["x", "", "yz"])), "n": .array(.bool([true, false])),
      "o": .array(.array([.int32([1, 2]), .float32([])])), "p": .array(.float64([1, -1])), "q": .array(.uint8([7])),
      "r": .array(.int8([-7])), "s": .array(.uint16([9])), "t": .array(.int16([-9])), "u": .array(.uint32([1])),
      "v": .array(.uint64([.max])), "w": .array(.int64([.min])),
    ]
    let folder = try TemporaryFolder()
    try GGUFWriter(metadata: metadata).write(to: folder.file("m.gguf"))
    #expect(try GGUFFile(folder.file("m.gguf")).metadata == metadata)
  }

  @Test(arguments: [32, 64, 4096])
  func tensorsSurviveARoundTripAtAnyAlignment(_ alignment: Int) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("m.gguf")
    var metadata = TinyModel.metadata
    metadata["general.alignment"] = .uint32(UInt32(alignment))
    var writer = TinyModel.gguf(metadata)
    let blocks = (0..<2 * 34).map { UInt8($0) }
    writer.add(TensorPayload("quantized", type: .q8_0, shape: [2, 32]) { blocks })
    try writer.write(to: path)

    let file = try GGUFFile(path)
    #expect(file.alignment == alignment)
    #expect(Array(file.tensors.keys) == Array(writer.tensors.keys))
    let record = try #require(file.tensors["quantized"])
    #expect(record.shape == [2, 32])
    #expect(Array(file.bytes(of: record)) == blocks)
    #expect(file.tensors.values.allSatisfy { $0.range.lowerBound % alignment == 0 })
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["m.gguf"])
  }

  @Test func versionTwoIsReadAsVersionThree() throws {
    let folder = try TemporaryFolder()
    try TinyModel.gguf().write(to: folder.file("m.gguf"))
    let third = try GGUFFile(folder.file("m.gguf"))
    var bytes = try Data(contentsOf: URL(fileURLWithPath: folder.file("m.gguf")))
    bytes[4] = 2
    let second = try GGUFFile(folder.write("second.gguf", bytes))
    #expect(second.version == 2 && third.version == 3)
    #expect(second.metadata == third.metadata && second.tensors == third.tensors)
  }

  /// A header of version 3 with these counts, then what follows.
  private func header(tensors: UInt64 = 0, keys: UInt64 = 0, version: UInt32 = 3) -> [UInt8] {
    Array("GGUF".utf8) + version.bytes + tensors.bytes + keys.bytes
  }

  private func text(_ string: String) -> [UInt8] { UInt64(string.utf8.count).bytes + Array(string.utf8) }

  private func entry(_ name: String, _ shape: [UInt64], type: UInt32 = 0, offset: UInt64 = 0) -> [UInt8] {
    text(name) + UInt32(shape.count).bytes + shape.flatMap(\.bytes) + type.bytes + offset.bytes
  }

  private func error(_ bytes: [UInt8]) throws -> ModelFileError? {
    let folder = try TemporaryFolder()
    let path = try folder.write("m.gguf", bytes)
    return fileError { () throws(ModelFileError) in _ = try GGUFFile(path) }
  }

  @Test func headersThatLieAreRefusedForTheirReason() throws {
    let data = [UInt8](repeating: 0, count: 4096)
    func one(_ shape: [UInt64], type: UInt32 = 0, offset: UInt64 = 0) -> [UInt8] {
      header(tensors: 1) + entry("t", shape, type: type, offset: offset) + data
    }
    let cases: [(String, [UInt8], ModelFileError.Kind)] = [
      ("empty", [], .unknownFormat),
      ("big-endian", Array("GGUF".utf8) + UInt32(3).byteSwapped.bytes + data, .unsupported),
      ("version 4", header(version: 4) + data, .unsupported),
      ("no such value type", header(keys: 1) + text("k") + UInt32(13).bytes + data, .malformed),
      ("a truth value of 2", header(keys: 1) + text("k") + UInt32(7).bytes + [2] + data, .malformed),
      ("a key that is not UTF-8", header(keys: 1) + UInt64(1).bytes + [0xFF] + data, .malformed),
      (
        "an array of 2^61 numbers",
        header(keys: 1) + text("k") + UInt32(9).bytes + UInt32(10).bytes
          + (UInt64(1) << 61).bytes + data, .truncated
      ),
      (
        "a key twice",
        header(keys: 2) + text("k") + UInt32(4).bytes + UInt32(0).bytes + text("k") + UInt32(4).bytes
          + UInt32(0).bytes + data, .duplicate
      ),
      (
        "arrays 1000 deep",
        header(keys: 1) + text("k") + UInt32(9).bytes
          + (0..<1000).flatMap { _ in UInt32(9).bytes + UInt64(1).bytes } + data, .malformed
      ),
      (
        "alignment 0", header(keys: 1) + text("general.alignment") + UInt32(4).bytes + UInt32(0).bytes + data,
        .outOfRange
      ),
      (
        "alignment 48", header(keys: 1) + text("general.alignment") + UInt32(4).bytes + UInt32(48).bytes + data,
        .outOfRange
      ),
      ("five dimensions", one([1, 1, 1, 1, 1]), .outOfRange),
      ("a negative dimension", one([UInt64.max]), .outOfRange),
      ("a product of 2^64", one([1 << 32, 1 << 32]), .outOfRange),
      ("half a block", one([16, 2], type: 8), .outOfRange),
      ("an unknown type", one([32], type: 99), .unsupported),
      ("a crooked offset", one([32], offset: 5), .malformed),
      ("an offset past the end", one([32], offset: 8192), .truncated),
      ("an offset that wraps around to 64 bytes before the data", one([32], offset: UInt64.max - 63), .truncated),
      ("an offset of 2^63", one([32], offset: 1 << 63), .truncated),
      ("no rows", one([8, 0]), .outOfRange),
      ("2^64 - 1 tensors", header(tensors: .max) + data, .truncated),
      ("2^63 keys", header(keys: 1 << 63) + data, .truncated),
      ("data past the end", one([4096]), .truncated),
      ("a tensor twice", header(tensors: 2) + entry("t", [8]) + entry("t", [8], offset: 32) + data, .duplicate),
      ("shared bytes", header(tensors: 2) + entry("t", [32]) + entry("u", [32], offset: 96) + data, .malformed),
    ]
    for (name, bytes, kind) in cases {
      let error = try error(bytes)
      #expect(error?.kind == kind, "\(name): \(String(describing: error))")
    }
  }

  @Test func anErrorNamesTheFileTheTensorAndTheFaultWithoutControlCharacters() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "m.gguf", header(tensors: 1) + entry("\u{1B}[2Jt", [64]) + [UInt8](repeating: 0, count: 64))
    let error = fileError { () throws(ModelFileError) in _ = try GGUFFile(path) }
    // The header is 24 + 37 = 61 bytes, the data begin at 64, and the file ends at 125.
    #expect(error?.part == .tensor("\u{1B}[2Jt"))
    #expect(
      error?.description
        == "\(path): tensor '\\u{1B}[2Jt': needs 256 bytes at offset 0 of the data, of which the file holds 61")
  }

  @Test func aFolderAPipeAndNothingAreRefusedAtOnce() throws {
    let folder = try TemporaryFolder()
    let pipe = folder.file("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    let open = { (path: String) in fileError { () throws(ModelFileError) in _ = try GGUFFile(path) }?.kind }
    #expect(open(folder.path) == .unreadable)
    #expect(open(pipe) == .unreadable)
    #expect(open(folder.file("absent")) == .notFound)
  }
}
