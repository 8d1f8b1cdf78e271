/// A JSON document in which an object is a list of members in the order of the file.
///
/// Not a dictionary keyed by `String`, since Swift holds strings equal that differ only in Unicode normalisation: two
/// tokens of a vocabulary would become one.
enum TokenizerJSON: Sendable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([TokenizerJSON])
  case object([(key: String, value: TokenizerJSON)])

  /// Why a text is not JSON, and where: `offset` in bytes.
  struct ParseError: Error {
    var reason: String
    var offset: Int
  }

  /// The last member with this name, nil if there is none or this is no object.
  subscript(_ name: String) -> TokenizerJSON? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.key == name }?.value
  }

  var string: String? { if case .string(let value) = self { value } else { nil } }
  var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  var array: [TokenizerJSON]? { if case .array(let value) = self { value } else { nil } }
  var object: [(key: String, value: TokenizerJSON)]? { if case .object(let value) = self { value } else { nil } }
  var isNull: Bool { if case .null = self { true } else { false } }

  /// A whole number that fits 32 bits.
  var int32: Int32? { if case .number(let value) = self { Int32(exactly: value) } else { nil } }

  /// Parses a whole document.
  static func parse(_ bytes: [UInt8]) throws(ParseError) -> TokenizerJSON {
    let result: Result<TokenizerJSON, ParseError> = bytes.withUnsafeBufferPointer { buffer in
      var parser = Parser(text: buffer)
      do throws(ParseError) {
        return .success(try parser.document())
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private struct Parser {
    let text: UnsafeBufferPointer<UInt8>
    var position = 0

    /// Deeper nesting than this is no configuration file but an attack on the stack.
    static let deepest = 64

    init(text: UnsafeBufferPointer<UInt8>) { self.text = text }

    func fail(_ reason: String) -> ParseError { ParseError(reason: reason, offset: position) }

    mutating func document() throws(ParseError) -> TokenizerJSON {
      if text.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
      let value = try value(depth: 0)
      skipSpace()
      guard position == text.count else { throw fail("text after the end of the document") }
      return value
    }

    mutating func skipSpace() {
      while position < text.count,
        text[position] == 0x20 || text[position] == 0x0A || text[position] == 0x0D || text[position] == 0x09
      {
        position += 1
      }
    }

    mutating func next() throws(ParseError) -> UInt8 {
      skipSpace()
      guard position < text.count else { throw fail("the file ends too soon") }
      return text[position]
    }

    mutating func value(depth: Int) throws(ParseError) -> TokenizerJSON {
      guard depth < Self.deepest else { throw fail("nested deeper than \(Self.deepest) levels") }
      switch try next() {
      case UInt8(ascii: "{"): return try object(depth: depth)
      case UInt8(ascii: "["): return try array(depth: depth)
      case UInt8(ascii: "\""): return .string(try string())
      case UInt8(ascii: "t"): return try word("true", .bool(true))
      case UInt8(ascii: "f"): return try word("false", .bool(false))
      case UInt8(ascii: "n"): return try word("null", .null)
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
      default: throw fail("unexpected character")
      }
    }

    mutating func word(_ word: StaticString, _ value: TokenizerJSON) throws(ParseError) -> TokenizerJSON {
      let end = position + word.utf8CodeUnitCount
      guard end <= text.count,
        text[position..<end].elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
      else { throw fail("unexpected character") }
      position = end
      return value
    }

    mutating func object(depth: Int) throws(ParseError) -> TokenizerJSON {
      var members: [(key: String, value: TokenizerJSON)] = []
      position += 1
      if try next() == UInt8(ascii: "}") {
        position += 1
        return .object(members)
      }
      while true {
        guard try next() == UInt8(ascii: "\"") else { throw fail("a member has no name") }
        let key = try string()
        guard try next() == UInt8(ascii: ":") else { throw fail("a member has no colon") }
        position += 1
        members.append((key, try value(depth: depth + 1)))
        let separator = try next()
        position += 1
        if separator == UInt8(ascii: "}") { return .object(members) }
        guard separator == UInt8(ascii: ",") else { throw fail("expected , or }") }
      }
    }

    mutating func array(depth: Int) throws(ParseError) -> TokenizerJSON {
      var elements: [TokenizerJSON] = []
      position += 1
      if try next() == UInt8(ascii: "]") {
        position += 1
        return .array(elements)
      }
      while true {
        elements.append(try value(depth: depth + 1))
        let separator = try next()
        position += 1
        if separator == UInt8(ascii: "]") { return .array(elements) }
        guard separator == UInt8(ascii: ",") else { throw fail("expected , or ]") }
      }
    }

    mutating func number() throws(ParseError) -> TokenizerJSON {
      let start = position
      var integer = 0
      if text[position] == UInt8(ascii: "-") { position += 1 }
      while position < text.count, (0x30...0x39).contains(text[position]), position - start < 16 {
        integer = integer * 10 + Int(text[position] - 0x30)
        position += 1
      }
      if position == text.count || !"0123456789.eE+-".utf8.contains(text[position]) {
        guard position > start, (0x30...0x39).contains(text[position - 1]) else { throw fail("not a number") }
        return .number(Double(text[start] == UInt8(ascii: "-") ? -integer : integer))
      }
      while position < text.count, "0123456789.eE+-".utf8.contains(text[position]) { position += 1 }
      guard position - start < 400, let value = Double(String(decoding: text[start..<position], as: UTF8.self)),
        value.isFinite
      else { throw fail("not a number") }
      return .number(value)
    }

    mutating func string() throws(ParseError) -> String {
      position += 1
      let start = position
      while position < text.count, text[position] != UInt8(ascii: "\""), text[position] != UInt8(ascii: "\\"),
        text[position] >= 0x20
      {
        position += 1
      }
      guard position < text.count else { throw fail("a string has no end") }
      if text[position] == UInt8(ascii: "\"") {
        guard let string = String(validating: text[start..<position], as: UTF8.self) else {
          throw fail("a string is not UTF-8")
        }
        position += 1
        return string
      }
      var bytes = Array(text[start..<position])
      while position < text.count {
        let byte = text[position]
        if byte == UInt8(ascii: "\"") {
          position += 1
          guard let string = String(validating: bytes, as: UTF8.self) else { throw fail("a string is not UTF-8") }
          return string
        }
        guard byte >= 0x20 else { throw fail("a control character in a string") }
        position += 1
        if byte == UInt8(ascii: "\\") {
          try escape(into: &bytes)
        } else {
          bytes.append(byte)
        }
      }
      throw fail("a string has no end")
    }

    mutating func escape(into bytes: inout [UInt8]) throws(ParseError) {
      guard position < text.count else { throw fail("a string has no end") }
      let byte = text[position]
      position += 1
      switch byte {
      case UInt8(ascii: "n"): bytes.append(0x0A)
      case UInt8(ascii: "t"): bytes.append(0x09)
      case UInt8(ascii: "r"): bytes.append(0x0D)
      case UInt8(ascii: "b"): bytes.append(0x08)
      case UInt8(ascii: "f"): bytes.append(0x0C)
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(byte)
      case UInt8(ascii: "u"):
        var scalar = try codeUnit()
        if (0xD800..<0xDC00).contains(scalar), position + 1 < text.count, text[position] == UInt8(ascii: "\\"),
          text[position + 1] == UInt8(ascii: "u")
        {
          position += 2
          let low = try codeUnit()
          guard (0xDC00..<0xE000).contains(low) else { throw fail("half a surrogate pair") }
          scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(scalar) else { throw fail("half a surrogate pair") }
        bytes.append(contentsOf: UTF8.encode(scalar)!)
      default: throw fail("unknown escape")
      }
    }

    mutating func codeUnit() throws(ParseError) -> UInt32 {
      var value: UInt32 = 0
      for _ in 0..<4 {
        guard position < text.count, let digit = Character(Unicode.Scalar(text[position])).hexDigitValue else {
          throw fail("\\u without four digits")
        }
        value = value << 4 | UInt32(digit)
        position += 1
      }
      return value
    }
  }
}
