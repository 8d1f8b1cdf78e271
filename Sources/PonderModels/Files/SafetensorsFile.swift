import OrderedCollections

/// A safetensors file: a JSON header and the tensors' bytes behind it, memory-mapped.
///
/// Format: https://huggingface.co/docs/safetensors (and `tensor.rs` of the reference implementation). Checked like the
/// reference does: at most 100 MB of header that begins with `{`, every tensor's bytes exactly its shape times its
/// type, no overlap, no hole and nothing behind the last tensor. Stricter: duplicate names and keys are refused.
public struct SafetensorsFile: Sendable {
  /// The mapped bytes.
  public let file: MappedFile
  /// The free text that the writer left under `__metadata__`.
  public let metadata: OrderedDictionary<String, String>
  /// By name, in the order of the header.
  public let tensors: OrderedDictionary<String, TensorRecord>

  /// The limit of the reference implementation, in bytes.
  public static let maximumHeaderLength = 100_000_000

  /// Opens and checks a file.
  ///
  /// - Throws: `.notFound` or `.unreadable` from the system; `.unknownFormat` when the first bytes cannot be a
  ///   safetensors header; `.truncated`, `.malformed`, `.duplicate`, `.wrongType`, `.outOfRange` and `.unsupported`
  ///   (an unknown element type) for what the header gets wrong.
  public init(_ path: String) throws(ModelFileError) {
    try self.init(MappedFile(path))
  }

  /// Checks a file that is mapped already; throws what opening by path throws.
  public init(_ file: MappedFile) throws(ModelFileError) {
    self.file = file
    let (header, dataStart) = try Self.header(of: file)
    guard case .object(let entries) = header else {
      throw ModelFileError(.malformed, file: file.path, "its header is \(header.typeName) instead of an object")
    }
    var metadata = OrderedDictionary<String, String>()
    var tensors = OrderedDictionary<String, TensorRecord>(minimumCapacity: entries.count)
    for (name, value) in entries {
      if name == "__metadata__" {
        metadata = try Self.metadata(value, file.path)
      } else {
        tensors[name] = try Self.record(name, value, dataStart, file)
      }
    }
    self.metadata = metadata
    self.tensors = tensors
    try Self.requireCovered(Array(tensors.values), dataStart, file)
  }

  /// The bytes of a tensor, valid as long as ``file`` lives.
  public func bytes(of record: TensorRecord) -> UnsafeRawBufferPointer { file.bytes(in: record.range) }

  private static func header(of file: MappedFile) throws(ModelFileError) -> (JSONValue, dataStart: Int) {
    var reader = ByteReader(file)
    let length = try reader.integer("the header length", as: UInt64.self)
    // The brace is looked at first: without it the eight bytes are not a length but some other file's beginning.
    guard reader.remaining == 0 || file.bytes[8] == UInt8(ascii: "{") else {
      throw reader.fault(.unknownFormat, "is not a safetensors file: no JSON header begins at byte 8")
    }
    guard length <= UInt64(maximumHeaderLength) else {
      throw reader.fault(.tooLarge, "announces a header of \(length) bytes; at most \(maximumHeaderLength) are allowed")
    }
    guard length <= UInt64(reader.remaining) else {
      throw reader.fault(.truncated, "announces a header of \(length) bytes but only \(reader.remaining) follow")
    }
    let end = 8 + Int(length)
    let header = try JSONParser.parse(UnsafeRawBufferPointer(rebasing: file.bytes[8..<end]), file: file.path)
    return (header, end)
  }

  private static func metadata(
    _ value: JSONValue, _ file: String
  ) throws(ModelFileError) -> OrderedDictionary<String, String> {
    guard case .object(let members) = value else {
      throw ModelFileError(.wrongType, file: file, part: .key("__metadata__"), "is \(value.typeName)")
    }
    var metadata = OrderedDictionary<String, String>()
    for (key, value) in members {
      guard case .string(let text) = value else {
        throw ModelFileError(.wrongType, file: file, part: .key("__metadata__.\(key)"), "is \(value.typeName)")
      }
      metadata[key] = text
    }
    return metadata
  }

  private static func record(
    _ name: String, _ value: JSONValue, _ dataStart: Int, _ file: MappedFile
  ) throws(ModelFileError) -> TensorRecord {
    func fault(_ kind: ModelFileError.Kind, _ detail: String) -> ModelFileError {
      ModelFileError(kind, file: file.path, part: .tensor(name), detail)
    }
    guard let dtype = value[key: "dtype"]?.string else { throw fault(.malformed, "has no dtype") }
    guard let type = TensorType(rawValue: dtype), type.isInSafetensors else {
      throw fault(.unsupported, "has the unknown dtype \(dtype.quotedForMessage)")
    }
    guard let dimensions = value[key: "shape"]?.array else { throw fault(.malformed, "has no shape") }
    let shape = dimensions.compactMap(\.integer)
    guard shape.count == dimensions.count, shape.allSatisfy({ $0 >= 0 }) else {
      throw fault(.outOfRange, "has a shape that is not made of whole numbers of at least 0")
    }
    guard let byteCount = type.byteCount(shape: shape) else {
      throw fault(.outOfRange, "has the shape \(shape), whose size overflows or is not whole bytes")
    }
    let offsets = value[key: "data_offsets"]?.array?.map(\.integer) ?? []
    guard offsets.count == 2, let begin = offsets[0], let end = offsets[1] else {
      throw fault(.malformed, "has no two data_offsets")
    }
    let available = file.count - dataStart
    guard begin >= 0, begin <= end else { throw fault(.outOfRange, "has the data_offsets [\(begin), \(end)]") }
    guard end <= available else {
      throw fault(.truncated, "its data end at byte \(end) of the data, of which the file holds \(available)")
    }
    guard end - begin == byteCount else {
      throw fault(
        .inconsistent, "has \(end - begin) bytes of data where \(dtype) of shape \(shape) takes \(byteCount)")
    }
    return TensorRecord(name: name, type: type, shape: shape, range: dataStart + begin..<dataStart + end)
  }

  /// The data section must be exactly the tensors, one after the other in some order.
  private static func requireCovered(
    _ tensors: [TensorRecord], _ dataStart: Int, _ file: MappedFile
  ) throws(ModelFileError) {
    try tensors.requireDisjoint(in: file.path)
    let covered = tensors.reduce(0) { $0 + $1.byteCount }  // disjoint, hence at most the file
    guard covered == file.count - dataStart else {
      throw ModelFileError(
        .malformed, file: file.path,
        "holds \(file.count - dataStart) bytes of data of which its tensors use \(covered)")
    }
  }
}
