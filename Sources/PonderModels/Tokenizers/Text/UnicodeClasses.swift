/// The few Unicode classes that pre-tokenizers split by: `\p{L}`, `\p{N}`, `\s`, `[\r\n]`.
///
/// One byte per character of the basic plane, filled from the standard library's properties on first use; the
/// supplementary planes are asked directly.
struct UnicodeClasses: Sendable {
  static let letter: UInt8 = 1
  static let number: UInt8 = 2
  static let whitespace: UInt8 = 4
  /// `\r` or `\n`; always with `whitespace`.
  static let newline: UInt8 = 8

  static let shared = UnicodeClasses()

  private let basicPlane: [UInt8]

  private init() {
    basicPlane = (0..<0x10000).map { Unicode.Scalar(UInt32($0)).map(Self.properties) ?? 0 }
  }

  private static func properties(of scalar: Unicode.Scalar) -> UInt8 {
    if scalar == "\r" || scalar == "\n" { return whitespace | newline }
    if scalar.properties.isWhitespace { return whitespace }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return letter
    case .decimalNumber, .letterNumber, .otherNumber: return number
    default: return 0
    }
  }

  func withUnsafeTable<Result>(_ body: (Table) -> Result) -> Result {
    basicPlane.withUnsafeBufferPointer { body(Table(basicPlane: $0)) }
  }

  /// The classes while their storage is pinned.
  struct Table {
    fileprivate let basicPlane: UnsafeBufferPointer<UInt8>

    /// The class of the character at `position`, which must be inside the text.
    @inline(__always)
    func at(_ position: Int, in text: UnsafeBufferPointer<UInt8>) -> UInt8 {
      let byte = text[position]
      if byte < 0x80 { return basicPlane[Int(byte)] }
      return of(UTF8Text.scalar(in: text, at: position))
    }

    func of(_ scalar: UInt32) -> UInt8 {
      if scalar < 0x10000 { return basicPlane[Int(scalar)] }
      return Unicode.Scalar(scalar).map(UnicodeClasses.properties) ?? 0
    }
  }
}
