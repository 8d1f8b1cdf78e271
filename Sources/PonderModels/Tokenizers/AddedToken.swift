import PonderGeneration

/// A token that is found in the text before anything else, as `<|eot_id|>` is.
struct AddedToken: Sendable, Equatable {
  var content: [UInt8]
  var id: Token
  /// Special tokens are only found where the caller wants them, and can be left out when decoding.
  var isSpecial = true
  /// Takes the white space before it along.
  var stripsLeft = false
  /// Takes the white space after it along.
  var stripsRight = false
  /// Only where no letter, digit or underscore touches it.
  var isSingleWord = false
  /// Looked for in the normalised text rather than in the original.
  var isNormalized = false
}

/// Finds added tokens in text: at the leftmost place the longest one.
struct AddedTokenMatcher: Sendable {
  private var tokens: [AddedToken] = []
  /// Tokens by their first byte, longest first.
  private var byFirstByte = [[Int]](repeating: [], count: 256)
  /// Whether any token begins with a byte: most bytes of a text are done with after one look.
  private var isFirstByte = [Bool](repeating: false, count: 256)

  init(_ tokens: [AddedToken]) {
    self.tokens = tokens.filter { !$0.content.isEmpty }
    for index in self.tokens.indices { byFirstByte[Int(self.tokens[index].content[0])].append(index) }
    for byte in byFirstByte.indices {
      isFirstByte[byte] = !byFirstByte[byte].isEmpty
      byFirstByte[byte].sort { a, b in
        let (countA, countB) = (self.tokens[a].content.count, self.tokens[b].content.count)
        return countA != countB ? countA > countB : a < b
      }
    }
  }

  /// Calls `body` with every stretch of plain text and every token, in order. Empty stretches are left out.
  func forEachPart(
    of text: UnsafeBufferPointer<UInt8>, _ classes: UnicodeClasses.Table,
    text onText: (UnsafeBufferPointer<UInt8>, _ isFirst: Bool) -> Void, token onToken: (Token) -> Void
  ) {
    if tokens.isEmpty {
      if !text.isEmpty { onText(text, true) }
      return
    }
    var start = 0
    var position = 0
    while position < text.count {
      position = isFirstByte.withUnsafeBufferPointer { isFirstByte in
        var position = position
        while position < text.count, !isFirstByte[Int(text[position])] { position &+= 1 }
        return position
      }
      guard position < text.count else { break }
      guard let token = match(at: position, in: text) else {
        position += 1
        continue
      }
      var (first, end) = (position, position + token.content.count)
      if token.isSingleWord, Self.touchesWord(first, end, text, classes) {
        position = end
        continue
      }
      if token.stripsLeft { first = max(Self.skipWhitespaceBack(first, text, classes), start) }
      if token.stripsRight { end = Self.skipWhitespace(end, text, classes) }
      if first > start { onText(UnsafeBufferPointer(rebasing: text[start..<first]), start == 0) }
      onToken(token.id)
      start = end
      position = end
    }
    if start < text.count { onText(UnsafeBufferPointer(rebasing: text[start...]), start == 0) }
  }

  private func match(at position: Int, in text: UnsafeBufferPointer<UInt8>) -> AddedToken? {
    for index in byFirstByte[Int(text[position])] {
      let content = tokens[index].content
      if position + content.count <= text.count,
        text[position..<position + content.count].elementsEqual(content)
      {
        return tokens[index]
      }
    }
    return nil
  }

  // MARK: - Flags

  private static func touchesWord(
    _ start: Int, _ end: Int, _ text: UnsafeBufferPointer<UInt8>, _ classes: UnicodeClasses.Table
  ) -> Bool {
    (start > 0 && isWord(previous(start, text), text, classes)) || (end < text.count && isWord(end, text, classes))
  }

  /// `\w`: letters, marks, decimal digits, connectors and joiners (UTS #18, annex C).
  private static func isWord(
    _ position: Int, _ text: UnsafeBufferPointer<UInt8>, _ classes: UnicodeClasses.Table
  ) -> Bool {
    guard let scalar = Unicode.Scalar(UTF8Text.scalar(in: text, at: position)) else { return false }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
      .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation:
      return true
    default:
      return scalar.properties.isAlphabetic || scalar.properties.isJoinControl
    }
  }

  private static func previous(_ position: Int, _ text: UnsafeBufferPointer<UInt8>) -> Int {
    var position = position - 1
    while position > 0, text[position] & 0xC0 == 0x80 { position -= 1 }
    return position
  }

  private static func skipWhitespaceBack(
    _ end: Int, _ text: UnsafeBufferPointer<UInt8>, _ classes: UnicodeClasses.Table
  ) -> Int {
    var end = end
    while end > 0 {
      let before = previous(end, text)
      guard classes.at(before, in: text) & UnicodeClasses.whitespace != 0 else { break }
      end = before
    }
    return end
  }

  private static func skipWhitespace(
    _ start: Int, _ text: UnsafeBufferPointer<UInt8>, _ classes: UnicodeClasses.Table
  ) -> Int {
    var start = start
    while start < text.count, classes.at(start, in: text) & UnicodeClasses.whitespace != 0 {
      start += UTF8Text.length(startingWith: text[start])
    }
    return start
  }
}
