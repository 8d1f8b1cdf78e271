import Foundation
import Ponder

/// What the demo says about its results.
struct Report {
  let tries: Run
  /// Searches step by step, ascending by width.
  let searches: [Run]
  /// The larger model's one greedy try on the same problems.
  let greedy: Run
  let sizes: [Int]
  let model: LocalModel

  private var count: Int { tries.width }
  private var results: [Result] { tries.results }

  /// Percent right of each way of choosing, by level.
  var table: TextTable {
    var table = TextTable(
      [
        "% right", "problems", "one try", "majority of \(count)", "best of \(count)",
      ] + searches.map(\.name) + ["any of \(count)", greedy.name])
    let levels = Set(results.compactMap(\.item.level)).sorted()
    for level in levels {
      let here = { (result: Result) in result.item.level == level }
      table.append(row("level \(level)", where: here))
    }
    table.append(row("all") { _ in true })
    return table
  }

  private func row(_ title: String, where isHere: (Result) -> Bool) -> [String] {
    func percent(_ results: [Result], _ value: (Result) -> Double) -> String {
      String(Int((100 * mean(results.filter(isHere), value)).rounded()))
    }
    func percent(_ choice: Result.Choice) -> String { percent(results) { $0.isRight(choice, of: count) ? 1 : 0 } }
    return [
      title, String(results.count(where: isHere)), percent(results, \.oneSample), percent(.majority), percent(.bestOfN),
    ] + searches.map { percent($0.results, isChosenRight) } + [
      percent(results) { $0.isAnyRight ? 1 : 0 }, percent(greedy.results, \.oneSample),
    ]
  }

  private func isChosenRight(_ result: Result) -> Double { result.isChosenRight ? 1 : 0 }

  private func mean(_ results: [Result], _ value: (Result) -> Double) -> Double {
    results.map(value).reduce(0, +) / Double(max(results.count, 1))
  }

  /// Accuracy over N, and the larger model's level.
  var curve: LineChart {
    func points(_ choice: Result.Choice) -> [LineChart.Series.Point] {
      sizes.map { n in .init(x: Double(n), y: mean(results) { $0.isRight(choice, of: n) ? 1 : 0 }) }
    }
    var series: [LineChart.Series] = [.init("majority", points(.majority)), .init("best of N", points(.bestOfN))]
    if !searches.isEmpty {
      series.append(
        .init("REBASE", searches.map { .init(x: Double($0.width), y: mean($0.results, isChosenRight)) }))
    }
    series.append(.level(greedy.name, mean(greedy.results, \.oneSample)))
    return LineChart(
      "\(model.description.name) with \(count) tries", xLabel: "N, tries or width of the search", series: series)
  }

  /// A problem that the verifier solved: the first try beside the chosen one, each equation recomputed.
  var example: String? {
    guard let result = results.first(where: { $0.isWorthShowing(of: count) }) else { return nil }
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

  private func steps(of candidate: Candidate) -> String {
    candidate.steps.map { step in
      let text = step.text.split(separator: "\n").joined(separator: " ")
      return "  \(mark(text)) \(text)"
    }.joined(separator: "\n")
  }

  /// `✓` or `✗` for an equation, by recomputing it.
  private func mark(_ step: String) -> String {
    guard step.contains("=") else { return " " }
    return ArithmeticVerifier.equations(in: step).allSatisfy(\.self) ? "✓" : "✗"
  }

  private func score(_ candidate: Candidate?) -> String {
    guard let score = candidate?.score else { return "–" }
    return String(Double(Int((score * 100).rounded())) / 100)
  }

  /// What each run cost, per problem.
  var cost: TextTable {
    var table = TextTable(["per problem", "tokens written", "read by the verifier", "seconds"])
    for run in [tries] + searches + [greedy] {
      let count = max(run.results.count, 1)
      let usage = run.results.map(\.outcome.usage.charged)
      table.append([
        run.name, String(usage.reduce(0) { $0 + $1.tokens } / count),
        String(usage.reduce(0) { $0 + $1.verifierTokens } / count),
        (run.seconds / Double(count)).formatted(.number.precision(.significantDigits(2))),
      ])
    }
    return table
  }
}
