import OrderedCollections

/// A strict JSON parser for untrusted bytes: bounded depth, bounded number of values, no duplicate keys.
package struct JSONParser {
  /// What a document may not exceed.
  package struct Limits: Sendable {
    /// Arrays and objects inside each other. The parser recurses, so this bounds its stack.
    package var depth = 64
    /// Values in the whole document. A value takes some 40 bytes in memory and can take two in the file, so without
    /// this bound a file could ask for twenty times its size.
    package var values = 4_000_000
    /// Length of the text.
    package var bytes = 100_000_000

    package init() {}
  }

  private let bytes: UnsafeRawBufferPointer
  private let file: String
  private let limits: Limits
  private var offset = 0
  private var values = 0

  /// Parses a whole file.
  package static func parse(
    contentsOf path: String, limits: Limits = Limits()
  ) throws(ModelFileError) -> JSONValue {
    let file = try MappedFile(path)
    return try parse(file.bytes, file: path, limits: limits)
  }

  /// Parses one document that fills `bytes`, white space around it aside.
  ///
  /// - Parameter file: the path that errors name.
  /// - Throws: `.malformed` with the byte where it stops making sense, `.duplicate` for a repeated key, `.tooLarge`
  ///   for more than the limits.
  package static func parse(
    _ bytes: UnsafeRawBufferPointer, file: String, limits: Limits = Limits()
  ) throws(ModelFileError) -> JSONValue {
    guard bytes.count <= limits.bytes else {
      throw ModelFileError(.tooLarge, file: file, "has \(bytes.count) bytes of JSON; at most \(limits.bytes) are read")
    }
    var parser = JSONParser(bytes: bytes, file: file, limits: limits)
    parser.skipSpace()
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.offset == bytes.count else { throw parser.fault("text follows the end of the document") }
    return value
  }

  private init(bytes: UnsafeRawBufferPointer, file: String, limits: Limits) {
    self.bytes = bytes
    self.file = file
    self.limits = limits
  }

  private mutating func value(depth: Int) throws(ModelFileError) -> JSONValue {
    values += 1
    guard values <= limits.values else {
      throw ModelFileError(.tooLarge, file: file, "has more than \(limits.values) JSON values")
    }
    guard let first = peek else {
      throw ModelFileError(.truncated, file: file, "ends at byte \(offset) in the middle of JSON")
    }
    switch first {
    case UInt8(ascii: "{"): return try object(depth: depth + 1)
    case UInt8(ascii: "["): return try array(depth: depth + 1)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw fault("a JSON value is expected")
    }
  }

  private mutating func object(depth: Int) throws(ModelFileError) -> JSONValue {
    try enter(depth)
    var members = OrderedDictionary<String, JSONValue>()
    if consume("}") { return .object(members) }
    repeat {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw fault("a key in quotation marks is expected") }
      let key = try string()
      skipSpace()
      guard consume(":") else { throw fault("':' is expected") }
      skipSpace()
      guard members.updateValue(try value(depth: depth), forKey: key) == nil else {
        throw ModelFileError(.duplicate, file: file, part: .key(key), "occurs twice in one object")
      }
      skipSpace()
    } while consume(",")
    guard consume("}") else { throw fault("',' or '}' is expected") }
    return .object(members)
  }

  private mutating func array(depth: Int) throws(ModelFileError) -> JSONValue {
    try enter(depth)
    var elements: [JSONValue] = []
    if consume("]") { return .array(elements) }
    repeat {
      skipSpace()
      elements.append(try value(depth: depth))
      skipSpace()
    } while consume(",")
    guard consume("]") else { throw fault("',' or ']' is expected") }
    return .array(elements)
  }

  private mutating func enter(_ depth: Int) throws(ModelFileError) {
    guard depth <= limits.depth else {
      throw fault("arrays and objects nest more than \(limits.depth) deep")
    }
    offset += 1
    skipSpace()
  }

  private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(ModelFileError) -> JSONValue {
    let expected = UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    guard bytes[offset...].starts(with: expected) else { throw fault("a JSON value is expected") }
    offset += expected.count
    return value
  }

  private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func consume(_ character: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
  }

  private func fault(_ detail: String) -> ModelFileError {
    offset < bytes.count
      ? ModelFileError(.malformed, file: file, "is not valid JSON at byte \(offset): \(detail)")
      : ModelFileError(.truncated, file: file, "ends at byte \(offset) in the middle of JSON: \(detail)")
  }
}

// MARK: - Numbers and strings

extension JSONParser {
  private mutating func number() throws(ModelFileError) -> JSONValue {
    let start = offset
    _ = consume("-")
    if consume("0") {
      if isDigit { throw fault("a number begins with 0") }
    } else {
      try digits()
    }
    var isInteger = true
    if consume(".") {
      isInteger = false
      try digits()
    }
    if consume("e") || consume("E") {
      isInteger = false
      if !consume("+") { _ = consume("-") }
      try digits()
    }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    if isInteger, let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else { throw fault("the number \(text.prefix(40)) is too large") }
    return .number(value)
  }

  private var isDigit: Bool { peek.map { $0 >= 0x30 && $0 <= 0x39 } ?? false }

  private mutating func digits() throws(ModelFileError) {
    guard isDigit else { throw fault("a digit is expected") }
    while isDigit { offset += 1 }
  }

  private mutating func string() throws(ModelFileError) -> String {
    offset += 1
    let start = offset
    // Almost every string has no escapes and is taken over in one piece.
    while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { offset += 1 }
    if peek == UInt8(ascii: "\"") {
      defer { offset += 1 }
      return try text(bytes[start..<offset])
    }
    var content = Array(bytes[start..<offset])
    while let byte = peek {
      offset += 1
      switch byte {
      case UInt8(ascii: "\""): return try text(content)
      case UInt8(ascii: "\\"): content += Array(String(try escape()).utf8)
      case 0..<0x20:
        offset -= 1
        throw fault("a control character stands in a string")
      default: content.append(byte)
      }
    }
    throw fault("a string has no end")
  }

  private func text(_ content: some Collection<UInt8>) throws(ModelFileError) -> String {
    guard let text = String(validating: content, as: UTF8.self) else { throw fault("a string is not UTF-8") }
    return text
  }

  private mutating func escape() throws(ModelFileError) -> Unicode.Scalar {
    guard let byte = peek else { throw fault("a string has no end") }
    offset += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let unit = try codeUnit()
      if let scalar = Unicode.Scalar(unit) { return scalar }
      // A code point above U+FFFF is two escapes, a high and a low surrogate.
      guard unit < 0xDC00, consume("\\"), consume("u") else { throw fault("a surrogate stands alone") }
      let low = try codeUnit()
      guard (0xDC00..<0xE000).contains(low),
        let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
      else { throw fault("a surrogate stands alone") }
      return scalar
    default: throw fault("an escape is unknown")
    }
  }

  private mutating func codeUnit() throws(ModelFileError) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw fault("four hexadecimal digits are expected")
      }
      offset += 1
      unit = unit << 4 | UInt32(digit)
    }
    return unit
  }
}
