/// Expressions that stand in a text without dollar signs: `1,000.99`, `9/3`, `(35 + 70 = 105)`, `\frac{2}{5}`.
struct PlainExpressions {
  let source: SourceBytes

  /// No plain expression is longer than this many bytes.
  private static let longest = 1024

  /// The expression around the last number of the text.
  var last: FoundAnswer? { last(in: 0..<source.count) }

  func last(in range: Range<Int>) -> FoundAnswer? {
    var index = range.upperBound - 1
    var attempts = 0
    while index >= range.lowerBound, attempts < 16 {
      if source[index].isDigit, !isExponentOfUnit(index, range) {
        attempts += 1
        let window = max(range.lowerBound, index - Self.longest)..<min(range.upperBound, index + Self.longest)
        if let found = expression(around: index, in: window) { return found }
      }
      index -= 1
    }
    return nil
  }

  /// The expression that starts exactly at `index`.
  func expression(at index: Int, limit: Int) -> FoundAnswer? {
    guard index < limit else { return nil }
    let run = runs(in: index..<min(limit, index + Self.longest)).first
    guard let run, run.lowerBound == index else { return nil }
    return FoundAnswer(source, trimmedOfPunctuation(run))
  }

  private func expression(around index: Int, in window: Range<Int>) -> FoundAnswer? {
    var lower = index
    // A run starts after a byte that can be in none; reading from there gives its true beginning.
    while lower > window.lowerBound, source[lower - 1] != UInt8(ascii: "\n") { lower -= 1 }
    guard let run = runs(in: lower..<window.upperBound).first(where: { $0.contains(index) }) else { return nil }
    return FoundAnswer(source, trimmedOfPunctuation(run))
  }

  /// Maximal stretches of mathematics. Words of two and more letters end one, unless they name a function.
  private func runs(in range: Range<Int>) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var start: Int?
    var index = range.lowerBound
    func close(at end: Int) {
      if let first = start, (first..<end).contains(where: { !source[$0].isSpace }) {
        runs.append(source.trimmed(first..<end))
      }
      start = nil
    }
    while index < range.upperBound {
      let end = tokenEnd(at: index, limit: range.upperBound)
      let token = index..<end
      if isMathematics(token, openRun: start, limit: range.upperBound) {
        if start == nil, !source[index].isSpace { start = index }
      } else {
        close(at: index)
      }
      index = end
    }
    close(at: range.upperBound)
    return runs
  }

  private func tokenEnd(at index: Int, limit: Int) -> Int {
    var end = index + 1
    let byte = source[index]
    if byte == UInt8(ascii: "\\") {
      while end < limit, source[end].isLetter { end += 1 }
      if end == index + 1 { end = min(limit, end + 1) }
    } else if byte.isLetter {
      while end < limit, source[end].isLetter { end += 1 }
    } else if byte.isDigit {
      while end < limit, source[end].isDigit { end += 1 }
    } else if byte >= 128 {
      while end < limit, source[end] >= 0x80, source[end] < 0xC0 { end += 1 }
    }
    return end
  }

  private func isMathematics(_ token: Range<Int>, openRun: Int?, limit: Int) -> Bool {
    let byte = source[token.lowerBound]
    if byte == UInt8(ascii: "\\") {
      let next = token.count > 1 ? source[token.lowerBound + 1] : 0
      return next.isLetter || next == UInt8(ascii: "%") || next == UInt8(ascii: "{") || next == UInt8(ascii: "}")
    }
    if byte.isSpace {
      guard byte != UInt8(ascii: "\n"), openRun != nil else { return false }
      return continuesOver(token.upperBound, limit: limit, before: token.lowerBound)
    }
    if byte.isLetter { return isName(token, openRun: openRun) }
    if byte >= 128 { return Vocabulary.isMathematicalSymbol(source.text(token)) }
    return byte.isDigit || "+-*/^=.,()[]{}|!%<>_:".utf8.contains(byte)
  }

  /// Across a space an expression goes on only from or to an operator.
  private func continuesOver(_ next: Int, limit: Int, before: Int) -> Bool {
    guard next < limit, before > 0 else { return false }
    let operators = "+-*/^=<>"
    return operators.utf8.contains(source[next]) || operators.utf8.contains(source[before - 1])
      || (source[before - 1] == UInt8(ascii: ",") && openBracket(before: before))
      || source[next] == UInt8(ascii: "\\")
  }

  private func openBracket(before index: Int) -> Bool {
    var depth = 0
    var position = index - 1
    while position >= 0, index - position < 200, source[position] != UInt8(ascii: "\n") {
      switch source[position] {
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
        if depth == 0 { return true }
        depth -= 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth += 1
      default: break
      }
      position -= 1
    }
    return false
  }

  /// A letter is a variable beside an operator or a digit; a word is none unless it names a function.
  private func isName(_ token: Range<Int>, openRun: Int?) -> Bool {
    if token.count > 1 { return Vocabulary.functions[source.text(token)] != nil || source.text(token) == "pi" }
    let before = token.lowerBound > 0 ? source[token.lowerBound - 1] : 32
    let after = token.upperBound < source.count ? source[token.upperBound] : 32
    if token.upperBound < source.count, after >= 128 { return false }
    if openRun != nil { return true }
    return "^=+-*/_(".utf8.contains(after) || nextOperator(from: token.upperBound) || before == UInt8(ascii: "(")
  }

  private func nextOperator(from index: Int) -> Bool {
    var index = index
    while index < source.count, source[index] == 32 { index += 1 }
    return index < source.count && "=<>+*^".utf8.contains(source[index])
  }

  /// "m^2" and "m2": the digit belongs to a unit.
  private func isExponentOfUnit(_ index: Int, _ range: Range<Int>) -> Bool {
    guard index - 1 >= range.lowerBound else { return false }
    let before = source[index - 1]
    if before == UInt8(ascii: "^") {
      return index - 2 >= range.lowerBound && source[index - 2].isLetter
        && (index - 3 < range.lowerBound || source[index - 3].isLetter)
    }
    return before.isLetter
  }

  /// Without the punctuation of the sentence and without brackets that do not close.
  private func trimmedOfPunctuation(_ range: Range<Int>) -> Range<Int> {
    var lower = range.lowerBound
    var upper = range.upperBound
    while lower < upper {
      let last = source[upper - 1]
      if ".,:;*=+-/^<>_ ".utf8.contains(last) || (")]}".utf8.contains(last) && balance(lower..<upper) < 0) {
        upper -= 1
      } else if last == UInt8(ascii: "!"), upper == range.upperBound, upper - 2 >= lower, !source[upper - 2].isDigit {
        upper -= 1
      } else {
        break
      }
    }
    while lower < upper {
      let first = source[lower]
      if ",:;*=+/^<>_)]}.".utf8.contains(first), !startsDecimal(lower, upper) {
        lower += 1
      } else if first.isSpace || ("([{".utf8.contains(first) && balance(lower..<upper) > 0) {
        lower += 1
      } else if first == UInt8(ascii: "-"), lower + 1 < upper, source[lower + 1].isSpace {
        lower += 1
      } else {
        break
      }
    }
    return source.trimmed(lower..<upper)
  }

  private func startsDecimal(_ lower: Int, _ upper: Int) -> Bool {
    source[lower] == UInt8(ascii: ".") && lower + 1 < upper && source[lower + 1].isDigit
  }

  private func balance(_ range: Range<Int>) -> Int {
    range.reduce(0) { depth, index in
      if "([{".utf8.contains(source[index]) { return depth + 1 }
      return ")]}".utf8.contains(source[index]) ? depth - 1 : depth
    }
  }
}
