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
        index += 1
        while index < range.upperBound, source[index].isLetter { index += 1 }
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
    return sentenceEnds == 0 && words <= (hasMathematics ? 1 : 3)
  }

  /// 0 for names of one or two letters, functions and conjunctions; more for text in another script.
  private func weight(of word: Range<Int>) -> Int {
    let text = source.text(word).lowercased()
    if text.utf8.contains(where: { $0 >= 128 }) { return text.unicodeScalars.count <= 2 ? 0 : 2 }
    if Vocabulary.functions[text] != nil || conjunctions.contains(text) || Vocabulary.isUnit(text) { return 0 }
    return text.count <= 2 && text != "is" && text != "it" ? 0 : 1
  }
}
