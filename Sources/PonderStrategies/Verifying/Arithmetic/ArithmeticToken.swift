/// A piece of a text as arithmetic sees it.
enum ArithmeticToken: Sendable, Hashable {
  /// A number and how many decimals it was written with.
  case number(Rational, decimals: Int)
  case add, subtract, multiply, divide, power
  case open, close
  case equals
  /// Anything that arithmetic does not know. `standsForNumber` when it may be an operand: `x`, `\pi`, `20%`.
  case other(standsForNumber: Bool)

  var isOperator: Bool {
    switch self {
    case .add, .subtract, .multiply, .divide, .power: true
    default: false
    }
  }

  /// The tokens of a line. Thousands separators, currency signs, `\(`, `$` and `**bold**` marks are seen through.
  static func tokens(of line: some StringProtocol) -> [ArithmeticToken] {
    var reader = Reader(characters: Array(line))
    return reader.read()
  }
}

private struct Reader {
  let characters: [Character]
  var index = 0
  var tokens: [ArithmeticToken] = []

  init(characters: [Character]) { self.characters = characters }

  mutating func read() -> [ArithmeticToken] {
    while index < characters.count { readOne() }
    return tokens
  }

  private func isDigit(at place: Int) -> Bool {
    characters.indices.contains(place) && ("0"..."9").contains(characters[place])
  }

  private mutating func readOne() {
    let character = characters[index]
    if isDigit(at: index) || (character == "." && isDigit(at: index + 1)) { return readNumber() }
    if character.isLetter || character == "\\" { return readWord() }
    index += 1
    switch character {
    case "+": tokens.append(.add)
    case "-", "−", "–": tokens.append(.subtract)
    case "×", "·", "⋅": tokens.append(.multiply)
    case "*":
      // `**` is emphasis, unless numbers stand on both sides of it.
      if index < characters.count, characters[index] == "*" {
        index += 1
        if isDigit(at: index), isDigit(at: index - 3) { tokens.append(.power) }
      } else {
        tokens.append(.multiply)
      }
    case "/", "÷": tokens.append(.divide)
    case "^": tokens.append(.power)
    case "(", "[", "{": tokens.append(.open)
    case ")", "]", "}": tokens.append(.close)
    case "=": tokens.append(.equals)
    case "%", "!", "°": tokens.append(.other(standsForNumber: true))
    case " ", "\t", "\u{a0}", "$", "€", "£": break
    default: tokens.append(.other(standsForNumber: false))
    }
  }

  /// A word. A lone `x` between numbers is a times sign; one letter, or a command of LaTeX, may stand for a number.
  private mutating func readWord() {
    let start = index
    index += 1
    while index < characters.count, characters[index].isLetter { index += 1 }
    let word = String(characters[start..<index])
    switch word {
    case "x", "X":
      var before = start - 1
      while before >= 0, characters[before] == " " { before -= 1 }
      var after = index
      while after < characters.count, characters[after] == " " || characters[after] == "$" { after += 1 }
      let isTimes =
        (isDigit(at: before) || (before >= 0 && characters[before] == ")"))
        && (isDigit(at: after) || (after < characters.count && characters[after] == "("))
      tokens.append(isTimes ? .multiply : .other(standsForNumber: true))
    case "\\times", "\\cdot": tokens.append(.multiply)
    case "\\div": tokens.append(.divide)
    case "\\left", "\\right", "\\quad": break
    case "\\":
      // `\(`, `\[`, `\,` and `\$` are marks; the sign behind them is none of arithmetic's.
      if index < characters.count, !isDigit(at: index) { index += 1 }
    default:
      let standsForNumber = word.count == 1 || word.hasPrefix("\\") || word.lowercased() == "of"
      tokens.append(.other(standsForNumber: standsForNumber))
    }
  }

  private mutating func readNumber() {
    var value: Int128 = 0
    var scale: Int128 = 1
    var decimals = 0
    var overflows = false
    func take(_ digit: Character) {
      let digit = Int128(digit.wholeNumberValue ?? 0)
      let (shifted, first) = value.multipliedReportingOverflow(by: 10)
      let (sum, second) = shifted.addingReportingOverflow(digit)
      if first || second { overflows = true } else { value = sum }
    }
    while isDigit(at: index) || isThousandsSeparator(at: index) {
      if characters[index] != "," { take(characters[index]) }
      index += 1
    }
    if index < characters.count, characters[index] == ".", isDigit(at: index + 1) {
      index += 1
      while isDigit(at: index) {
        take(characters[index])
        decimals += 1
        index += 1
      }
    }
    for _ in 0..<decimals where !overflows {
      let (next, carries) = scale.multipliedReportingOverflow(by: 10)
      if carries { overflows = true } else { scale = next }
    }
    tokens.append(overflows ? .other(standsForNumber: true) : .number(Rational(value, scale), decimals: decimals))
  }

  /// A comma between one to three digits and groups of exactly three.
  private func isThousandsSeparator(at place: Int) -> Bool {
    guard characters.indices.contains(place), characters[place] == ",", place > 0, isDigit(at: place - 1) else {
      return false
    }
    return (1...3).allSatisfy { isDigit(at: place + $0) } && !isDigit(at: place + 4)
  }
}
