/// Compares answers as mathematics: `12,500` is `12500`, `\dfrac12` is `0.5`, `\{1,2\}` is `\{2,1\}`.
///
/// An answer goes through the lexer, the parser and the normalizer; its key is exact for fractions. Everything
/// else that has a value is compared by that value to 40 digits, at seeded points where variables are in it.
/// Answers that are no mathematics are compared as words, and what cannot be parsed by its spelling without the
/// marks that do not matter.
public struct MathEquivalence: AnswerEquivalence, Hashable, Codable {
  /// Makes the equivalence.
  public init() {}

  /// The canonical key of an answer.
  public func key(for answer: String) -> AnswerKey { AnswerKey(value(of: answer).key) }

  /// What the answer is.
  package func value(of answer: String) -> AnswerValue {
    guard let tokens = try? Lexer.tokens(of: answer) else { return .opaque(Self.spelling(ofLong: answer)) }
    if let words = Self.words(tokens) { return .text(words) }
    do throws(SyntaxError) {
      let tree = try Parser.parse(tokens, end: answer.utf8.count)
      return Normalizer { range in Self.spelling(tokens, in: range) }.value(of: tree)
    } catch {
      return .opaque(Self.spelling(tokens))
    }
  }

  /// An answer in words: letters and no mathematics, with one word of three letters at least.
  private static func words(_ tokens: [Token]) -> String? {
    var hasWord = false
    var text = ""
    for token in tokens {
      switch token.kind {
      case .word(let word), .text(let word):
        hasWord = true
        text += " " + word
      case .letter(let letter): text += (token.isSpaced ? " " : "") + letter
      case .separator, .symbol(","), .symbol("'"), .symbol("-"): text += " "
      case .function(let function) where token.range.count == function.rawValue.utf8.count:
        text += " " + function.rawValue
      default: return nil
      }
    }
    return hasWord ? Normalizer.normalized(text) : nil
  }

  /// The tokens that stand in `range`, which are next to each other.
  private static func spelling(_ tokens: [Token], in range: Range<Int>) -> String {
    guard let first = tokens.firstIndex(where: { $0.range.lowerBound >= range.lowerBound }) else { return "" }
    return spelling(tokens[first...].prefix { $0.range.lowerBound < range.upperBound })
  }

  /// The tokens in one canonical spelling; braces around a single token do not count.
  private static func spelling(_ tokens: some Sequence<Token>) -> String {
    let tokens = Array(tokens)
    func isBrace(_ index: Int, _ brace: Character) -> Bool {
      tokens.indices.contains(index) && tokens[index].kind == .symbol(brace)
    }
    return tokens.indices.filter { index in
      !(isBrace(index, "{") && isBrace(index + 2, "}")) && !(isBrace(index, "}") && isBrace(index - 2, "{"))
    }.map { index in
      switch tokens[index].kind {
      case .number(let text), .letter(let text): text
      case .word(let text), .text(let text): "'" + Normalizer.normalized(text) + "'"
      case .function(let function): "\\" + function.rawValue
      case .command(let name): "\\" + (Parser.fractionCommands.contains(name) ? "frac" : name)
      case .relation(let relation): relation.rawValue
      case .symbol(let character): String(character)
      case .begin(let name): "<" + name + ">"
      case .end: "<end>"
      case .rowBreak: "\\\\"
      case .separator: ","
      case .grouping: ""
      }
    }.joined(separator: " ")
  }

  /// Of an answer that is too long to be parsed: its bytes without white space.
  private static func spelling(ofLong answer: String) -> String {
    String(decoding: answer.utf8.filter { !$0.isSpace && $0 != UInt8(ascii: ",") }, as: UTF8.self)
  }
}

extension AnswerEquivalence where Self == MathEquivalence {
  /// Equal as mathematics.
  public static var math: MathEquivalence { MathEquivalence() }
}
