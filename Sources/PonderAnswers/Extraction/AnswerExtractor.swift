/// Finds the final answer in a text.
///
/// Selectors that vote ask an extractor first; a text without an answer has no vote.
public protocol AnswerExtractor: Sendable {
  /// The final answer of `text`, or `nil` if there is none. Never throws, whatever the text.
  func extract(from text: String) -> ExtractedAnswer?
}

extension AnswerExtractor where Self == RuleExtractor {
  /// Only what stands in `\boxed{…}` or `\fbox{…}`.
  public static var boxedAnswer: RuleExtractor { RuleExtractor(rules: [.boxed]) }

  /// Mathematics in any of the usual wrappings, the most explicit first.
  public static var math: RuleExtractor {
    RuleExtractor(
      rules: [.boxed, .finalAnswer, .wholeText, .answer, .trailingEquality, .lastFormula, .lastExpression])
  }

  /// A number: boxed, announced, or the last one.
  public static var number: RuleExtractor {
    RuleExtractor(rules: [.boxed, .finalAnswer, .answer, .lastNumber])
  }

  /// The letter of a multiple-choice question.
  public static var choice: RuleExtractor { RuleExtractor(rules: [.choice]) }

  /// The announced answer, or the whole text without the space around it.
  public static var exactText: RuleExtractor {
    RuleExtractor(rules: [.boxed, .finalAnswer, .answer, .wholeText], wholeTextLimit: .max)
  }
}

extension AnswerExtractor where Self == CustomExtractor {
  /// Finds answers with a closure; `nil` means there is none.
  public static func custom(_ extract: @escaping @Sendable (String) -> String?) -> CustomExtractor {
    CustomExtractor(extract: extract)
  }
}

/// An extractor made of a closure.
public struct CustomExtractor: AnswerExtractor {
  let extract: @Sendable (String) -> String?

  /// The closure's answer. Its range is that of its first occurrence, or the whole text if it was rewritten.
  public func extract(from text: String) -> ExtractedAnswer? {
    guard let answer = extract(text) else { return nil }
    let bytes = SourceBytes(text)
    let range = bytes.firstRange(of: Array(answer.utf8)) ?? 0..<bytes.count
    return ExtractedAnswer(text: answer, rule: .custom, range: range)
  }
}
