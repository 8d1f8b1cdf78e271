/// Whether a short text is nothing but one answer: mathematics, a name, a list in words.
struct AnswerShape {
  let source: SourceBytes
  let range: Range<Int>
  let conjunctions: [String]

  /// True when the words that are not mathematics are few: "Evelyn", "(D) Alina", "28 percent", "3 and 4",
  /// "125$ miles", but not "it's B", "the number is 10".
  var isOneAnswer: Bool {
    var words = 0
    var hasMathematics = false
    var index = range.lowerBound
    var sentenceEnds = 0
    while index < range.upperBound {
      let byte = source[index]
      if byte == UInt8(ascii: "\\") {
        hasMathematics = true
        index = skipCommand(at: index)
      } else if byte.isLetter || byte >= 128 {
        let start = index
        while index < range.upperBound, source[index].isLetter || source[index] >= 128 { index += 1 }
        words += weight(of: start..<index)
      } else {
        if byte.isDigit || "=<>+^|[{".utf8.contains(byte) { hasMathematics = true }
        if byte == UInt8(ascii: "."), index + 1 < range.upperBound, source[index + 1].isSpace { sentenceEnds += 1 }
        index += 1
      }
    }
    return sentenceEnds == 0 && words <= (hasFormula ? 0 : hasMathematics ? 1 : 3)
  }

  /// Words of prose that are as short as the names of variables.
  private static let shortWords: Set<String> = ["is", "it", "so", "we", "he", "by", "if"]

  /// Whether dollar signs or their like set mathematics apart: words beside a formula are prose.
  private var hasFormula: Bool {
    range.contains { index in
      source[index] == UInt8(ascii: "$") || source.matches([92, 40], at: index) || source.matches([92, 91], at: index)
    }
  }

  /// The end of a command, with the words or the name in its braces.
  private func skipCommand(at start: Int) -> Int {
    var index = start + 1
    while index < range.upperBound, source[index].isLetter { index += 1 }
    let name = source.text(start + 1..<index)
    if Vocabulary.textCommands.contains(name) || name == "begin" || name == "end", index < range.upperBound,
      source[index] == UInt8(ascii: "{"), let close = source.closingBrace(of: index, limit: range.upperBound)
    {
      return close + 1
    }
    return index
  }

  /// 0 for names of one or two letters, functions and conjunctions; more for text in another script.
  private func weight(of word: Range<Int>) -> Int {
    let text = source.text(word).lowercased()
    if text.utf8.contains(where: { $0 >= 128 }) { return text.unicodeScalars.count <= 2 ? 0 : 2 }
    if Vocabulary.functions[text] != nil || conjunctions.contains(text) || Vocabulary.isUnit(text) { return 0 }
    return text.count <= 2 && !Self.shortWords.contains(text) ? 0 : 1
  }
}
