/// The letters of a multiple-choice question as a text names them.
struct ChoiceLetters {
  let source: SourceBytes
  let letters: ClosedRange<UInt8>
  let phrases: AnswerPhrases

  /// The letter in the last box, else the first after an announcement, else the first of a text that begins with
  /// one, else the last bracketed one, else the last that stands alone.
  var last: FoundAnswer? {
    if let box = BoxedAnswers(source: source, phrases: phrases).last, let letter = first(in: box.range) {
      return letter
    }
    let announcements = (phrases.finalAnswer + phrases.answer).map { $0.utf8.map(\.asciiLowercased) }
    if let phrase = source.lastRange(ofAny: announcements),
      let letter = first(in: phrase.upperBound..<source.count)
    {
      return letter
    }
    let whole = source.trimmed(0..<source.count)
    if let letter = first(in: whole.lowerBound..<min(whole.upperBound, whole.lowerBound + 2)), isChoice(letter.range) {
      return letter
    }
    return lastStanding(where: isBracketed) ?? lastStanding { _ in true }
  }

  private func first(in range: Range<Int>) -> FoundAnswer? {
    range.first { stands($0) && !isArticle($0) }.flatMap { FoundAnswer(source, $0..<$0 + 1) }
  }

  private func lastStanding(where accepts: (Int) -> Bool) -> FoundAnswer? {
    (0..<source.count).reversed().first { stands($0) && accepts($0) && !isArticle($0) }
      .flatMap { FoundAnswer(source, $0..<$0 + 1) }
  }

  /// A capital letter of the question with no letter or digit beside it.
  private func stands(_ index: Int) -> Bool {
    guard letters.contains(source[index]) else { return false }
    let before = index > 0 ? source[index - 1] : 32
    let after = index + 1 < source.count ? source[index + 1] : 32
    return !before.isLetter && !before.isDigit && !after.isLetter && !after.isDigit && after != UInt8(ascii: "'")
      && before != UInt8(ascii: "\\")
  }

  private func isChoice(_ range: Range<Int>) -> Bool { stands(range.lowerBound) }

  private func isBracketed(_ index: Int) -> Bool {
    index > 0 && source[index - 1] == UInt8(ascii: "(") && index + 1 < source.count
      && source[index + 1] == UInt8(ascii: ")")
  }

  /// "A triangle", "I think": an article or a pronoun, not a choice.
  private func isArticle(_ index: Int) -> Bool {
    guard source[index] == UInt8(ascii: "A") || source[index] == UInt8(ascii: "I"), index + 2 < source.count else {
      return false
    }
    let next = source[index + 2]
    return source[index + 1] == 32 && next.isLetter && next == next.asciiLowercased
  }
}
