extension Parser {
  // MARK: - Numbers

  /// A literal with its thousands separators, its base, or the fraction of a mixed number after it.
  mutating func number(_ first: String, from start: Int) throws(SyntaxError) -> SyntaxTree {
    var literal = first
    if first.utf8.count <= 3, NumberLiteral(text: first).isInteger {
      while let group = digitGroup() {
        literal += group.digits
        position += group.length
        if group.digits.utf8.count > 3 { break }
      }
    }
    let number = NumberLiteral(text: literal)
    if isSymbol("_"), number.isNumeral, let base = base() {
      guard let value = number.value(inBase: base) else { throw error }
      return SyntaxTree(.number(value, isDecimal: false), range(from: start))
    }
    guard let value = number.value else { throw SyntaxError(reason: .tooLong, offset: range(from: start).lowerBound) }
    let whole = SyntaxTree(.number(value, isDecimal: number.isDecimal), range(from: start))
    if number.isInteger, let fraction = try mixedFraction() {
      return SyntaxTree(.sum([whole, fraction]), range(from: start))
    }
    return whole
  }

  /// The next three digits after a thousands separator, or after a space.
  private func digitGroup() -> (digits: String, length: Int)? {
    func digits(at offset: Int, spaced: Bool?) -> String? {
      guard position + offset < tokens.count, case .number(let digits) = tokens[position + offset].kind,
        digits.prefix(while: { $0 != "." }).utf8.count == 3, !digits.contains("e"),
        spaced == nil || tokens[position + offset].isSpaced == spaced
      else { return nil }
      return digits
    }
    if kind == .grouping, let next = digits(at: 1, spaced: nil) { return (next, 2) }
    if brackets == 0, isSymbol(","), current?.isSpaced == false, let next = digits(at: 1, spaced: false) {
      return (next, 2)
    }
    if let next = digits(at: 0, spaced: true), next.allSatisfy(\.isNumber) { return (next, 1) }
    return nil
  }

  /// `_5` or `_{5}` after a literal.
  private mutating func base() -> Int? {
    let start = position
    position += 1
    let isBraced = take("{")
    if case .text(let word) = kind, word.lowercased() == "base" { position += 1 }
    let base: Int? =
      switch kind {
      case .number(let digits): Int(digits)
      case .text(let word), .word(let word): Vocabulary.bases[word.lowercased()]
      default: nil
      }
    if let base {
      position += 1
      if !isBraced || take("}") { return base }
    }
    position = start
    return nil
  }

  /// The fraction of `3\frac{1}{2}` or `3 1/2`.
  private mutating func mixedFraction() throws(SyntaxError) -> SyntaxTree? {
    let start = position
    if case .command(let name) = kind, Self.fractionCommands.contains(name) {
      position += 1
      let numerator = try argument()
      let denominator = try argument()
      if case .number(_, false) = numerator.node, case .number(_, false) = denominator.node {
        return SyntaxTree(.quotient(numerator, denominator), range(from: start))
      }
      position = start
      return nil
    }
    guard case .number(let top) = kind, current?.isSpaced == true, NumberLiteral(text: top).isInteger,
      isSymbol("/", at: 1), position + 2 < tokens.count, case .number(let bottom) = tokens[position + 2].kind,
      let numerator = NumberLiteral(text: top).value, let denominator = NumberLiteral(text: bottom).value
    else { return nil }
    position += 3
    return SyntaxTree(
      .quotient(
        SyntaxTree(.number(numerator, isDecimal: false), tokens[start].range),
        SyntaxTree(.number(denominator, isDecimal: false), tokens[start + 2].range)), range(from: start))
  }

  static let fractionCommands: Set<String> = ["frac", "dfrac", "tfrac", "cfrac", "nicefrac", "sfrac"]

  // MARK: - Commands and functions

