/// Turns LaTeX or plain mathematics into tokens, leaving out what does not change the meaning:
/// spacing, `\left`, styles, currency signs.
struct Lexer {
  /// Answers longer than this are compared as text.
  static let longestAnswer = 8192
  /// Numerals with letters among their digits are no longer than this.
  private static let longestNumeral = 64

  private let bytes: [UInt8]
  private let text: SourceBytes
  private var index = 0
  private var tokens: [Token] = []
  private var isSpaced = false
  private var environments = 0
  /// How many `\text{…}` this one is inside of.
  private let depth: Int

  private init(_ answer: String, depth: Int) {
    text = SourceBytes(answer)
    bytes = text.bytes
    self.depth = depth
  }

  /// The tokens of `answer`.
  static func tokens(of answer: String, depth: Int = 0) throws(SyntaxError) -> [Token] {
    guard answer.utf8.count <= longestAnswer else { throw SyntaxError(reason: .tooLong, offset: 0) }
    guard depth < 8 else { throw SyntaxError(reason: .tooDeep, offset: 0) }
    var lexer = Lexer(answer, depth: depth)
    while lexer.index < lexer.bytes.count { lexer.next() }
    return lexer.tokens
  }

  private mutating func add(_ kind: Token.Kind, from start: Int) {
    tokens.append(Token(kind: kind, range: start..<index, isSpaced: isSpaced))
    isSpaced = false
  }

  private mutating func next() {
    let start = index
    let byte = bytes[index]
    if byte.isSpace || byte == UInt8(ascii: "$") || byte == UInt8(ascii: "~") {
      index += 1
      isSpaced = true
    } else if byte == UInt8(ascii: "\\") {
      command()
    } else if byte.isDigit || (byte == UInt8(ascii: ".") && isDigit(at: index + 1)) {
      number()
    } else if byte.isLetter {
      letters()
    } else if byte >= 128 {
      unicode()
    } else {
      index += 1
      punctuation(byte, start)
    }
  }

  private func isDigit(at position: Int) -> Bool { position < bytes.count && bytes[position].isDigit }

  private mutating func number() {
    let start = index
    while isDigit(at: index) { index += 1 }
    if index < bytes.count, bytes[index] == UInt8(ascii: "."), isDigit(at: index + 1) {
      index += 1
      while isDigit(at: index) { index += 1 }
    }
    if let repeating = repeatingDigits() {
      return add(.number(text.text(start..<repeating.before) + "(" + text.text(repeating.digits) + ")"), from: start)
    }
    if takeDigitsInLetters(from: start) { return }
    let literal = text.text(start..<index)
    // "1.5e-3", but not "2e" or "2e+x".
    if index < bytes.count, bytes[index] | 32 == UInt8(ascii: "e"), let end = scientificEnd(index + 1) {
      let exponent = text.text(index + 1..<end)
      index = end
      add(.number(literal + "e" + exponent), from: start)
    } else {
      add(.number(literal), from: start)
    }
  }

  /// `0.1\overline{6}`: the digits under the line. Moves past them.
  private mutating func repeatingDigits() -> (before: Int, digits: Range<Int>)? {
    let mark = Array("\\overline{".utf8)
    let point = index < bytes.count && bytes[index] == UInt8(ascii: ".") ? index + 1 : index
    guard text.matches(mark, at: point) else { return nil }
    let first = point + mark.count
    var end = first
    while isDigit(at: end) { end += 1 }
    guard end > first, end < bytes.count, bytes[end] == UInt8(ascii: "}") else { return nil }
    index = end + 1
    return (point, first..<end)
  }

