/// What follows a phrase such as "the final answer is".
struct AnnouncedAnswer {
  let source: SourceBytes
  let phrases: [String]

  /// No answer in prose is longer than this many bytes.
  private static let longestSentence = 600

  /// The answer after the last phrase that is followed by one.
  var last: FoundAnswer? {
    guard let phrase = source.lastRange(ofAny: phrases.map { $0.utf8.map(\.asciiLowercased) }) else { return nil }
    let start = skipIntroduction(from: phrase.upperBound)
    let sentence = start..<sentenceEnd(from: start)
    let formulas = Formulas(source: source)
    if let formula = formulas.formula(at: start, limit: sentence.upperBound) { return formula }
    let plain = PlainExpressions(source: source)
    if let expression = plain.expression(at: start, limit: sentence.upperBound) { return expression }
    if let last = formulas.last(in: sentence) { return last }
    if let last = plain.last(in: sentence) { return last }
    return FoundAnswer(source, withoutMarks(sentence))
  }

  /// Skips ":", "**", quotes and white space, and words that say "about".
  private func skipIntroduction(from index: Int) -> Int {
    var index = index
    let words = ["approximately", "about", "simply", "just", "therefore", "is"].map { Array($0.utf8) }
    while index < source.count {
      let byte = source[index]
      if byte.isSpace || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "*") || byte == UInt8(ascii: "\"") {
        index += 1
      } else if let word = words.first(where: { source.matches($0, at: index, ignoringCase: true) }),
        index + word.count < source.count, !source[index + word.count].isLetter
      {
        index += word.count
      } else {
        break
      }
    }
    return index
  }

  /// The end of the sentence at `start`: a line's end, a full stop before a space or the end, "I hope".
  private func sentenceEnd(from start: Int) -> Int {
    let limit = min(source.count, start + Self.longestSentence)
    var index = start
    while index < limit {
      let byte = source[index]
      if byte == UInt8(ascii: "\n"), index > start, !insideDisplay(start..<index) { return index }
      if byte == UInt8(ascii: "."), index + 1 == source.count || source[index + 1].isSpace { return index }
      if source.matches([0xE3, 0x80, 0x82], at: index) { return index }
      index += 1
    }
    return limit
  }

  private func insideDisplay(_ range: Range<Int>) -> Bool {
    source.matches(Array("\\[".utf8), at: range.lowerBound) || source.matches(Array("$$".utf8), at: range.lowerBound)
  }

  /// Without the Markdown stars and quotes around an answer in words.
  private func withoutMarks(_ range: Range<Int>) -> Range<Int> {
    var range = source.trimmed(range)
    let marks: [UInt8] = [UInt8(ascii: "*"), UInt8(ascii: "\""), UInt8(ascii: "."), UInt8(ascii: "!")]
    while let last = range.last, marks.contains(source[last]) || source[last].isSpace {
      range = range.lowerBound..<last
    }
    return range
  }
}
