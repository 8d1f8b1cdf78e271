/// Compares answers that are no expressions: text, plain numbers, letters of a choice.
public struct TextEquivalence: AnswerEquivalence, Hashable, Codable {
  /// What is compared.
  public enum Form: String, Sendable, Hashable, Codable {
    /// The text, apart from white space at both ends.
    case exact
    /// The value of a number; anything else is compared as text.
    case number
    /// The letter of a multiple-choice question.
    case choice
  }

  /// What is compared.
  public var form: Form

  /// Makes an equivalence.
  public init(form: Form) { self.form = form }

  /// The key of an answer.
  public func key(for answer: String) -> AnswerKey {
    switch form {
    case .exact:
      let source = SourceBytes(answer)
      return AnswerKey(source.text(source.trimmed(0..<source.count)))
    case .number:
      return MathEquivalence().key(for: answer)
    case .choice:
      let letters = RuleExtractor(rules: [.choice], choices: UInt8(ascii: "A")...UInt8(ascii: "Z"))
      return AnswerKey(letters.extract(from: answer.uppercased())?.text ?? answer)
    }
  }
}
