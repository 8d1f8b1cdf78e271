/// Cuts normalised text into the words that are encoded one by one.
struct PreTokenizer: Sendable {
  enum Step: Sendable, Equatable {
    /// A space in front unless there is one (ByteLevel's `add_prefix_space`).
    case prefixSpace
    /// Numbers on their own, or each of their digits.
    case digits(individually: Bool)
    case pattern(SplitPattern)
    /// SentencePiece's rule as Hugging Face has it: a space in front, then, if `splits`, a word begins at each space.
    case metaspace(prefix: MetaspacePrefix, splits: Bool)
    /// A word begins at each space that follows something else. Exact for SentencePiece whenever no token has a
    /// space after another character, and what makes its words cacheable.
    case spaceStarts
    /// A word begins at each space.
    case spaces
  }

  enum MetaspacePrefix: Sendable, Equatable {
    case always
    case first
    case never
  }

  var steps: [Step]

  /// Calls `body` with each word in order.
  ///
  /// - Parameter isFirst: whether the text is the beginning of what the caller gave, no special token before it.
  func forEachWord(
    in text: UnsafeBufferPointer<UInt8>, isFirst: Bool, _ classes: UnicodeClasses.Table,
    _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    split(text, isFirst: isFirst, step: 0, classes, body)
  }

  private func split(
    _ text: UnsafeBufferPointer<UInt8>, isFirst: Bool, step: Int, _ classes: UnicodeClasses.Table,
    _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    guard !text.isEmpty else { return }
    guard step < steps.count else {
      body(text)
      return
    }
    let isLast = step == steps.count - 1
    func pass(_ range: Range<Int>) {
      let piece = UnsafeBufferPointer(rebasing: text[range])
      if isLast {
        body(piece)
      } else {
        split(piece, isFirst: isFirst && range.lowerBound == 0, step: step + 1, classes, body)
      }
    }
    switch steps[step] {
    case .prefixSpace:
      withSpace(text) { split($0, isFirst: isFirst, step: step + 1, classes, body) }
    case .pattern(let pattern):
      var start = 0
      while start < text.count {
        let end = pattern.end(ofWordAt: start, in: text, classes)
        pass(start..<end)
        start = end
      }
    case .digits(let individually):
      var wasDigit = classes.at(0, in: text) == UnicodeClasses.number
      Self.cut(text, pass) { position, _ in
        let isDigit = classes.at(position, in: text) == UnicodeClasses.number
        defer { wasDigit = isDigit }
        return isDigit != wasDigit || (isDigit && individually)
      }
    case .spaceStarts:
      Self.cut(text, pass) { text[$0] == UInt8(ascii: " ") && text[$1] != UInt8(ascii: " ") }
    case .metaspace(let prefix, let splits):
      let hasPrefix = prefix == .always || (prefix == .first && isFirst)
      let rest = PreTokenizer(steps: (splits ? [.spaces] : []) + steps[(step + 1)...])
      if hasPrefix {
        withSpace(text) { rest.split($0, isFirst: isFirst, step: 0, classes, body) }
      } else {
        rest.split(text, isFirst: isFirst, step: 0, classes, body)
      }
    case .spaces:
      Self.cut(text, pass) { position, _ in text[position] == UInt8(ascii: " ") }
    }
  }

  /// Cuts before each character for which `cutsBefore(position, position of the one before)`.
  @inline(__always)
  private static func cut(
    _ text: UnsafeBufferPointer<UInt8>, _ pass: (Range<Int>) -> Void, _ cutsBefore: (Int, Int) -> Bool
  ) {
    var start = 0
    var previous = 0
    var position = UTF8Text.length(startingWith: text[0])
    while position < text.count {
      if cutsBefore(position, previous) {
        pass(start..<position)
        start = position
      }
      previous = position
      position += UTF8Text.length(startingWith: text[position])
    }
    pass(start..<text.count)
  }

  private func withSpace(
    _ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    if text[0] == UInt8(ascii: " ") {
      body(text)
    } else {
      ([UInt8(ascii: " ")] + text).withUnsafeBufferPointer(body)
    }
  }
}