  /// `2A_{16}`, `BAD_{16}`: digits beyond 9 are letters where a base follows. Letters alone are digits to base 16 only.
  private mutating func takeDigitsInLetters(from start: Int) -> Bool {
    func isDigitOrLetter(_ byte: UInt8) -> Bool {
      byte.isDigit || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte)
    }
    var end = start
    while end < min(bytes.count, start + Self.longestNumeral), isDigitOrLetter(bytes[end]) { end += 1 }
    guard end > start + 1, (start..<end).contains(where: { bytes[$0].isLetter }) else { return false }
    let hasDigit = (start..<end).contains { bytes[$0].isDigit }
    let bases = hasDigit ? 11...16 : 16...16
    guard bases.contains(where: { text.matches(Array("_{\($0)}".utf8), at: end) || isBase($0, at: end) }) else {
      return false
    }
    index = end
    add(.number(text.text(start..<end)), from: start)
    return true
  }

  /// `_16` without braces.
  private func isBase(_ base: Int, at position: Int) -> Bool {
    text.matches(Array("_\(base)".utf8), at: position) && !isDigit(at: position + 3)
  }

  private func scientificEnd(_ position: Int) -> Int? {
    var end = position
    if end < bytes.count, bytes[end] == UInt8(ascii: "-") || bytes[end] == UInt8(ascii: "+") { end += 1 }
    guard isDigit(at: end) else { return nil }
    while isDigit(at: end) { end += 1 }
    return end
  }

  private mutating func letters() {
    let start = index
    if takeDigitsInLetters(from: start) { return }
    while index < bytes.count, bytes[index].isLetter { index += 1 }
    let word = text.text(start..<index)
    if word.utf8.count == 1 { return add(.letter(word), from: start) }
    if let function = Vocabulary.functions[word] { return add(.function(function), from: start) }
    if let name = Vocabulary.plainNames[word] { return add(.command(name), from: start) }
    if word == "and" || word == "or" { return add(.separator, from: start) }
    // "1orW(x)": a conjunction run together with what it joins.
    for conjunction in ["and", "or"] where word.hasPrefix(conjunction) && isGlued(word, after: conjunction, start) {
      index = start + conjunction.utf8.count
      return add(.separator, from: start)
    }
    if word.utf8.count == 2, !Vocabulary.isUnit(word.lowercased()), word != "no" {
      index = start + 1
      return add(.letter(String(word.prefix(1))), from: start)
    }
    add(.word(word), from: start)
  }

  private func isGlued(_ word: String, after conjunction: String, _ start: Int) -> Bool {
    start > 0 && bytes[start - 1].isDigit && word.utf8.count == conjunction.utf8.count + 1
  }

  private mutating func unicode() {
    let start = index
    index += 1
    while index < bytes.count, bytes[index] >= 0x80, bytes[index] < 0xC0 { index += 1 }
    let character = text.text(start..<index)
    guard let latex = Vocabulary.symbols[character] else {
      if character == "€" || character == "£" || character == "¥" || character == "₹" { return }
      if case .word(let word)? = tokens.last?.kind, !isSpaced, tokens[tokens.count - 1].range.upperBound == start {
        tokens[tokens.count - 1].kind = .word(word + character)
        tokens[tokens.count - 1].range = tokens[tokens.count - 1].range.lowerBound..<index
        return
      }
      return add(.word(character), from: start)
    }
    guard let inner = try? Lexer.tokens(of: latex) else { return }
    for var token in inner {
      token.range = start..<index
      token.isSpaced = isSpaced
      tokens.append(token)
      isSpaced = false
    }
  }

  private mutating func punctuation(_ byte: UInt8, _ start: Int) {
    func follows(_ character: String) -> Bool { text.matches(Array(character.utf8), at: index) }
    switch byte {
    case UInt8(ascii: "<"), UInt8(ascii: ">"):
      let isLess = byte == UInt8(ascii: "<")
      let orEqual = follows("=")
      if orEqual { index += 1 }
      add(.relation(isLess ? (orEqual ? .lessOrEqual : .less) : (orEqual ? .greaterOrEqual : .greater)), from: start)
    case UInt8(ascii: "!") where follows("="):
      index += 1
      add(.relation(.notEqual), from: start)
    case UInt8(ascii: "="):
      if follows("=") { index += 1 }
      add(.relation(.equal), from: start)
    case UInt8(ascii: "*") where follows("*"):
      index += 1
      if tokens.isEmpty || index == bytes.count { return }
      add(.symbol("^"), from: start)
    case UInt8(ascii: "{") where endOfBraced(",") != nil:
      index = endOfBraced(",") ?? index
      add(.grouping, from: start)
    case UInt8(ascii: "{") where endOfBraced(":") != nil:
      index = endOfBraced(":") ?? index
      add(.symbol(":"), from: start)
    case UInt8(ascii: ";"): add(.separator, from: start)
    case UInt8(ascii: "\""), UInt8(ascii: "?"), UInt8(ascii: "`"): isSpaced = true
    case UInt8(ascii: "."): if index < bytes.count { isSpaced = true }
    default: add(.symbol(Character(UnicodeScalar(byte))), from: start)
    }
  }

  /// Where `{,}` or `{:}` ends, when a brace has just been read.
  private func endOfBraced(_ mark: Unicode.Scalar) -> Int? {
    var end = index
    while end < bytes.count, bytes[end].isSpace { end += 1 }
    guard end < bytes.count, bytes[end] == UInt8(ascii: mark) else { return nil }
    end += 1
    while end < bytes.count, bytes[end].isSpace { end += 1 }
    return end < bytes.count && bytes[end] == UInt8(ascii: "}") ? end + 1 : nil
  }

  private mutating func command() {
    let start = index
    index += 1
    guard index < bytes.count else { return }
    let byte = bytes[index]
    if !byte.isLetter {
      index += 1
      switch byte {
      case UInt8(ascii: "\\"): doubleBackslash(start)
      case UInt8(ascii: "{"), UInt8(ascii: "}"):
        add(.command(byte == UInt8(ascii: "{") ? "lbrace" : "rbrace"), from: start)
      case UInt8(ascii: "%"): add(.symbol("%"), from: start)
      case UInt8(ascii: "|"): add(.symbol("|"), from: start)
      case UInt8(ascii: "!") where isGrouping: tokens[tokens.count - 1].kind = .grouping
      default: isSpaced = true
      }
      return
    }
    while index < bytes.count, bytes[index].isLetter { index += 1 }
    named(text.text(start + 1..<index), start)
  }

  /// `\!` after a comma: "11,\! 111" is one number.
  private var isGrouping: Bool {
    guard case .symbol(",")? = tokens.last?.kind else { return false }
    return true
  }

  /// `\\` ends a row of a matrix; before a command's name it is a backslash that was escaped twice.
  private mutating func doubleBackslash(_ start: Int) {
    if environments == 0, index < bytes.count, bytes[index].isLetter {
      index -= 1
      return command()
    }
    if environments > 0 { add(.rowBreak, from: start) } else { isSpaced = true }
  }

  private mutating func named(_ name: String, _ start: Int) {
    if let function = Vocabulary.functions[name] { return add(.function(function), from: start) }
    if let relation = Vocabulary.relations[name] { return add(.relation(relation), from: start) }
    if Vocabulary.ignoredCommands.contains(name) {
      isSpaced = true
      if name == "left" || name == "right" { skipEmptyDelimiter() }
      return
    }
    if Vocabulary.ignoredArguments.contains(name) {
      isSpaced = true
      _ = bracedName()
      return
    }
    if Vocabulary.textCommands.contains(name) { return textCommand(name, start) }
    if name == "begin" || name == "end" {
      let environment = bracedName()
      if name == "begin" { environments += 1 } else { environments -= 1 }
      return add(name == "begin" ? .begin(environment) : .end(environment), from: start)
    }
    if let symbol = Vocabulary.commandSymbols[name] { return add(.symbol(symbol), from: start) }
    if name == "or" || name == "and" || name == "lor" || name == "vee" { return add(.separator, from: start) }
    add(.command(name), from: start)
  }

  /// `\left.` and `\right.` draw nothing.
  private mutating func skipEmptyDelimiter() {
    while index < bytes.count, bytes[index].isSpace { index += 1 }
    if index < bytes.count, bytes[index] == UInt8(ascii: ".") { index += 1 }
  }

  private mutating func bracedName() -> String {
    while index < bytes.count, bytes[index].isSpace { index += 1 }
    guard index < bytes.count, bytes[index] == UInt8(ascii: "{"),
      let close = text.closingBrace(of: index, limit: bytes.count)
    else { return "" }
    let name = text.text(index + 1..<close)
    index = close + 1
    return name
  }

  /// `\text{…}`: words, unless there is a digit, an operator or a single letter in it.
  private mutating func textCommand(_ name: String, _ start: Int) {
    var open = index
    while open < bytes.count, bytes[open].isSpace { open += 1 }
    guard open < bytes.count, bytes[open] == UInt8(ascii: "{"),
      let close = text.closingBrace(of: open, limit: bytes.count)
    else {
      isSpaced = true
      return
    }
    let content = text.trimmed(open + 1..<close)
    let string = text.text(content)
    if Vocabulary.unitCommands.contains(name), string.utf8.count == 1, Vocabulary.isUnit(string), isAfterValue {
      // `5\text{ m}`, where `5m` would be a product.
      index = close + 1
      return add(.text(string), from: start)
    }
    if isMathematics(content, string) {
      // Read on inside the braces; the closing one becomes a space.
      let rest = (try? Lexer.tokens(of: string, depth: depth + 1)) ?? []
      for var token in rest {
        token.range = content.lowerBound + token.range.lowerBound..<content.lowerBound + token.range.upperBound
        tokens.append(token)
      }
      index = close + 1
      return
    }
    index = close + 1
    let words = string.lowercased().split { !$0.isLetter }
    if let first = words.first, first == "and" || first == "or", words.count == 1 {
      return add(.separator, from: start)
    }
    if !string.isEmpty { add(.text(string), from: start) }
  }

  private var isAfterValue: Bool {
    switch tokens.last?.kind {
    case .number, .symbol("}"), .symbol(")"): true
    default: false
    }
  }

  private func isMathematics(_ range: Range<Int>, _ string: String) -> Bool {
    if range.contains(where: { bytes[$0].isDigit || bytes[$0] == UInt8(ascii: "\\") }) { return true }
    let letters = range.filter { bytes[$0].isLetter || bytes[$0] >= 128 }
    // `\text{A, B}` lists letters.
    let isList = bytes[range].contains(UInt8(ascii: ",")) && letters.allSatisfy { !bytes[$0 + 1].isLetter }
    return letters.count <= 1 || isList || Vocabulary.functions[string] != nil
  }
}
