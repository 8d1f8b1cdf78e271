/// The formulas of a text: `$…$`, `$$…$$`, `\(…\)`, `\[…\]`.
struct Formulas {
  let source: SourceBytes

  /// No formula that holds an answer is longer than this many bytes.
  private static let longest = 4096
  private static let pairs: [(open: [UInt8], close: [UInt8])] = [
    (Array("$$".utf8), Array("$$".utf8)),
    (Array("\\[".utf8), Array("\\]".utf8)),
    (Array("\\(".utf8), Array("\\)".utf8)),
    (Array("$".utf8), Array("$".utf8)),
  ]

  /// The formula that opens exactly at `index` and closes before `limit`.
  func formula(at index: Int, limit: Int) -> FoundAnswer? {
    guard let content = content(at: index, limit: limit) else { return nil }
    // "$12$ and $13$": formulas that words join are one answer.
    var end = content.after
    while let next = joined(after: end, limit: limit) { end = next }
    if end == content.after { return FoundAnswer(source, content.range) }
    return FoundAnswer(source, index..<end)
  }

  /// The last formula, unless a number stands after it.
  var last: FoundAnswer? { last(in: max(0, source.count - 16 * Self.longest)..<source.count) }

  func last(in range: Range<Int>) -> FoundAnswer? {
    guard let found = lastContent(in: range) else { return nil }
    for index in found.after..<range.upperBound where source[index].isDigit {
      // A unit with an exponent ("m^2") or an ordinal is no number of its own.
      if index > 0, source[index - 1].isSpace || source[index - 1] == UInt8(ascii: "$") { return nil }
    }
    // "$28$ percent": a unit right after the formula belongs to it.
    return FoundAnswer(source, found.range)
  }

  /// What stands after the last "=" of the last line, if that line is no formula.
  var trailingEquality: FoundAnswer? {
    let whole = source.trimmed(0..<source.count)
    let start = max(whole.lowerBound, whole.upperBound - Self.longest)
    var index = whole.upperBound - 1
    while index > start, source[index] != UInt8(ascii: "\n") {
      if source[index] == UInt8(ascii: "$") || source[index] == UInt8(ascii: ")") { break }
      if source[index] == UInt8(ascii: "="), !isRelation(index) {
        let tail = PlainExpressions(source: source).expression(
          at: source.trimmed(index + 1..<whole.upperBound).lowerBound, limit: whole.upperBound)
        guard let tail, restIsPunctuation(from: tail.range.upperBound) else { return nil }
        return tail
      }
      index -= 1
    }
    return nil
  }

  /// The whole text if it is one answer: short, on few lines, without a second sentence.
  func wholeText(limit: Int, phrases: AnswerPhrases) -> FoundAnswer? {
    let whole = source.trimmed(0..<source.count)
    guard !whole.isEmpty, whole.count <= limit else { return nil }
    if limit == .max { return FoundAnswer(source, whole) }
    if let content = content(at: whole.lowerBound, limit: whole.upperBound), content.after == whole.upperBound {
      return FoundAnswer(source, content.range)
    }
    guard AnswerShape(source: source, range: whole, conjunctions: phrases.conjunctions).isOneAnswer else {
      return nil
    }
    // A heading, as GSM8K has before its answers, or a phrase that announces one, is not part of it.
    if source[whole.lowerBound] == UInt8(ascii: "#") { return nil }
    let announcements = (phrases.finalAnswer + phrases.answer).lazy.filter { $0.utf8.count <= whole.count }
    if source.lastRange(ofAny: announcements.map { $0.utf8.map(\.asciiLowercased) }) != nil { return nil }
    return FoundAnswer(source, whole)
  }

  private func content(at index: Int, limit: Int) -> (range: Range<Int>, after: Int)? {
    for pair in Self.pairs where source.matches(pair.open, at: index) {
      let start = index + pair.open.count
      guard let close = close(pair.close, from: start, limit: min(limit, start + Self.longest)) else { continue }
      guard !source.trimmed(start..<close).isEmpty else { continue }
      return (start..<close, close + pair.close.count)
    }
    return nil
  }

  private func close(_ mark: [UInt8], from start: Int, limit: Int) -> Int? {
    var index = start
    while index < limit {
      if source.matches(mark, at: index) { return index }
      // `\$` is a dollar sign, `\\(` a line break before a bracket.
      index += source[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    return nil
  }

  /// Reads formulas from the left: a dollar sign opens or closes only by what stood before it.
  private func lastContent(in range: Range<Int>) -> (range: Range<Int>, after: Int)? {
    var found: (range: Range<Int>, after: Int)?
    var index = range.lowerBound
    while index < range.upperBound {
      let byte = source[index]
      if byte == UInt8(ascii: "$") || byte == UInt8(ascii: "\\") {
        if let content = content(at: index, limit: range.upperBound), !isCurrency(index, content.range) {
          found = content
          index = content.after
          continue
        }
        if byte == UInt8(ascii: "\\") { index += 1 }
      }
      index += 1
    }
    return found
  }

  /// "$5 and he paid $": prices, not a formula.
  private func isCurrency(_ index: Int, _ content: Range<Int>) -> Bool {
    guard source[index] == UInt8(ascii: "$"), content.lowerBound == index + 1 else { return false }
    var words = 0
    var letters = 0
    for position in content {
      let byte = source[position]
      if byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "{") { return false }
      letters = byte.isLetter ? letters + 1 : 0
      if letters == 3 { words += 1 }
    }
    return words >= 2
  }

  private func joined(after end: Int, limit: Int) -> Int? {
    var index = end
    while index < limit, source[index].isSpace || source[index] == UInt8(ascii: ",") { index += 1 }
    for word in ["and", "or"].map({ Array($0.utf8) }) where source.matches(word, at: index) { index += word.count }
    while index < limit, source[index].isSpace { index += 1 }
    guard index > end, let next = content(at: index, limit: limit) else { return nil }
    return next.after
  }

  private func isRelation(_ index: Int) -> Bool {
    index > 0 && [UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "!")].contains(source[index - 1])
  }

  private func restIsPunctuation(from index: Int) -> Bool {
    (index..<source.count).allSatisfy { !source[$0].isLetter && !source[$0].isDigit && source[$0] < 128 }
  }
}
