import Foundation
import OrderedCollections
import PonderModels
import Testing

@Suite struct SafetensorsFileTests {
  @Test func tensorsAndMetadataSurviveARoundTrip() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("m.safetensors")
    var writer = SafetensorsWriter(metadata: ["format": "pt", "quoted \"key\"\u{1}\n": "naïve 🦙"])
    writer.add(TensorPayload("half", type: .f16, shape: [3]) { [1, 2, 3, 4, 5, 6] })
    writer.add(TensorPayload("bytes", type: .u8, shape: [5]) { [1, 2, 3, 4, 5] })
    writer.add(TensorPayload("matrix", shape: [2, 2], values: [1, 2, 3, 4]))
    writer.add(TensorPayload("scalar", shape: [], values: [9]))
    writer.add(TensorPayload("empty", shape: [0, 4], values: []))
    try writer.write(to: path)

    let file = try SafetensorsFile(path)
    #expect(file.metadata == writer.metadata)
    #expect(Set(file.tensors.keys) == ["half", "bytes", "matrix", "scalar", "empty"])
    for (name, record) in file.tensors {
      #expect(Array(file.bytes(of: record)) == writer.tensors[name]?.bytes())
      #expect(record.shape == writer.tensors[name]?.shape)
      #expect(record.range.lowerBound % record.type.block.bytes == 0)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["m.safetensors"])
  }

  @Test func aFailedWriteLeavesTheOldFileAndNothingElse() throws {
    let folder = try TemporaryFolder()
    let error = fileError { () throws(ModelFileError) in
      try SafetensorsWriter().write(to: folder.file("no-such-folder/m.safetensors"))
    }
    #expect(error?.kind == .unwritable)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  private func error(_ header: String, data: Int = 8, length: UInt64? = nil) throws -> ModelFileError? {
    let folder = try TemporaryFolder()
    let bytes = (length ?? UInt64(header.utf8.count)).bytes + Array(header.utf8) + [UInt8](repeating: 0, count: data)
    let path = try folder.write("m.safetensors", bytes)
    return fileError { () throws(ModelFileError) in _ = try SafetensorsFile(path) }
  }

  @Test func headersThatLieAreRefusedForTheirReason() throws {
    func tensor(_ shape: String, _ offsets: String, dtype: String = "F32") -> String {
      #"{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(offsets)}"#
    }
    let cases: [(String, ModelFileError.Kind)] = [
      (#"{"t":\#(tensor("[2]", "[0,12]"))}"#, .truncated),
      (#"{"t":\#(tensor("[2]", "[0,4]"))}"#, .inconsistent),
      (#"{"t":\#(tensor("[2]", "[8,0]"))}"#, .outOfRange),
      (#"{"t":\#(tensor("[2]", "[-8,0]"))}"#, .outOfRange),
      (#"{"t":\#(tensor("[2]", "[0,8,16]"))}"#, .malformed),
      (#"{"t":\#(tensor("[2]", "[0,18446744073709551615]"))}"#, .malformed),
      (#"{"t":\#(tensor("[-2]", "[0,8]"))}"#, .outOfRange),
      (#"{"t":\#(tensor("[1.5]", "[0,8]"))}"#, .outOfRange),
      (#"{"t":\#(tensor("[4294967296,4294967296,4294967296]", "[0,8]"))}"#, .outOfRange),
      (#"{"t":\#(tensor("[2]", "[0,8]", dtype: "Q8_0"))}"#, .unsupported),
      (#"{"t":\#(tensor("[2]", "[0,8]", dtype: "F31"))}"#, .unsupported),
      (#"{"t":\#(tensor("[1]", "[0,4]"))}"#, .malformed),  // four bytes that no tensor uses
      (#"{"t":\#(tensor("[1]", "[4,8]"))}"#, .malformed),  // a hole
      (#"{"t":\#(tensor("[2]", "[0,8]")),"u":\#(tensor("[1]", "[4,8]"))}"#, .malformed),  // shared bytes
      (#"{"t":\#(tensor("[2]", "[0,8]")),"t":\#(tensor("[2]", "[0,8]"))}"#, .duplicate),
      (#"{"t":\#(tensor("[2]", "[0,8]")),"__metadata__":{"a":1}}"#, .wrongType),
      (#"{"t":7}"#, .malformed),
      (#"{"t""#, .truncated),
      ("[]", .unknownFormat),
    ]
    for (header, kind) in cases {
      let error = try error(header)
      #expect(error?.kind == kind, "\(header): \(String(describing: error))")
    }
    #expect(try error("{}", data: 0) == nil)
    #expect(try error("{}", data: 0, length: .max)?.kind == .tooLarge)
    #expect(try error("{}", data: 0, length: 3)?.kind == .truncated)
    #expect(try error(#"{"a":"# + String(repeating: "[", count: 100_000))?.kind == .malformed)
  }

  @Test func shardsMustAgreeWithTheirIndex() throws {
    let folder = try TemporaryFolder()
    try TinyModel.safetensors(0..<6).write(to: folder.file("a.safetensors"))
    try TinyModel.safetensors(6..<12).write(to: folder.file("b.safetensors"))
    let names = TinyModel.shapes.map(\.0)
    func open(_ files: [String]) throws -> ModelFileError? {
      let map = zip(names, files).map { #""\#($0)":"\#($1)""# }.joined(separator: ",")
      let index = try folder.write("model.safetensors.index.json", #"{"weight_map":{\#(map)}}"#)
      return fileError { () throws(ModelFileError) in _ = try ShardedSafetensors(index: index) }
    }
    let (a, b) = ("a.safetensors", "b.safetensors")
    let right = [String](repeating: a, count: 6) + [String](repeating: b, count: 6)
    #expect(try open(right) == nil)
    #expect(try open(Array(right.reversed()))?.kind == .missing)
    #expect(try open(Array(right.dropLast()))?.kind == .inconsistent)
    #expect(try open(right.dropLast() + ["c.safetensors"])?.kind == .notFound)
    for name in ["../\(b)", "/etc/passwd", "..", "", "x/\(b)", #"x\\\#(b)"#, #"b\u0000"#] {
      #expect(try open(right.dropLast() + [name])?.kind == .outOfRange, "\(name)")
    }
  }
}
