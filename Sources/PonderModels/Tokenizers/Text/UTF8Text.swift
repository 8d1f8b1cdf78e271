/// Stepping through UTF-8 that is known to be valid.
enum UTF8Text {
  /// How many bytes the character that begins with `byte` has: 1 to 4.
  @inline(__always)
  static func length(startingWith byte: UInt8) -> Int {
    byte < 0xC0 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
  }

  /// The scalar at `position` of valid UTF-8.
  @inline(__always)
  static func scalar(in text: UnsafeBufferPointer<UInt8>, at position: Int) -> UInt32 {
    let first = UInt32(text[position])
    if first < 0x80 { return first }
    func tail(_ offset: Int) -> UInt32 {
      position &+ offset < text.count ? UInt32(text[position &+ offset] & 0x3F) : 0
    }
    if first < 0xE0 { return (first & 0x1F) &<< 6 | tail(1) }
    if first < 0xF0 { return (first & 0x0F) &<< 12 | tail(1) &<< 6 | tail(2) }
    return (first & 0x07) &<< 18 | tail(1) &<< 12 | tail(2) &<< 6 | tail(3)
  }

  /// How many bytes at the end are the beginning of a character that is not there yet: 0 to 3.
  static func incompleteSuffixLength(of bytes: [UInt8]) -> Int {
    for length in 1...3 where length <= bytes.count {
      let start = bytes.count - length
      let byte = bytes[start]
      if byte & 0xC0 == 0x80 { continue }
      guard (0xC2...0xF4).contains(byte), self.length(startingWith: byte) > length else { return 0 }
      if length > 1 {
        // The ranges of Unicode 16, table 3-7: a second byte outside of them can never be completed.
        let second = bytes[start + 1]
        let allowed: ClosedRange<UInt8> =
          switch byte {
          case 0xE0: 0xA0...0xBF
          case 0xED: 0x80...0x9F
          case 0xF0: 0x90...0xBF
          case 0xF4: 0x80...0x8F
          default: 0x80...0xBF
          }
        if !allowed.contains(second) { return 0 }
      }
      return length
    }
    return 0
  }
}
