/// Parses answers by precedence: lists of relations of sets of ratios of sums of products of powers.
///
/// Nesting is limited to `deepest`, so that no input can exhaust the stack; every loop consumes a token.
package struct Parser {
  /// The deepest nesting of brackets, arguments and exponents: what a debug build can take on a stack of 512 KiB.
  static let deepest = 14

  var tokens: [Token]
  var position = 0
  var depth = 0
  /// Brackets that are open: commas in them separate, never group digits.
  var brackets = 0
  /// Absolute values and set builders that are open: a bar closes them.
  var bars = 0
  /// Whether a determinant is being read: its entries are repeated when it is expanded, so none may stand in another.
  var isInDeterminant = false
  /// The length of the text, for errors at its end.
  let end: Int

  /// The syntax tree of an answer, or why it has none.
  package static func parse(_ answer: String) throws(SyntaxError) -> SyntaxTree {
    try parse(Lexer.tokens(of: answer), end: answer.utf8.count)
  }

  static func parse(_ tokens: [Token], end: Int) throws(SyntaxError) -> SyntaxTree {
    var parser = Parser(tokens: tokens, end: end)
    parser.dropTrailingPunctuation()
    parser.skipChoiceLabel()
    guard !parser.tokens.isEmpty else { throw SyntaxError(reason: .empty, offset: 0) }
    let tree = try parser.list()
    guard parser.current == nil else { throw parser.error }
    return tree
  }

  private init(tokens: [Token], end: Int) {
    self.tokens = tokens
    self.end = end
  }

  // MARK: - Tokens

  var current: Token? { position < tokens.count ? tokens[position] : nil }
  var kind: Token.Kind? { current?.kind }

  var error: SyntaxError { SyntaxError(reason: .unexpected, offset: current?.range.lowerBound ?? end) }

  func isSymbol(_ character: Character, at offset: Int = 0) -> Bool {
    position + offset < tokens.count && tokens[position + offset].kind == .symbol(character)
  }

  mutating func take(_ character: Character) -> Bool {
    guard isSymbol(character) else { return false }
    position += 1
    return true
  }

  /// Takes the token that must come; at the very end an unclosed bracket is forgiven.
  mutating func expect(_ character: Character) throws(SyntaxError) {
    if !take(character), current != nil { throw error }
  }

  func range(from start: Int) -> Range<Int> {
    let lower = start < tokens.count ? tokens[start].range.lowerBound : end
    let upper = position > 0 && position <= tokens.count ? tokens[position - 1].range.upperBound : lower
    return lower..<max(lower, upper)
  }

  private mutating func dropTrailingPunctuation() {
    while let last = tokens.last?.kind, [.symbol(","), .symbol(":"), .separator, .symbol("*")].contains(last) {
      tokens.removeLast()
    }
  }

  /// `\textbf{(C)}\ 12`: the letter of a choice before what it stands for.
  private mutating func skipChoiceLabel() {
    guard tokens.count > 3, isSymbol("("), isSymbol(")", at: 2), case .letter(let letter) = tokens[1].kind,
      letter.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "E")).contains($0) }), tokens[3].isSpaced
    else { return }
    switch tokens[3].kind {
    case .number, .function, .begin: position = 3
    case .command(let name) where !Self.closingCommands.contains(name): position = 3
    default: break
    }
  }

  // MARK: - Lists and relations

  /// `1, 2 and 3`: one item stays itself.
  mutating func list() throws(SyntaxError) -> SyntaxTree {
    let start = position
    let items = try self.items()
    return items.count == 1 ? items[0] : SyntaxTree(.list(items), range(from: start))
  }

  /// Relations between commas, semicolons, "and" and "or".
  mutating func items() throws(SyntaxError) -> [SyntaxTree] {
    var items = [try relation()]
    while takeSeparators() {
      if isAtClosing { break }
      items.append(try relation())
    }
    return items
  }

  private mutating func takeSeparators() -> Bool {
    let start = position
    while kind == .separator || kind == .symbol(",") || kind == .symbol("&") || joinsRelations { position += 1 }
    return position > start
  }

  private var isAtClosing: Bool {
    switch kind {
    case nil, .symbol(")"), .symbol("]"), .symbol("}"), .command("rbrace"): true
    default: false
    }
  }

  /// `x < 1 \cup x > 2`: a union sign between relations is an "or".
  private var joinsRelations: Bool {
    guard setOperation == .union, brackets == 0 else { return false }
    func relates(_ tokens: some Sequence<Token>) -> Bool {
      for token in tokens {
        switch token.kind {
        case .relation(.element), .separator, .symbol(","), .command("cup"): return false
        case .relation: return true
        default: continue
        }
      }
      return false
    }
    return relates(tokens[..<position].reversed()) && relates(tokens[(position + 1)...])
  }

  /// `0 < x \le 1`.
  mutating func relation() throws(SyntaxError) -> SyntaxTree {
    let start = position
    var operands = [try combination()]
    var relations: [SyntaxTree.Relation] = []
    while true {
      if isSymbol("&") { position += 1 }
      guard case .relation(let relation) = kind else { break }
      position += 1
      if isSymbol("&") { position += 1 }
      relations.append(relation)
      operands.append(try combination())
    }
    return relations.isEmpty ? operands[0] : SyntaxTree(.relation(operands, relations), range(from: start))
  }

  /// `A \cup B \setminus C`.
  private mutating func combination() throws(SyntaxError) -> SyntaxTree {
    let start = position
    var operands = [try ratio()]
    var operations: [SyntaxTree.SetOperation] = []
    while let operation = setOperation, !joinsRelations {
      position += 1
      operations.append(operation)
      operands.append(try ratio())
    }
    return operations.isEmpty ? operands[0] : SyntaxTree(.combination(operands, operations), range(from: start))
  }

  private var setOperation: SyntaxTree.SetOperation? {
    switch kind {
    case .command("cup"), .command("bigcup"): .union
    case .letter("U") where brackets == 0 && follows(bracketAfter: position): .union
    case .command("cap"), .command("bigcap"): .intersection
    case .command("setminus"), .command("backslash"): .difference
    default: nil
    }
  }

  /// "(0, 1) U (2, 3)": a letter that stands for ∪.
  private func follows(bracketAfter index: Int) -> Bool {
    guard index > 0, index + 1 < tokens.count else { return false }
    let before = tokens[index - 1].kind
    let after = tokens[index + 1].kind
    return (before == .symbol(")") || before == .symbol("]")) && (after == .symbol("(") || after == .symbol("["))
  }

  /// `7:32`.
  private mutating func ratio() throws(SyntaxError) -> SyntaxTree {
    let start = position
    var parts = [try sum()]
    if kind == .command("choose") {
      position += 1
      parts[0] = SyntaxTree(.binomial(parts[0], try sum()), range(from: start))
    }
    while bars == 0 || brackets == 0, take(":") { parts.append(try sum()) }
    switch parts.count {
    case 1: return parts[0]
    case 2: return SyntaxTree(.quotient(parts[0], parts[1]), range(from: start))
    default: return SyntaxTree(.ratio(parts), range(from: start))
    }
  }

  // MARK: - Sums and products

  mutating func sum() throws(SyntaxError) -> SyntaxTree {
    let start = position
    var terms: [SyntaxTree] = []
    while true {
      let termStart = position
      var isNegative = false
      var both: Bool?
      signs: while true {
        switch kind {
        case .symbol("+"): break
        case .symbol("-"): isNegative.toggle()
        case .command("pm"): both = false
        case .command("mp"): both = true
        default: break signs
        }
        position += 1
      }
      guard terms.isEmpty || position > termStart else { break }
      var term = try product()
      if let both { term = SyntaxTree(.plusMinus(term, isMinusPlus: both), range(from: termStart)) }
      if isNegative { term = SyntaxTree(.negation(term), range(from: termStart)) }
      terms.append(term)
    }
    return terms.count == 1 ? terms[0] : SyntaxTree(.sum(terms), range(from: start))
  }

  /// Factors over factors; quotients do not nest, however many there are.
  private mutating func product() throws(SyntaxError) -> SyntaxTree {
    let start = position
    var numerators = [try factor()]
    var denominators: [SyntaxTree] = []
    while true {
      if skipUnit() { continue }
      if take("*") {
        numerators.append(try signedFactor())
      } else if take("/") {
        if skipUnit() { continue }
        denominators.append(try signedFactor())
      } else if startsFactor {
        numerators.append(try factor())
      } else {
        break
      }
    }
    if numerators.count + denominators.count > 1, (numerators + denominators).contains(where: \.isText) {
      // "proj_b a": words and letters name something together.
      guard denominators.isEmpty, numerators.allSatisfy(\.isName) else { throw error }
      return SyntaxTree(.text(spelling(start..<position)), range(from: start))
    }
    let numerator = numerators.count == 1 ? numerators[0] : SyntaxTree(.product(numerators), range(from: start))
    if denominators.isEmpty { return numerator }
    let denominator = denominators.count == 1 ? denominators[0] : SyntaxTree(.product(denominators), range(from: start))
    return SyntaxTree(.quotient(numerator, denominator), range(from: start))
  }

  private mutating func signedFactor() throws(SyntaxError) -> SyntaxTree {
    let start = position
    var isNegative = false
    while isSymbol("-") || isSymbol("+") {
      if isSymbol("-") { isNegative.toggle() }
      position += 1
    }
    let factor = try factor()
    return isNegative ? SyntaxTree(.negation(factor), range(from: start)) : factor
  }

  /// Words after a value say what it counts: "5 apples", `3\text{ cm}^2`, "km/h".
  private mutating func skipUnit() -> Bool {
    switch kind {
    case .text, .word: position += 1
    case .command("pmod"), .command("pod"):
      position += 1
      _ = try? argument()
      return true
    default: return false
    }
    if take("^") { _ = try? argument() }
    return true
  }

  private var startsFactor: Bool {
    switch kind {
    case .letter: setOperation == nil
    case .number, .function, .begin: true
    case .command(let name): !Self.closingCommands.contains(name)
    case .symbol("("), .symbol("["), .symbol("{"), .symbol("⌊"), .symbol("⌈"): true
    case .symbol("|"): bars == 0
    default: false
    }
  }

  private static let closingCommands: Set<String> = [
    "rbrace", "cup", "cap", "setminus", "backslash", "bigcup", "bigcap", "pm", "mp", "choose",
  ]
}

extension SyntaxTree {
  var isText: Bool {
    if case .text = node { return true }
    return false
  }
}
