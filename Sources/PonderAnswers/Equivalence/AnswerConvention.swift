/// How answers are found and when two are the same: an extractor with an equivalence.
///
///     .majority(of: .boxedAnswer)
public struct AnswerConvention: Sendable {
  /// Finds the answer in a completion.
  public var extractor: any AnswerExtractor
  /// Decides which answers are the same.
  public var equivalence: any AnswerEquivalence

  /// Makes a convention.
  public init(extractor: any AnswerExtractor, equivalence: any AnswerEquivalence) {
    self.extractor = extractor
    self.equivalence = equivalence
  }

  /// The answer that a completion gives and its key, or `nil` if it gives none and has no vote.
  public func read(_ text: String) -> (answer: ExtractedAnswer, key: AnswerKey)? {
    guard let answer = extractor.extract(from: text) else { return nil }
    return (answer, equivalence.key(for: answer.text))
  }

  /// What stands in `\boxed{…}`, compared as mathematics.
  public static let boxedAnswer = AnswerConvention(extractor: .boxedAnswer, equivalence: .math)
  /// Mathematics however it is announced, compared as mathematics.
  public static let math = AnswerConvention(extractor: .math, equivalence: .math)
  /// The announced or the last number, compared by value (GSM8K, AIME).
  public static let number = AnswerConvention(extractor: .number, equivalence: .number)
  /// The letter of a multiple-choice question.
  public static let choice = AnswerConvention(extractor: .choice, equivalence: .choice)
  /// The announced answer or the whole text, compared letter by letter.
  public static let exactText = AnswerConvention(extractor: .exactText, equivalence: .exactText)

  /// Finds and compares with closures: `extract` gives `nil` where there is no answer; answers are equal exactly
  /// when `key` gives equal strings.
  public static func custom(
    extract: @escaping @Sendable (String) -> String?, key: @escaping @Sendable (String) -> String = { $0 }
  ) -> AnswerConvention {
    AnswerConvention(extractor: .custom(extract), equivalence: .custom(key))
  }
}
