extension Parser {
  // MARK: - Powers and what follows a value

  /// A value with its exponent, factorials, degrees and percent signs.
  mutating func factor() throws(SyntaxError) -> SyntaxTree {
    let start = position
    var value = try primary()
    var marks = 0
    while true {
      if take("^") {
        value = try raised(value, from: start)
      } else if take("!") {
        let isDouble = current?.isSpaced == false && take("!")
        value = SyntaxTree(.factorial(value, isDouble: isDouble), range(from: start))
      } else if take("%") {
        value = SyntaxTree(.percent(value), range(from: start))
      } else if kind == .command("circ") || kind == .command("degree") {
        position += 1
        value = SyntaxTree(.degrees(value), range(from: start))
      } else {
        return value
      }
      marks += 1
      if marks > 8 { throw SyntaxError(reason: .tooDeep, offset: range(from: start).lowerBound) }
    }
  }

  private mutating func raised(_ base: SyntaxTree, from start: Int) throws(SyntaxError) -> SyntaxTree {
    if let mark = exponentMark {
      position += mark.length
      switch mark.name {
      case "circ", "degree": return SyntaxTree(.degrees(base), range(from: start))
      case "prime": return base
      default: return SyntaxTree(.transpose(base), range(from: start))
      }
    }
    let exponent = try exponent()
    return SyntaxTree(.power(base, exponent), range(from: start))
  }

  /// `^\circ`, `^{\circ}`, `^T`.
  private var exponentMark: (name: String, length: Int)? {
    func name(_ offset: Int) -> String? {
      guard position + offset < tokens.count else { return nil }
      switch tokens[position + offset].kind {
      case .command(let name) where ["circ", "degree", "top"].contains(name): return name
      case .letter("T"): return "T"
      case .symbol("'"): return "prime"
      default: return nil
      }
    }
    if let name = name(0) { return (name, 1) }
    if isSymbol("{"), let name = name(1), isSymbol("}", at: 2) { return (name, 3) }
    return nil
  }

  /// An exponent may have a sign and an exponent of its own: `2^-3^2`.
  private mutating func exponent() throws(SyntaxError) -> SyntaxTree {
    try descend()
    defer { depth -= 1 }
    let start = position
    var isNegative = false
    while isSymbol("-") || isSymbol("+") {
      if isSymbol("-") { isNegative.toggle() }
      position += 1
    }
    var value = try primary()
    if take("^") { value = SyntaxTree(.power(value, try exponent()), range(from: start)) }
    return isNegative ? SyntaxTree(.negation(value), range(from: start)) : value
  }

  mutating func descend() throws(SyntaxError) {
    depth += 1
    if depth > Self.deepest { throw SyntaxError(reason: .tooDeep, offset: error.offset) }
  }

  // MARK: - Values

  mutating func primary() throws(SyntaxError) -> SyntaxTree {
    try descend()
    defer { depth -= 1 }
    let start = position
    guard let token = current else { throw error }
    switch token.kind {
    case .number(let literal):
      position += 1
      return try number(literal, from: start)
    case .letter(let name):
      position += 1
      return try letter(name, from: start)
    case .word(let word):
      position += 1
      return words(word, from: start)
    case .text(let text):
      position += 1
      return words(text, from: start)
    case .function(let function):
      position += 1
      return try self.function(function, from: start)
    case .command(let name):
      position += 1
      return try command(name, from: start)
    case .begin:
      return try matrix()
    case .symbol("("), .symbol("["):
      return try bracketed()
    case .symbol("{"):
      position += 1
      return try group(from: start)
    case .symbol("|"):
      position += 1
      return try enclosed(by: "|", .abs, from: start)
    case .symbol("⌊"):
      position += 1
      return try enclosed(by: "⌋", .floor, from: start)
    case .symbol("⌈"):
      position += 1
      return try enclosed(by: "⌉", .ceil, from: start)
    case .relation(.equal) where start == 0, .relation(.approximately) where start == 0:
      // "= 5": what the equation began with was left out.
      position += 1
      return try primary()
    default:
      throw error
    }
  }

