import Ponder

/// What the demo says about its results.
enum Report {
  /// Percent right of each way of choosing, by level.
  static func table(of results: [Result], count: Int) -> TextTable {
    var table = TextTable([
      "% right", "problems", "one try", "majority of \(count)", "best of \(count)", "weighted vote", "any of \(count)",
    ])
    let levels = Set(results.compactMap(\.item.level)).sorted()
    for level in levels { table.append(row("level \(level)", results.filter { $0.item.level == level })) }
    table.append(row("all", results))
    return table
  }

  private static func row(_ title: String, _ results: [Result]) -> [String] {
    func percent(_ value: (Result) -> Double) -> String {
      let mean = results.map(value).reduce(0, +) / Double(max(results.count, 1))
      return String(Int((100 * mean).rounded()))
    }
    func percent(_ isRight: (Result) -> Bool) -> String { percent { isRight($0) ? 1 : 0 } }
    return [
      title, String(results.count), percent(\.oneSample), percent(\.isMajorityRight), percent(\.isBestRight),
      percent(\.isWeightedRight), percent(\.isAnyRight),
    ]
  }

  /// A problem that the verifier solved: the first try beside the chosen one, each equation recomputed.
  static func solution(_ result: Result) -> String {
    let first = result.outcome.candidates[0]
    let right = result.correctness.count { $0 }
    return """
      A problem of level \(result.item.level ?? 0), which \(right) of \(result.correctness.count) tries solve:

        \(result.item.problem.question)

      the first try, score \(score(first)):
      \(steps(of: first))

      the one that the verifier chose, score \(score(result.best?.candidate)), and it is right:
      \(result.best.map { steps(of: $0.candidate) } ?? "")
      """
  }

  private static func steps(of candidate: Candidate) -> String {
    candidate.steps.map { step in
      let text = step.text.split(separator: "\n").joined(separator: " ")
      return "  \(mark(text)) \(text)"
    }.joined(separator: "\n")
  }

  /// `✓` or `✗` for an equation, by recomputing it.
  private static func mark(_ step: String) -> String {
    guard step.contains("=") else { return " " }
    return ArithmeticVerifier.equations(in: step).allSatisfy(\.self) ? "✓" : "✗"
  }

  private static func score(_ candidate: Candidate?) -> String {
    guard let score = candidate?.score else { return "–" }
    return String(Double(Int((score * 100).rounded())) / 100)
  }

  /// Tokens and time.
  static func cost(of results: [Result], in duration: Duration) -> String {
    let usage = results.map(\.outcome.usage)
    let generated = usage.reduce(0) { $0 + $1.charged.tokens }
    let prompts = usage.reduce(0) { $0 + $1.policy.promptTokens }
    let cached = usage.reduce(0) { $0 + $1.policy.cachedPromptTokens }
    let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    return """
      Spent: \(generated) tokens generated, \(prompts) tokens of prompts of which \(cached) came from the cache, \
      \(Int(seconds.rounded())) s, \(Int(Double(generated) / seconds)) tokens a second.
      The verifier is plain arithmetic and cost nothing.
      """
  }
}
