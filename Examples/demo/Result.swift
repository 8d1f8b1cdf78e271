import Ponder

/// One problem's pool of candidates, and what each way of choosing makes of it.
struct Result {
  let item: ProblemSet.Item
  let index: Int
  let outcome: Outcome
  /// Which candidates are right.
  let correctness: [Bool]
  let best: Selection?
  let isMajorityRight: Bool
  let isBestRight: Bool
  let isWeightedRight: Bool

  init(_ item: ProblemSet.Item, at index: Int, _ outcome: Outcome) {
    let grading = Grading()
    func isRight(_ selection: Selection?) -> Bool {
      guard let selection, let reference = item.problem.reference else { return false }
      return grading.isCorrect(selection.candidate.text, reference: reference)
    }
    self.item = item
    self.index = index
    self.outcome = outcome
    correctness = grading.correctness(of: outcome.candidates, on: item.problem) ?? []
    best = BestOfN().select(from: outcome.candidates)
    isMajorityRight = isRight(AnswerVote(of: .boxedAnswer).select(from: outcome.candidates))
    isBestRight = isRight(best)
    isWeightedRight = isRight(AnswerVote(of: .boxedAnswer, weight: .score).select(from: outcome.candidates))
  }

  /// How often one sample is right.
  var oneSample: Double { Metrics.accuracy(correctness) }

  var isAnyRight: Bool { correctness.contains(true) }

  /// Whether the verifier found what neither one try nor the vote did.
  var isWorthShowing: Bool { isBestRight && !isMajorityRight && correctness.first == false }
}