  private mutating func words(_ first: String, from start: Int) -> SyntaxTree {
    var text = first
    while true {
      switch kind {
      case .word(let next), .text(let next): text += " " + next
      case .symbol("_"):
        position += 1
        let first = position
        guard (try? argument()) != nil else { return SyntaxTree(.text(text), range(from: start)) }
        text += "_" + spelling(first..<position)
        continue
      default: return SyntaxTree(.text(text), range(from: start))
      }
      position += 1
    }
  }

  private mutating func letter(_ name: String, from start: Int) throws(SyntaxError) -> SyntaxTree {
    if name == "m", kind == .command("angle") {
      // `m\angle A`: the measure of an angle goes by the angle's name.
      position += 1
      return try command("angle", from: start)
    }
    if name == "e", kind != .symbol("_") { return SyntaxTree(.constant(.e), range(from: start)) }
    if name == "i", kind != .symbol("_") { return SyntaxTree(.constant(.i), range(from: start)) }
    return try symbol(name, from: start)
  }

  /// A variable with its subscript and primes; before a bracket it may be a function.
  mutating func symbol(_ name: String, from start: Int) throws(SyntaxError) -> SyntaxTree {
    var name = name
    while isSymbol("'") || isSymbol("_") {
      if take("'") {
        name += "'"
      } else {
        position += 1
        let first = position
        _ = try argument()
        name += "_" + spelling(first..<position)
      }
    }
    if isSymbol("("), let arguments = try callArguments() {
      return SyntaxTree(.call(name, arguments), range(from: start))
    }
    return SyntaxTree(.symbol(name), range(from: start))
  }

  /// `(x)`, `(2, 3)` after a letter.
  private mutating func callArguments() throws(SyntaxError) -> [SyntaxTree]? {
    let start = position
    let bracket = try bracketed()
    switch bracket.node {
    case .tuple(.round, let items, .round): return items
    case .tuple:
      position = start
      return nil
    default: return [bracket]
    }
  }

  /// The tokens as written, without braces, so that `a_{37}` and `a_37` are one name.
  func spelling(_ range: Range<Int>) -> String {
    tokens[range].map { token in
      switch token.kind {
      case .number(let text), .letter(let text), .word(let text), .text(let text), .command(let text): text
      case .function(let function): function.rawValue
      case .symbol("{"), .symbol("}"): ""
      case .symbol(let character): String(character)
      default: "?"
      }
    }.joined()
  }

  /// An argument of a command: braces, or the next digit or sign alone, as TeX reads it.
  mutating func argument() throws(SyntaxError) -> SyntaxTree {
    let start = position
    if case .number(let literal) = kind, literal.utf8.count > 1, tokens[position].range.count == literal.utf8.count,
      NumberLiteral(text: literal).isInteger, isDigitArgument
    {
      let token = tokens[position]
      let split = token.range.lowerBound + 1
      tokens[position] = Token(kind: .number(String(literal.prefix(1))), range: token.range.lowerBound..<split)
      tokens.insert(
        Token(kind: .number(String(literal.dropFirst())), range: split..<token.range.upperBound), at: position + 1)
      position += 1
      return SyntaxTree(.number(Rational(Int(literal.prefix(1)) ?? 0), isDecimal: false), range(from: start))
    }
    if isSymbol("-"), position + 1 < tokens.count {
      position += 1
      return SyntaxTree(.negation(try primary()), range(from: start))
    }
    return try primary()
  }

  /// `\frac12` and `\sqrt35` take one digit; `x_12` and `2^10` in plain text take them all.
  private var isDigitArgument: Bool {
    guard position > 0 else { return false }
    switch tokens[position - 1].kind {
    case .symbol("_"), .symbol("^"): return false
    default: return true
    }
  }
}