  mutating func command(_ name: String, from start: Int) throws(SyntaxError) -> SyntaxTree {
    if Self.fractionCommands.contains(name) {
      let numerator = try argument()
      let denominator = try argument()
      return SyntaxTree(.quotient(numerator, denominator), range(from: start))
    }
    if let constant = Self.constants[name] { return SyntaxTree(.constant(constant), range(from: start)) }
    if Vocabulary.letters.contains(name) { return try symbol("\\" + name, from: start) }
    switch name {
    case "binom", "dbinom", "tbinom":
      let upper = try argument()
      return SyntaxTree(.binomial(upper, try argument()), range(from: start))
    case "det":
      return try determinant(from: start) { parser throws(SyntaxError) in
        guard case .matrix(let rows) = try parser.argument().node else { throw parser.error }
        return rows
      }
    case "lbrace":
      return try set(from: start)
    case "mathbb":
      let first = position
      _ = try argument()
      let isReals = tokens[first..<position].contains { $0.kind == .letter("R") }
      return SyntaxTree(isReals ? .constant(.reals) : .symbol("set"), range(from: start))
    case "overline", "overrightarrow", "overleftrightarrow", "vec", "hat", "bar", "widehat", "tilde", "angle",
      "triangle", "overarc", "wideparen":
      let first = position
      _ = try argument()
      let words = tokens[first..<position].map { token -> String in
        if case .letter(let letter) = token.kind { return letter }
        if case .word(let word) = token.kind { return word }
        return ""
      }
      return try symbol((Self.sameMarks[name] ?? name) + " " + words.joined(), from: start)
    default:
      throw SyntaxError(reason: .unexpected, offset: tokens[start].range.lowerBound)
    }
  }

  /// Marks over a name that mean the same.
  private static let sameMarks = ["overrightarrow": "vec", "widehat": "hat", "bar": "overline", "wideparen": "overarc"]

  private static let constants: [String: SyntaxTree.Constant] = [
    "pi": .pi, "infty": .infinity, "emptyset": .emptySet, "varnothing": .emptySet, "R": .reals, "Reals": .reals,
  ]

  mutating func function(_ function: ElementaryFunction, from start: Int) throws(SyntaxError) -> SyntaxTree {
    if function == .sqrt { return try root(from: start) }
    var base: SyntaxTree?
    var exponent: SyntaxTree?
    while isSymbol("_") || isSymbol("^") {
      if take("_") {
        base = try argument()
      } else {
        position += 1
        exponent = try argument()
      }
    }
    let arguments = try functionArguments()
    var applied: SyntaxTree
    if let base, function == .log {
      applied = SyntaxTree(.logarithm(base: base, arguments[0]), range(from: start))
    } else if let exponent, exponent.isMinusOne, let inverse = function.inverse {
      return SyntaxTree(.function(inverse, arguments), range(from: start))
    } else {
      applied = SyntaxTree(.function(function, arguments), range(from: start))
    }
    if let exponent { applied = SyntaxTree(.power(applied, exponent), range(from: start)) }
    return applied
  }

  private mutating func root(from start: Int) throws(SyntaxError) -> SyntaxTree {
    var index: SyntaxTree?
    if isSymbol("[") {
      position += 1
      brackets += 1
      index = try sum()
      brackets -= 1
      try expect("]")
    }
    // "\sqrt12" means √12, whatever TeX would print.
    let radicand = try isNumber ? primary() : argument()
    return SyntaxTree(.root(index: index, radicand), range(from: start))
  }

  /// A bracket, or the factors up to the next operator or function: `\sin 2x \cos y` is sin(2x)·cos(y).
  private mutating func functionArguments() throws(SyntaxError) -> [SyntaxTree] {
    let start = position
    if isSymbol("(") || isSymbol("[") || isSymbol("{") {
      let bracket = try primary()
      if case .tuple(_, let items, _) = bracket.node { return items }
      if case .list(let items) = bracket.node { return items }
      return [bracket]
    }
    if isSymbol("-") { return [try argument()] }
    var factors = [try factor()]
    while isPlainFactor { factors.append(try factor()) }
    if factors.count == 1 { return factors }
    return [SyntaxTree(.product(factors), range(from: start))]
  }

  private var isNumber: Bool {
    if case .number = kind { return true }
    return false
  }

  private var isPlainFactor: Bool {
    switch kind {
    case .number, .letter: true
    case .command(let name): name == "pi" || Vocabulary.letters.contains(name) || Self.fractionCommands.contains(name)
    default: false
    }
  }
}

extension SyntaxTree {
  var isMinusOne: Bool {
    if case .negation(let inner) = node, case .number(let value, _) = inner.node { return value == .one }
    return false
  }
}

extension ElementaryFunction {
  /// The function that `^{-1}` stands for.
  var inverse: ElementaryFunction? {
    switch self {
    case .sin: .asin
    case .cos: .acos
    case .tan: .atan
    case .cot: .acot
    default: nil
    }
  }
}
