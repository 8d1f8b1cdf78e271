/// How well scores are probabilities: of the examples that score 0.8, four in five should be right.
public struct Reliability: Sendable, Hashable, Codable {
  /// Examples with scores in one range.
  public struct Bin: Sendable, Hashable, Codable {
    /// The range, the upper bound belonging to it only in the last bin.
    public var low: Double, high: Double
    /// How many examples there are.
    public var count: Int
    /// Their mean score; the middle of the range if there are none.
    public var meanScore: Double
    /// The fraction of them that is right; 0 if there are none.
    public var accuracy: Double
  }

  /// Ranges of equal width over [0, 1], in order.
  public let bins: [Bin]
  /// The number of examples.
  public let count: Int
  /// The mean squared difference between score and truth (Brier 1950); 0 is best, 0 without examples.
  public let brierScore: Double

  /// Sorts examples into bins.
  ///
  /// - Parameters:
  ///   - scores: In [0, 1].
  ///   - labels: Whether each is right; as many.
  ///   - bins: ≥ 1.
  public init(_ scores: [Double], _ labels: [Bool], bins binCount: Int = 10) {
    precondition(scores.count == labels.count, "\(scores.count) scores, \(labels.count) labels")
    precondition(binCount >= 1, "there are \(binCount) bins, must be ≥ 1")
    precondition(scores.allSatisfy { $0 >= 0 && $0 <= 1 }, "a score is outside of [0, 1]")
    var members = [[Int]](repeating: [], count: binCount)
    for (index, score) in scores.enumerated() {
      members[min(Int(score * Double(binCount)), binCount - 1)].append(index)
    }
    bins = members.enumerated().map { number, indices in
      let (low, high) = (Double(number) / Double(binCount), Double(number + 1) / Double(binCount))
      let n = Double(max(indices.count, 1))
      return Bin(
        low: low, high: high, count: indices.count,
        meanScore: indices.isEmpty ? (low + high) / 2 : indices.reduce(0) { $0 + scores[$1] } / n,
        accuracy: Double(indices.count { labels[$0] }) / n)
    }
    count = scores.count
    let squares = zip(scores, labels).map { score, label in (score - (label ? 1 : 0)) * (score - (label ? 1 : 0)) }
    brierScore = squares.reduce(0, +) / Double(max(count, 1))
  }

  /// The expected calibration error (Naeini et al. 2015; Guo et al. 2017, arXiv:1706.04599): the mean over the examples
  /// of |accuracy − mean score| of their bins, in [0, 1]; 0 without examples.
  public var expectedCalibrationError: Double {
    bins.reduce(0) { $0 + Double($1.count) * abs($1.accuracy - $1.meanScore) } / Double(max(count, 1))
  }
}
