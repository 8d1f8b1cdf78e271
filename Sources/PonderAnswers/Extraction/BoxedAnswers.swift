/// The boxes of a text: `\boxed{…}`, `\fbox{…}` and the brace-less `\boxed 5`.
struct BoxedAnswers {
  let source: SourceBytes
  let phrases: AnswerPhrases

  private static let commands = ["\\boxed", "\\fbox"].map { Array($0.utf8) }
  /// Boxes further apart than this never belong together.
  private static let longestGap = 60
  /// No answer has more boxes than this.
  private static let mostBoxes = 64

  /// The contents of the last box, joined with the boxes before it that belong to the same answer.
  var last: FoundAnswer? {
    var limit = source.count
    var parts: [Range<Int>] = []
    while parts.count < Self.mostBoxes, let box = lastBox(before: limit) {
      if let next = parts.last, !joins(box.outer.upperBound, boxStart(next)) { break }
      if !source.trimmed(box.content).isEmpty { parts.append(source.trimmed(box.content)) }
      limit = box.outer.lowerBound
    }
    guard let first = parts.last, let last = parts.first else { return nil }
    let texts = parts.reversed().map { source.text($0) }
    return FoundAnswer(text: texts.joined(separator: ", "), range: first.lowerBound..<last.upperBound)
  }

  private struct Box {
    /// The box with its command and braces.
    var outer: Range<Int>
    var content: Range<Int>
  }

  /// The last outermost box that starts before `limit`. A box inside a box is part of its content.
  private func lastBox(before limit: Int) -> Box? {
    var end = limit
    var unclosed = 0
    while end > 0 {
      guard let start = commandStart(before: end) else { return nil }
      if let box = box(at: start, limit: limit) { return box }
      // An unclosed box: a model cut off in the middle, or hostile text; look at a few more, not at all of them.
      unclosed += 1
      if unclosed > 8 { return nil }
      end = start
    }
    return nil
  }

  private func commandStart(before end: Int) -> Int? {
    var index = end - 1
    while index >= 0 {
      if source[index] == UInt8(ascii: "\\"),
        Self.commands.contains(where: { source.matches($0, at: index) })
      {
        return index
      }
      index -= 1
    }
    return nil
  }

  private func box(at start: Int, limit: Int) -> Box? {
    let length = source.matches(Self.commands[0], at: start) ? Self.commands[0].count : Self.commands[1].count
    var open = start + length
    while open < source.count, source[open].isSpace { open += 1 }
    guard open < source.count else { return nil }
    if source[open] == UInt8(ascii: "{") {
      guard let close = source.closingBrace(of: open, limit: max(limit, open)) else { return nil }
      return Box(outer: start..<close + 1, content: open + 1..<close)
    }
    guard !source[open].isLetter, open < limit else { return nil }
    var end = open
    while end < limit, !source[end].isSpace, source[end] != UInt8(ascii: "$") { end += 1 }
    return Box(outer: start..<end, content: open..<end)
  }

  /// Where the box with this content begins.
  private func boxStart(_ content: Range<Int>) -> Int {
    commandStart(before: content.lowerBound) ?? content.lowerBound
  }

  /// Whether the text between two boxes says that they are one answer: nothing, a comma, "and", "or",
  /// perhaps with the name of what follows ("and $y = $").
  private func joins(_ lower: Int, _ upper: Int) -> Bool {
    guard upper - lower <= Self.longestGap else { return false }
    var words = source.text(lower..<upper).lowercased()
      .split { !$0.isLetter && $0 != "," && $0 != ";" }.map(String.init)
    words.removeAll { $0.count == 1 && $0 != "," && $0 != ";" }
    words.removeAll { ["text", "textbf", "mathrm", "quad", "qquad", "for", "part"].contains($0) }
    return words.allSatisfy { $0 == "," || $0 == ";" || phrases.conjunctions.contains($0) }
  }
}
