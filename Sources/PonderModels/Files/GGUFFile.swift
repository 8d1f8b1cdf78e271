import OrderedCollections

/// A GGUF file, versions 2 and 3, little-endian: typed metadata and a directory of tensors over mapped bytes.
///
/// Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. Everything is checked when the file is opened, so
/// a value of this type is consistent: names are unique UTF-8, every tensor's bytes lie inside the file, aligned and
/// apart from each other. Differs from the specification: arrays nest at most ``maximumArrayDepth`` deep.
public struct GGUFFile: Sendable {
  /// The mapped bytes.
  public let file: MappedFile
  /// 2 or 3.
  public let version: Int
  /// In the order of the file.
  public let metadata: OrderedDictionary<String, GGUFValue>
  /// By name, in the order of the file.
  public let tensors: OrderedDictionary<String, TensorRecord>
  /// Tensor data begin at multiples of this; a power of two.
  public let alignment: Int

  /// The four bytes a GGUF file begins with.
  public static let magic: [UInt8] = Array("GGUF".utf8)
  /// Used where the metadata do not say otherwise.
  public static let defaultAlignment = 32
  /// An array of arrays of arrays is the deepest that is read; llama.cpp reads no nesting at all.
  public static let maximumArrayDepth = 3
  /// Dimensions of a tensor, as in ggml.
  public static let maximumDimensions = 4

  /// Opens and checks a file.
  ///
  /// - Throws: `.notFound` or `.unreadable` from the system; `.unknownFormat` for another magic number;
  ///   `.unsupported` for version 1, a newer version, big-endian files, or an unknown tensor type; `.truncated`,
  ///   `.malformed`, `.duplicate` and `.outOfRange` for what the header gets wrong.
  public init(_ path: String) throws(ModelFileError) {
    try self.init(MappedFile(path))
  }

  /// Checks a file that is mapped already; throws what opening by path throws.
  public init(_ file: MappedFile) throws(ModelFileError) {
    self.file = file
    var reader = ByteReader(file)
    guard file.count >= 4, file.bytes.prefix(4).elementsEqual(Self.magic) else {
      throw reader.fault(.unknownFormat, "does not begin with the four bytes 'GGUF'")
    }
    _ = try reader.integer("the magic number", as: UInt32.self)
    version = try Self.version(&reader)
    // The least a tensor takes: name length, dimension count, type, offset. A key: length, type, one byte of value.
    let tensorCount = try reader.count("tensors", ofAtLeast: 24)
    let keyCount = try reader.count("metadata keys", ofAtLeast: 13)
    metadata = try Self.metadata(keyCount, &reader)
    alignment = try Self.alignment(metadata, file.path)
    tensors = try Self.tensors(tensorCount, alignment, &reader)
  }

  /// The bytes of a tensor, valid as long as ``file`` lives.
  public func bytes(of record: TensorRecord) -> UnsafeRawBufferPointer { file.bytes(in: record.range) }
}

extension GGUFFile {
  private static func version(_ reader: inout ByteReader) throws(ModelFileError) -> Int {
    let version = try reader.integer("the version", as: UInt32.self)
    switch version {
    case 2, 3: return Int(version)
    case 1: throw reader.fault(.unsupported, "is GGUF version 1, which has been obsolete since August 2023; convert it")
    case _ where version.byteSwapped <= 3 && version != 0:
      throw reader.fault(.unsupported, "is a big-endian GGUF file; only little-endian ones are read")
    default: throw reader.fault(.unsupported, "is GGUF version \(version); versions 2 and 3 are read")
    }
  }

  private static func metadata(
    _ count: Int, _ reader: inout ByteReader
  ) throws(ModelFileError) -> OrderedDictionary<String, GGUFValue> {
    var metadata = OrderedDictionary<String, GGUFValue>(minimumCapacity: count)
    for _ in 0..<count {
      reader.part = .file
      let key = try reader.string("a metadata key")
      reader.part = .key(key)
      guard metadata[key] == nil else { throw reader.fault(.duplicate, "occurs twice") }
      let type = try reader.integer("the type", as: UInt32.self)
      metadata[key] = try value(type, &reader)
    }
    reader.part = .file
    return metadata
  }

