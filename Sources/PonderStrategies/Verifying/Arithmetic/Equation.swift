/// An equation between numbers that stands in a text: `31 + 15 = 46`.
struct Equation: Sendable, Hashable {
  /// Whether both sides are the same, or the right one is the left one rounded to the decimals it is written with.
  var holds: Bool
  /// The value of the right side.
  var result: Rational

  /// The equations of a text in which at least one side has an operator, in order.
  ///
  /// Chains (`2+3=5=10/2`) count each equality. A side with anything unknown in it (`x`, `20%`, a number too large to
  /// calculate with) is left alone, with the equalities that it takes part in.
  static func all(in text: String) -> [Equation] {
    var equations: [Equation] = []
    for line in text.split(whereSeparator: \.isNewline) where line.contains("=") {
      var segment: [ArithmeticToken] = []
      var startsUnknown = false
      for token in ArithmeticToken.tokens(of: line) {
        guard case .other(let standsForNumber) = token else {
          segment.append(token)
          continue
        }
        equations += read(segment, startsUnknown: startsUnknown, endsUnknown: standsForNumber)
        segment = []
        startsUnknown = standsForNumber
      }
      equations += read(segment, startsUnknown: startsUnknown, endsUnknown: false)
    }
    return equations
  }

  private struct Side {
    var value: Rational
    var decimals: Int
    var hasOperator: Bool
  }

  /// The equalities of a stretch without words. At its ends there may be an operand that is not known.
  private static func read(_ segment: [ArithmeticToken], startsUnknown: Bool, endsUnknown: Bool) -> [Equation] {
    guard segment.contains(.equals) else { return [] }
    let parts = segment.split(separator: .equals, omittingEmptySubsequences: false)
    let sides = parts.enumerated().map { place, part -> Side? in
      let isFirst = place == 0
      let isLast = place == parts.count - 1
      // "total - 3 = 8": what is subtracted from is a word; "2x = 4": the unknown touches the side.
      if isFirst, part.first?.isOperator == true, part.first != .subtract || startsUnknown { return nil }
      if isFirst, startsUnknown, !part.isEmpty { return nil }
      if isLast, endsUnknown || part.last?.isOperator == true { return nil }
      return side(isFirst ? lastExpression(of: part) : isLast ? firstExpression(of: part) : part)
    }
    return zip(sides, sides.dropFirst()).compactMap { left, right in
      guard let left, let right, left.hasOperator || right.hasOperator else { return nil }
      let isRounded = right.decimals > 0 && left.value.rounds(to: right.value, decimals: right.decimals)
      return Equation(holds: left.value == right.value || isRounded, result: right.value)
    }
  }

  private static func side(_ tokens: ArraySlice<ArithmeticToken>) -> Side? {
    var parser = Parser(tokens: tokens)
    guard let value = parser.sum(), parser.isAtEnd else { return nil }
    var decimals = 0
    if case .number(_, let written) = tokens.last { decimals = written }
    let hasOperator = tokens.contains { $0.isOperator } && tokens.count > 2
    return Side(value: value, decimals: hasOperator ? 0 : decimals, hasOperator: hasOperator)
  }

  /// Two operands side by side belong to different sentences ("in 3 5+4"): the part behind the last such place.
  private static func lastExpression(of tokens: ArraySlice<ArithmeticToken>) -> ArraySlice<ArithmeticToken> {
    var start = tokens.startIndex
    for index in tokens.indices.dropFirst() where isSeam(tokens[index - 1], tokens[index]) { start = index }
    return balanced(tokens[start...], fromEnd: true)
  }

  private static func firstExpression(of tokens: ArraySlice<ArithmeticToken>) -> ArraySlice<ArithmeticToken> {
    let seam = tokens.indices.dropFirst().first { isSeam(tokens[$0 - 1], tokens[$0]) }
    return balanced(tokens[..<(seam ?? tokens.endIndex)], fromEnd: false)
  }

  private static func isSeam(_ a: ArithmeticToken, _ b: ArithmeticToken) -> Bool {
    if case .number = a, case .number = b { return true }
    if case .number = b, a == .close { return true }
    return false
  }

  /// Without a bracket that encloses the whole equation: "(35 + 70 = 105)".
  private static func balanced(
    _ tokens: ArraySlice<ArithmeticToken>, fromEnd: Bool
  ) -> ArraySlice<ArithmeticToken> {
    var tokens = tokens
    var depth = tokens.count { $0 == .open } - tokens.count { $0 == .close }
    while depth > 0, fromEnd, tokens.first == .open {
      tokens.removeFirst()
      depth -= 1
    }
    while depth < 0, !fromEnd, tokens.last == .close {
      tokens.removeLast()
      depth += 1
    }
    return tokens
  }
}

/// Reads a side: sums of products of powers, signs, brackets. A number before a bracket multiplies it.
private struct Parser {
  var tokens: ArraySlice<ArithmeticToken>
  var depth = 0

  init(tokens: ArraySlice<ArithmeticToken>) { self.tokens = tokens }

  var isAtEnd: Bool { tokens.isEmpty }

  mutating func sum() -> Rational? {
    guard var value = product() else { return nil }
    while let token = tokens.first, token == .add || token == .subtract {
      tokens.removeFirst()
      guard let next = product(),
        let result = token == .add ? Rational.sum(value, next) : Rational.difference(value, next)
      else { return nil }
      value = result
    }
    return value
  }

  private mutating func product() -> Rational? {
    guard var value = signed() else { return nil }
    while let token = tokens.first {
      switch token {
      case .multiply, .divide:
        tokens.removeFirst()
        guard let next = signed(),
          let result = token == .multiply ? Rational.product(value, next) : Rational.quotient(value, next)
        else { return nil }
        value = result
      case .open:
        guard let next = power(), let result = Rational.product(value, next) else { return nil }
        value = result
      default: return value
      }
    }
    return value
  }

  private mutating func signed() -> Rational? {
    var isNegative = false
    while let token = tokens.first, token == .subtract || token == .add {
      tokens.removeFirst()
      if token == .subtract { isNegative.toggle() }
    }
    guard let value = power() else { return nil }
    return isNegative ? Rational.difference(Rational(0), value) : value
  }

  private mutating func power() -> Rational? {
    guard let base = atom() else { return nil }
    guard tokens.first == .power else { return base }
    tokens.removeFirst()
    guard let exponent = signed() else { return nil }
    return Rational.power(base, exponent)
  }

  private mutating func atom() -> Rational? {
    switch tokens.first {
    case .number(let value, _):
      tokens.removeFirst()
      return value
    case .open:
      // Deep nesting is no solution of a word problem; it must not use up the stack.
      guard depth < 100 else { return nil }
      depth += 1
      defer { depth -= 1 }
      tokens.removeFirst()
      guard let value = sum(), tokens.first == .close else { return nil }
      tokens.removeFirst()
      return value
    default: return nil
    }
  }
}
