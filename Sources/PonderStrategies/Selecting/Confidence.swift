import PonderAnswers

/// How sure a model was of a candidate, from its own log-probabilities.
public enum Confidence: Sendable, Hashable {
  /// The mean log-probability of its tokens, as a probability: exp of the mean.
  case mean
  /// That of the least sure window of so many tokens.
  case weakestWindow(Int)

  /// A weight in (0, 1]; `nil` without log-probabilities.
  public func callAsFunction(_ candidate: Candidate) -> Double? {
    guard let values = candidate.logProbabilities, !values.isEmpty else { return nil }
    switch self {
    case .mean: return Math.exp(values.reduce(0) { $0 + Double($1) } / Double(values.count))
    case .weakestWindow(let size):
      let size = min(max(size, 1), values.count)
      var sum = values.prefix(size).reduce(0) { $0 + Double($1) }
      var lowest = sum
      for index in size..<max(values.count, size) {
        sum += Double(values[index]) - Double(values[index - size])
        lowest = min(lowest, sum)
      }
      return Math.exp(lowest / Double(size))
    }
  }
}

extension Selector where Self == AnswerVote {
  /// Every candidate votes with how sure its model was; needs `Sample(…, wantsLogProbabilities: true)`.
  ///
  /// Confidence-informed self-consistency (Taubenfeld et al. 2025, arXiv:2502.06233), by token probabilities.
  public static func confidenceVote(of convention: AnswerConvention, by confidence: Confidence = .mean) -> AnswerVote {
    AnswerVote(of: convention, weight: .custom { confidence($0) })
  }
}
