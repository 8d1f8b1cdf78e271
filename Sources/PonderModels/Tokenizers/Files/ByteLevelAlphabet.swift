/// GPT-2's printable stand-ins for the 256 bytes, in which byte-level vocabularies are written: `Ġ` is a space.
package enum ByteLevelAlphabet {
  /// The byte that a stand-in means, by its scalar value; -1 where a scalar is none.
  private static let bytes: [Int16] = {
    var table = [Int16](repeating: -1, count: 0x144)
    var next = 0x100
    for byte in 0..<256 {
      if (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || (0xAE...0xFF).contains(byte) {
        table[byte] = Int16(byte)
      } else {
        table[next] = Int16(byte)
        next += 1
      }
    }
    return table
  }()

  private static let standIns: [Unicode.Scalar] = {
    var table = [Unicode.Scalar](repeating: "\0", count: 256)
    for (scalar, byte) in bytes.enumerated() where byte >= 0 {
      table[Int(byte)] = Unicode.Scalar(UInt16(scalar)) ?? "\0"
    }
    return table
  }()

  /// What `byte` is written as.
  package static func standIn(for byte: UInt8) -> Unicode.Scalar { standIns[Int(byte)] }

  /// The bytes that `token` is written for, or nil if a character of it is no stand-in.
  static func decode(_ token: Substring.UTF8View) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(token.count)
    // Every stand-in takes one or two bytes of UTF-8.
    var lead: UInt8 = 0
    for byte in token {
      let scalar: Int
      if lead != 0 {
        scalar = Int(lead & 0x1F) << 6 | Int(byte & 0x3F)
        lead = 0
      } else if byte < 0x80 {
        scalar = Int(byte)
      } else if byte < 0xE0 {
        lead = byte
        continue
      } else {
        return nil
      }
      guard scalar < bytes.count, bytes[scalar] >= 0 else { return nil }
      result.append(UInt8(bytes[scalar]))
    }
    return result
  }
}
