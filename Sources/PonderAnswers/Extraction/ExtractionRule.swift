/// One way of finding a final answer in a text. An extractor tries a list of them in order.
public enum ExtractionRule: String, Sendable, Hashable, Codable, CaseIterable {
  /// The last balanced `\boxed{…}` or `\fbox{…}`. Boxes joined by "," or "and" are one answer.
  case boxed
  /// The whole text, when it is short and nothing but one answer: `10/9`, `$x = 3$`, `(D) Alina`.
  case wholeText
  /// What follows the last "final answer is", or a phrase that means the same.
  case finalAnswer
  /// What follows the last "answer is", or a phrase that means the same.
  case answer
  /// What follows an "=" in the last line, up to its end.
  case trailingEquality
  /// The last `$…$`, `\(…\)` or `\[…\]`, unless a number follows it.
  case lastFormula
  /// The last number with the arithmetic around it that makes one expression (`9/3`, `\frac{2}{5}`).
  case lastExpression
  /// The last number alone, with its sign, point and separators.
  case lastNumber
  /// A letter of a multiple-choice question: after "answer is", in brackets, or alone.
  case choice
  /// Found by a closure of the caller's.
  case custom
}