  private static func value(_ type: UInt32, _ reader: inout ByteReader) throws(ModelFileError) -> GGUFValue {
    let what = "the value"
    switch type {
    case 0: return .uint8(try reader.integer(what))
    case 1: return .int8(try reader.integer(what))
    case 2: return .uint16(try reader.integer(what))
    case 3: return .int16(try reader.integer(what))
    case 4: return .uint32(try reader.integer(what))
    case 5: return .int32(try reader.integer(what))
    case 6: return .float32(Float(bitPattern: try reader.integer(what)))
    case 7: return .bool(try bools(1, &reader)[0])
    case 8: return .string(try reader.string(what))
    case 9: return .array(try array(depth: 1, &reader))
    case 10: return .uint64(try reader.integer(what))
    case 11: return .int64(try reader.integer(what))
    case 12: return .float64(Double(bitPattern: try reader.integer(what)))
    default: throw reader.fault(.malformed, "has the unknown value type \(type)")
    }
  }

  private static func array(depth: Int, _ reader: inout ByteReader) throws(ModelFileError) -> GGUFArray {
    let type = try reader.integer("the element type", as: UInt32.self)
    let sizes = [1, 1, 2, 2, 4, 4, 4, 1, 8, 12, 8, 8, 8]  // of the smallest element of each type
    guard type < sizes.count else { throw reader.fault(.malformed, "has the unknown element type \(type)") }
    let count = try reader.count("elements", ofAtLeast: sizes[Int(type)])
    let what = "the array"
    switch type {
    case 0: return .uint8(try reader.integers(count, what))
    case 1: return .int8(try reader.integers(count, what))
    case 2: return .uint16(try reader.integers(count, what))
    case 3: return .int16(try reader.integers(count, what))
    case 4: return .uint32(try reader.integers(count, what))
    case 5: return .int32(try reader.integers(count, what))
    case 6: return .float32(try reader.integers(count, what).map { Float(bitPattern: $0) })
    case 7: return .bool(try bools(count, &reader))
    case 8:
      var strings: [String] = []
      strings.reserveCapacity(count)
      for _ in 0..<count { strings.append(try reader.string("an element")) }
      return .string(strings)
    case 9:
      guard depth < maximumArrayDepth else {
        throw reader.fault(.malformed, "nests arrays more than \(maximumArrayDepth) deep")
      }
      var arrays: [GGUFArray] = []
      for _ in 0..<count { arrays.append(try array(depth: depth + 1, &reader)) }
      return .array(arrays)
    case 10: return .uint64(try reader.integers(count, what))
    case 11: return .int64(try reader.integers(count, what))
    default: return .float64(try reader.integers(count, what).map { Double(bitPattern: $0) })
    }
  }

  private static func bools(_ count: Int, _ reader: inout ByteReader) throws(ModelFileError) -> [Bool] {
    let bytes: [UInt8] = try reader.integers(count, "the truth value")
    guard let wrong = bytes.first(where: { $0 > 1 }) else { return bytes.map { $0 == 1 } }
    throw reader.fault(.malformed, "has the truth value \(wrong), which is neither 0 nor 1")
  }

  private static func alignment(
    _ metadata: OrderedDictionary<String, GGUFValue>, _ file: String
  ) throws(ModelFileError) -> Int {
    let key = "general.alignment"
    guard let value = metadata[key] else { return defaultAlignment }
    guard case .uint32(let alignment) = value else {
      throw ModelFileError(.wrongType, file: file, part: .key(key), "is \(value.typeName) instead of uint32")
    }
    guard alignment.nonzeroBitCount == 1, alignment <= 1 << 20 else {
      throw ModelFileError(
        .outOfRange, file: file, part: .key(key), "is \(alignment), not a power of two of at most 2^20")
    }
    return Int(alignment)
  }
}
