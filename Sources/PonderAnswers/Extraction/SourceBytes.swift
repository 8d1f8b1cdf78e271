/// A text as UTF-8 bytes, with the few searches that extraction needs. Every search is linear.
struct SourceBytes {
  let bytes: [UInt8]

  init(_ text: String) { bytes = Array(text.utf8) }

  var count: Int { bytes.count }

  subscript(index: Int) -> UInt8 { bytes[index] }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// Whether `word` stands at `index`; `word` must be lowercase when case is ignored.
  func matches(_ word: [UInt8], at index: Int, ignoringCase: Bool = false) -> Bool {
    guard index >= 0, index + word.count <= bytes.count else { return false }
    for offset in word.indices {
      let byte = bytes[index + offset]
      guard (ignoringCase ? byte.asciiLowercased : byte) == word[offset] else { return false }
    }
    return true
  }

  func firstRange(of word: [UInt8]) -> Range<Int>? {
    guard let first = word.first, word.count <= bytes.count else { return nil }
    for index in 0...(bytes.count - word.count) where bytes[index] == first && matches(word, at: index) {
      return index..<index + word.count
    }
    return nil
  }

  /// The last place where one of `words` stands, ignoring ASCII case; the longest wins where several do.
  func lastRange(ofAny words: [[UInt8]]) -> Range<Int>? {
    let words = words.filter { $0.count > 1 && $0.count <= bytes.count }
    if words.isEmpty { return nil }
    // Nearly every place is ruled out by its last two bytes; 1024 places tell letters apart.
    func place(_ before: UInt8, _ last: UInt8) -> Int { (Int(before) << 5 ^ Int(last)) & 1023 }
    var isEnding = [Bool](repeating: false, count: 1024)
    for word in words { isEnding[place(word[word.count - 2], word[word.count - 1])] = true }
    var last = bytes.last?.asciiLowercased ?? 0
    for end in stride(from: bytes.count, to: 1, by: -1) {
      let before = bytes[end - 2].asciiLowercased
      defer { last = before }
      guard isEnding[place(before, last)] else { continue }
      var longest = 0
      for word in words where word.count > longest && matches(word, at: end - word.count, ignoringCase: true) {
        longest = word.count
      }
      if longest > 0 { return end - longest..<end }
    }
    return nil
  }

  /// `range` without the white space at both ends.
  func trimmed(_ range: Range<Int>) -> Range<Int> {
    var lower = range.lowerBound
    var upper = range.upperBound
    while lower < upper, bytes[lower].isSpace { lower += 1 }
    while upper > lower, bytes[upper - 1].isSpace { upper -= 1 }
    return lower..<upper
  }

  /// The index of the brace that closes the one at `open`, looking no further than `limit`.
  /// Escaped braces (`\{`) do not count.
  func closingBrace(of open: Int, limit: Int) -> Int? {
    var depth = 0
    var index = open
    while index < limit {
      switch bytes[index] {
      case UInt8(ascii: "\\"): index += 1
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "}"):
        depth -= 1
        if depth == 0 { return index }
      default: break
      }
      index += 1
    }
    return nil
  }
}

extension UInt8 {
  var isSpace: Bool { self == 32 || (self >= 9 && self <= 13) }
  var isDigit: Bool { self >= 48 && self <= 57 }
  var isLetter: Bool { (self | 32) >= 97 && (self | 32) <= 122 }
  var asciiLowercased: UInt8 { self >= 65 && self <= 90 ? self | 32 : self }
}
