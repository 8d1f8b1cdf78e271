import Ponder

/// The orderings that the literature reports, each with whether it holds in these results.
struct StudyOrderings {
  private let summary: StudySummary
  private let plan: StudyPlan
  private let levels: [Int]

  init(_ summary: StudySummary, _ plan: StudyPlan, _ levels: [Int]) {
    self.summary = summary
    self.plan = plan
    self.levels = levels
  }

  private var policy: String { plan.models.policy.description.name }

  private struct Claim {
    var text: String
    var first: (strategy: String, n: Int)
    var second: (strategy: String, n: Int)
    var level: Int?
  }

  private var claims: [Claim] {
    let small = plan.searchSizes.first ?? 4
    let large = plan.searchSizes.last ?? 64
    var claims = [
      Claim(
        text: "weighted best of N is better than best of N", first: ("weighted", plan.widest),
        second: ("best-of-n", plan.widest)),
      Claim(
        text: "weighted best of N is better than the majority", first: ("weighted", plan.widest),
        second: ("majority", plan.widest)),
      Claim(
        text: "beam search is better than best of N at small N", first: ("beam", small), second: ("best-of-n", small)),
      Claim(
        text: "diverse trees are better than beam search at large N", first: ("dvts", large), second: ("beam", large)),
      Claim(
        text: "particle filtering is better than diverse trees", first: ("particles", large), second: ("dvts", large)),
    ]
    if let hardest = levels.last, let easiest = levels.first, hardest != easiest {
      claims += [
        Claim(
          text: "beam search is better than best of N on the hardest level", first: ("beam", large),
          second: ("best-of-n", large), level: hardest),
        Claim(
          text: "beam search is worse than best of N on the easiest level at large N", first: ("best-of-n", large),
          second: ("beam", large), level: easiest),
        Claim(
          text: "revisions mixed with samples are better than samples on the easiest level", first: ("mix", large),
          second: ("weighted", large), level: easiest),
        Claim(
          text: "something helps on the hardest level (Snell et al.: nothing does)", first: ("weighted", plan.widest),
          second: ("majority", 1), level: hardest),
      ]
    }
    return claims
  }

  /// A table.
  var text: String {
    var lines = ["| claim | N | difference, points | 95 % interval | here |", "|---|---|---:|---|---|"]
    for claim in claims {
      let first = StudyRecord.Method(policy: policy, strategy: claim.first.strategy, n: claim.first.n)
      let second = StudyRecord.Method(policy: policy, strategy: claim.second.strategy, n: claim.second.n)
      guard let difference = summary.difference(first, second, level: claim.level) else { continue }
      let n = first.n == second.n ? "\(first.n)" : "\(first.n), \(second.n)"
      let interval = difference.interval
      lines.append(
        "| \(claim.text) | \(n) | \(signed(difference.mean)) | \(signed(interval.lowerBound)) to "
          + "\(signed(interval.upperBound)) | \(word(difference.verdict)) |")
    }
    return lines.joined(separator: "\n")
  }

  private func word(_ verdict: StudySummary.Verdict) -> String {
    switch verdict {
    case .holds: "holds"
    case .reversed: "the reverse holds"
    case .undecided: "undecided"
    }
  }
}
