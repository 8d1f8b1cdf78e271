import Ponder

/// One problem's pool of candidates, and what each way of choosing makes of its beginnings.
struct Result {
  /// How one of N candidates is chosen.
  enum Choice: CaseIterable {
    case majority
    case bestOfN
  }

  let item: ProblemSet.Item
  let index: Int
  let outcome: Outcome
  /// Which candidates are right.
  let correctness: [Bool]
  /// Whether what the strategy chose is right.
  let isChosenRight: Bool
  /// The candidate with the best score of all.
  let best: Selection?
  private let rights: [Choice: [Int: Bool]]

  /// - Parameter sizes: Every N of interest; the last is the whole pool.
  init(_ item: ProblemSet.Item, at index: Int, _ outcome: Outcome, sizes: [Int]) {
    let grading = Grading()
    func isRight(_ candidate: Candidate?) -> Bool {
      guard let candidate, let reference = item.problem.reference else { return false }
      return grading.isCorrect(candidate.text, reference: reference)
    }
    self.item = item
    self.index = index
    self.outcome = outcome
    correctness = grading.correctness(of: outcome.candidates, on: item.problem) ?? []
    isChosenRight = isRight(outcome.selected)
    best = BestOfN().select(from: outcome.candidates)
    var rights: [Choice: [Int: Bool]] = [:]
    for n in sizes {
      let first = Array(outcome.candidates.prefix(n))
      rights[.majority, default: [:]][n] = isRight(AnswerVote(of: .boxedAnswer).select(from: first)?.candidate)
      rights[.bestOfN, default: [:]][n] = isRight(BestOfN().select(from: first)?.candidate)
    }
    self.rights = rights
  }

  /// Whether what is chosen from the first N candidates is right.
  func isRight(_ choice: Choice, of n: Int) -> Bool { rights[choice]?[n] ?? false }

  /// How often one sample is right.
  var oneSample: Double { Metrics.accuracy(correctness) }

  var isAnyRight: Bool { correctness.contains(true) }

  /// Whether the verifier found what neither one try nor the vote did.
  func isWorthShowing(of n: Int) -> Bool {
    isRight(.bestOfN, of: n) && !isRight(.majority, of: n) && correctness.first == false
  }
}
