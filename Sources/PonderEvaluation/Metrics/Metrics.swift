import PonderAnswers
import PonderGeneration
import PonderStrategies

/// Figures over samples and problems.
public enum Metrics {
  /// The fraction that is right, in [0, 1]; 0 of none.
  public static func accuracy(_ isCorrect: [Bool]) -> Double {
    isCorrect.isEmpty ? 0 : Double(isCorrect.count { $0 }) / Double(isCorrect.count)
  }

  /// The chance that at least one of k samples, drawn from n without replacement, is right.
  ///
  /// The unbiased estimator of Chen et al. 2021 (arXiv:2107.03374) §2.1: 1 − C(n−c, k) / C(n, k).
  /// - Parameters:
  ///   - k: 1 ≤ k ≤ `samples`.
  ///   - correct: How many of the samples are right, 0 ≤ correct ≤ `samples`.
  public static func passAtK(_ k: Int, correct: Int, of samples: Int) -> Double {
    precondition(1 <= k && k <= samples, "k is \(k), must be from 1 to \(samples)")
    precondition(0 <= correct && correct <= samples, "\(correct) of \(samples) samples cannot be right")
    guard samples - correct >= k else { return 1 }
    var allWrong = 1.0
    for i in (samples - correct + 1)..<(samples + 1) { allWrong *= 1 - Double(k) / Double(i) }
    return 1 - allWrong
  }

  /// Whether a selector gives a right answer from the first k candidates, for each k: maj@k with
  /// ``PonderStrategies/AnswerVote``, best-of-k with ``PonderStrategies/BestOfN``.
  ///
  /// - Parameter prefixes: Each ≥ 1; one beyond the number of candidates means all of them.
  public static func selectedAtPrefixes(
    _ prefixes: [Int], of candidates: [Candidate], by selector: some Selector, isCorrect: (Candidate) -> Bool
  ) -> [Bool] {
    prefixes.map { k in
      precondition(k >= 1, "k is \(k), must be ≥ 1")
      return selector.select(from: Array(candidates.prefix(k))).map { isCorrect($0.candidate) } ?? false
    }
  }

  /// An interval that holds the mean with so much confidence, by the percentile bootstrap (Efron 1979).
  ///
  /// - Parameters:
  ///   - values: One figure a problem; the interval of none is 0 … 0.
  ///   - confidence: In (0, 1).
  ///   - resamples: ≥ 1; more narrow the interval's own noise.
  ///   - seed: The same seed gives the same interval.
  public static func bootstrapInterval(
    ofMean values: [Double], confidence: Double = 0.95, resamples: Int = 2000, seed: Seed
  ) -> ClosedRange<Double> {
    precondition(0 < confidence && confidence < 1, "confidence is \(confidence), must be in (0, 1)")
    precondition(resamples >= 1, "resamples is \(resamples), must be ≥ 1")
    guard !values.isEmpty else { return 0...0 }
    var generator = seed.generator
    let means = (0..<resamples).map { _ in
      values.indices.reduce(0.0) { sum, _ in sum + values[Int.random(in: values.indices, using: &generator)] }
        / Double(values.count)
    }.sorted()
    let tail = (1 - confidence) / 2
    func quantile(_ p: Double) -> Double {
      let position = p * Double(resamples - 1)
      let below = Int(position)
      let above = min(below + 1, resamples - 1)
      return means[below] + (means[above] - means[below]) * (position - Double(below))
    }
    return quantile(tail)...quantile(1 - tail)
  }
}
