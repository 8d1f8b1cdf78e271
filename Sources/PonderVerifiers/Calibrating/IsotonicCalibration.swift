/// Isotonic regression: the non-decreasing function with the least squared error, by pool-adjacent-violators
/// (Ayer et al. 1955; for calibration Zadrozny and Elkan 2002). Needs more examples than Platt scaling, about a
/// thousand.
///
/// Between two examples it is linear, outside of them constant, as in scikit-learn.
public struct IsotonicCalibration: ScoreCalibration, Hashable {
  /// Scores at which the function bends, ascending.
  public let scores: [Double]
  /// Its values there, in [0, 1], never descending.
  public let values: [Double]

  /// The calibration that fits best.
  ///
  /// - Parameters:
  ///   - scores: In [0, 1].
  ///   - labels: Whether each was right.
  /// - Throws: ``FittingError`` when lengths differ, a score is out of range or all labels are the same.
  public init(fitting scores: [Double], _ labels: [Bool]) throws(FittingError) {
    try FittingError.check(scores, labels)
    /// A run of examples that share a value.
    struct Block {
      var low: Double, high: Double
      var sum: Double, weight: Double
      var mean: Double { sum / weight }
    }
    // Examples with the same score are one from the start.
    var examples: [Block] = []
    for index in scores.indices.sorted(by: { scores[$0] < scores[$1] }) {
      let (score, label) = (scores[index], labels[index] ? 1.0 : 0.0)
      if let last = examples.indices.last, examples[last].low == score {
        examples[last].sum += label
        examples[last].weight += 1
      } else {
        examples.append(Block(low: score, high: score, sum: label, weight: 1))
      }
    }
    var blocks: [Block] = []
    for example in examples {
      blocks.append(example)
      while blocks.count > 1, blocks[blocks.count - 2].mean >= blocks[blocks.count - 1].mean {
        let violator = blocks.removeLast()
        blocks[blocks.count - 1].high = violator.high
        blocks[blocks.count - 1].sum += violator.sum
        blocks[blocks.count - 1].weight += violator.weight
      }
    }
    self.scores = blocks.flatMap { $0.low == $0.high ? [$0.low] : [$0.low, $0.high] }
    values = blocks.flatMap { $0.low == $0.high ? [$0.mean] : [$0.mean, $0.mean] }
  }

  /// Reads what ``encode(to:)`` wrote, and nothing that is no such function.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    scores = try container.decode([Double].self, forKey: .scores)
    values = try container.decode([Double].self, forKey: .values)
    func ascends(_ numbers: [Double]) -> Bool { zip(numbers, numbers.dropFirst()).allSatisfy { $0 <= $1 } }
    guard scores.count == values.count, !scores.isEmpty, ascends(scores), ascends(values),
      values.allSatisfy({ (0...1).contains($0) })
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .values, in: container, debugDescription: "these are not points of a function that never decreases")
    }
  }

  /// The function's value.
  public func callAsFunction(_ score: Double) -> Double {
    guard let above = scores.firstIndex(where: { $0 >= score }) else { return values.last ?? score }
    guard above > 0, scores[above] > score else { return values[above] }
    let fraction = (score - scores[above - 1]) / (scores[above] - scores[above - 1])
    return values[above - 1] + fraction * (values[above] - values[above - 1])
  }
}
