/// A cursor over untrusted little-endian bytes: every read is checked against the end before it happens.
struct ByteReader {
  let bytes: UnsafeRawBufferPointer
  let file: String
  private(set) var offset = 0
  /// What is being read, for the error.
  var part = ModelFileError.Part.file

  init(_ file: MappedFile) {
    bytes = file.bytes
    self.file = file.path
  }

  var remaining: Int { bytes.count - offset }

  mutating func integer<T: FixedWidthInteger>(_ what: String, as type: T.Type = T.self) throws(ModelFileError) -> T {
    let size = MemoryLayout<T>.size
    try require(size, what)
    defer { offset += size }
    return T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
  }

  /// A 64-bit count of things that take at least `size` bytes each, so no count can promise more than the file holds.
  mutating func count(_ what: String, ofAtLeast size: Int) throws(ModelFileError) -> Int {
    let announced = try integer(what, as: UInt64.self)
    guard announced <= UInt64(remaining / size) else {
      throw fault(.truncated, "announces \(announced) \(what) but only \(remaining) bytes follow")
    }
    return Int(announced)
  }

  /// A string as GGUF has it: a 64-bit length and that many bytes of UTF-8.
  mutating func string(_ what: String) throws(ModelFileError) -> String {
    let length = try count("bytes of \(what)", ofAtLeast: 1)
    defer { offset += length }
    guard let text = String(validating: bytes[offset..<offset + length], as: UTF8.self) else {
      throw fault(.malformed, "\(what) at byte \(offset) is not UTF-8")
    }
    return text
  }

  /// `count` fixed-width integers at once.
  mutating func integers<T: FixedWidthInteger>(_ count: Int, _ what: String) throws(ModelFileError) -> [T] {
    let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<T>.size)
    guard !overflow else { throw fault(.truncated, "announces \(count) \(what)") }
    try require(size, what)
    defer { offset += size }
    return (0..<count).map {
      T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + $0 * MemoryLayout<T>.size, as: T.self))
    }
  }

  func fault(_ kind: ModelFileError.Kind, _ detail: String) -> ModelFileError {
    ModelFileError(kind, file: file, part: part, detail)
  }

  private func require(_ size: Int, _ what: String) throws(ModelFileError) {
    guard size <= remaining else {
      throw fault(.truncated, "\(what) needs \(size) bytes at byte \(offset) but the file ends after \(remaining)")
    }
  }
}
