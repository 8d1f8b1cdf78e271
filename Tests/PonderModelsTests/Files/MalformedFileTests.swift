import Foundation
import PonderModels
import Testing

/// The collection of broken files, one by one. The expectations come from reading each file's bytes against its format.
@Suite(.enabled(if: SharedFiles.exist))  // the collection is not part of the repository
struct MalformedFileTests {
  static let gguf: [(String, ModelFileError.Kind?)] = [
    ("gridcore/gguf_open/bad-version.bin", .unsupported),  // version 1
    ("gridcore/gguf_open/hdr-suppress-eos.gguf", .truncated),  // the directory goes on past the end
    ("gridcore/gguf_open/hdr-wrap-first-offset.gguf", .malformed),  // an offset of 2^64 - 16, not a multiple of 32
    ("gridcore/gguf_open/hdr-zero-first-dim.gguf", .outOfRange),  // the shape [259, 0]
    ("gridcore/gguf_open/huge-counts.bin", .truncated),  // 2^64 - 1 tensors
    ("gridcore/gguf_open/kv-arr-huge-n.bin", .truncated),  // an array of 2^32 - 1 strings
    ("gridcore/gguf_open/kv-huge-strlen.bin", .truncated),  // one key announced, its length cut into
    ("gridcore/gguf_open/magic-only.bin", .truncated),
    ("gridcore/gguf_open/tensor-huge-dims.bin", .outOfRange),  // 4 dimensions of 2^48 - 1
    ("gridcore/gguf_open/trunc-magic.bin", .unknownFormat),  // "GGU"
    ("gridcore/gguf_open/v3-empty.bin", nil),  // no keys and no tensors: empty, not broken
    ("gridcore/gguf_open/valid-small.gguf", nil),  // a vocabulary without weights
    ("las7/empty.gguf", nil),  // an architecture and nothing else
    ("las7/tiny.gguf", .truncated),  // announces a tensor of 32 KiB and ends with the directory
  ]

  @Test(arguments: gguf)
  func everyGGUFIsReadOrRefusedForItsReason(_ name: String, _ kind: ModelFileError.Kind?) {
    let path = SharedFiles.path("malformed/" + name)
    let error = fileError { () throws(ModelFileError) in _ = try GGUFFile(path) }
    #expect(error?.kind == kind)
    if let error { #expect(error.description.hasPrefix(path + ": ")) }
  }

  @Test func safetensorsWithBytesBehindTheLastTensorAreRefused() {
    // Five bytes follow the one tensor; the reference implementation calls that MetadataIncompleteBuffer.
    let error = fileError { () throws(ModelFileError) in
      _ = try SafetensorsFile(SharedFiles.path("malformed/las7/tiny.safetensors"))
    }
    #expect(error?.kind == .malformed)
    #expect(error?.detail == "holds 32773 bytes of data of which its tensors use 32768")
  }

  static let json: [(String, ModelFileError.Kind?)] = [
    ("deep", nil), ("empty_arr", nil), ("empty_obj", nil), ("escapes", nil), ("longstr", nil), ("nested", nil),
    ("number", nil), ("truncated", .truncated),
  ]

  @Test(arguments: json)
  func everyJSONIsReadOrRefused(_ name: String, _ kind: ModelFileError.Kind?) {
    let path = SharedFiles.path("malformed/gridcore/json_parse/\(name).json")
    #expect(fileError { () throws(ModelFileError) in _ = try JSONParser.parse(contentsOf: path) }?.kind == kind)
    // As a model all of them are refused.
    #expect(fileError { () throws(ModelFileError) in _ = try Checkpoint(path) } != nil)
  }

  @Test func theListsNameEveryFileOfTheCollection() throws {
    let files = FileManager.default.enumerator(atPath: SharedFiles.path("malformed"))?.allObjects as? [String] ?? []
    let listed = Self.gguf.map(\.0) + Self.json.map { "gridcore/json_parse/\($0.0).json" } + ["las7/tiny.safetensors"]
    let found = files.filter { $0.split(separator: "/").last?.contains(".") ?? false }
    #expect(found.sorted() == listed.sorted())
  }

  @Test(arguments: ["v3-empty.bin", "valid-small.gguf"])
  func anIntactFileThatIsNoModelIsSummarisedButNotOpened(_ name: String) throws {
    let path = SharedFiles.path("malformed/gridcore/gguf_open/" + name)
    let summary = try CheckpointSummary(path)
    #expect(summary.model == nil)
    #expect(summary.problem != nil)
    #expect(fileError { () throws(ModelFileError) in _ = try Checkpoint(path) }?.kind == .missing)
  }
}
