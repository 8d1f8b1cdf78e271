import Foundation
import Ponder

/// The report of a study: tables, figures and what they say, as Markdown and SVG.
struct StudyReport {
  let summary: StudySummary
  let plan: StudyPlan
  let folder: URL
  let file: URL
  let records: [StudyRecord]
  let tree: StudyTree

  /// Strategies of the small policy, in the order of the tables, and their names for readers.
  static let strategies: [(key: String, name: String)] = [
    ("majority", "majority vote"), ("adaptive", "adaptive consistency"), ("best-of-n", "best of N"),
    ("weighted", "weighted best of N"), ("dvts", "diverse trees (DVTS)"), ("beam", "beam search"), ("rebase", "REBASE"),
    ("particles", "particle filtering"), ("revisions", "revision chain"), ("mix", "revisions × samples"),
    ("compute-optimal", "compute-optimal"),
  ]

  private var policy: String { plan.models.policy.description.name }

  /// Writes figures and report, and returns what to say in the terminal. The report ends with `notes.md`, what people have
  /// to say about the results, if the folder has it.
  func write() throws -> String {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let figures = StudyFigures(summary: summary, plan: plan, levels: levels)
    for (name, svg) in figures.all { try save(svg, to: folder.appending(path: name + ".svg")) }
    try save(tree.svg, to: folder.appending(path: "tree.svg"))
    let link = relativeFolder
    var parts = [
      "# A small model that thinks longer, against larger ones", headline, setting,
      "## Accuracy over N", "![Accuracy over N](\(link)/accuracy-over-n.svg)", accuracyTable,
      "## Accuracy over compute", "![Accuracy over FLOPs](\(link)/accuracy-over-flops.svg)", costTable,
      "## By level",
    ]
    parts += levels.map { "![Level \($0)](\(link)/level-\($0).svg)" }
    parts += [levelTable]
    if !plan.models.others.isEmpty { parts += ["## Verifiers compared", verifierTable] }
    parts += [
      "## One search", "![The tree of one search](\(link)/tree.svg)", tree.caption,
      "## What the literature says, and what holds here", StudyOrderings(summary, plan, levels).text,
    ]
    let notes = folder.appending(path: "notes.md")
    if let text = try? String(contentsOf: notes, encoding: .utf8) {
      parts += ["## Notes", text.trimmingCharacters(in: .whitespacesAndNewlines)]
    }
    try save(parts.joined(separator: "\n\n") + "\n", to: file)
    return TerminalChart(figures.overN).description + "\n\n\(headline)\n\n\(file.relativePath)"
  }

  private var levels: [Int] { Set(records.compactMap(\.level)).sorted() }

  /// Which larger policy the small one passes, where, and at what cost.
  private var headline: String {
    let larger = plan.models.larger.map(\.description.name)
    let levels =
      larger.map { (StudyRecord.Method(policy: $0, strategy: "greedy", n: 1), " greedily") }
      + larger.map {
        (.init(policy: $0, strategy: "majority", n: plan.widestSearch), " with a majority of \(plan.widestSearch)")
      }
    return levels.compactMap { headline(against: $0.0, $0.1) }.joined(separator: "\n\n")
  }

  /// The cheapest method that is better beyond chance, or the best there is.
  private func headline(against level: StudyRecord.Method, _ name: String) -> String? {
    guard let goal = summary.row(level) else { return nil }
    let rows = Self.strategies.flatMap { summary.methods(policy: policy, strategy: $0.key) }.compactMap {
      summary.row($0)
    }
    func sentence(_ row: StudySummary.Row, _ verb: String) -> String {
      let ratio = row.flops / goal.flops
      let cost = ratio >= 1 ? "\(figure(ratio)) times" : "\(figure(100 * ratio)) % of"
      let difference = summary.difference(row.method, level).map {
        "\(signed($0.mean)) points, 95 % interval \(signed($0.interval.lowerBound)) to \(signed($0.interval.upperBound)), "
      }
      return
        "\(verb) \(self.name(of: row.method)): \(percent(row.accuracy)) % (\(difference ?? "")\(cost) the operations, "
        + "verifier included)"
    }
    let better = rows.filter { summary.difference($0.method, level)?.verdict == .holds }
    let start = "`\(goal.method.policy)`\(name) solves \(percent(goal.accuracy)) %."
    if let cheapest = better.min(by: { $0.flops < $1.flops }), let best = better.max(by: { $0.accuracy < $1.accuracy })
    {
      let most = best.method == cheapest.method ? "" : "; it gets furthest " + sentence(best, "with")
      return "\(start) **`\(policy)` passes it** " + sentence(cheapest, "with") + most + "."
    }
    if let equal = rows.filter({ $0.accuracy >= goal.accuracy }).min(by: { $0.flops < $1.flops }) {
      return "\(start) **`\(policy)` equals it** " + sentence(equal, "with") + "."
    }
    return rows.max { $0.accuracy < $1.accuracy }.map { best in
      let isClose = summary.difference(best.method, level)?.verdict == .undecided
      return "\(start) **`\(policy)` \(isClose ? "comes up to it within chance" : "does not reach it")**, at best "
        + sentence(best, "with") + "; a perfect verifier would reach \(percent(best.coverage)) %."
    }
  }

  private var setting: String {
    let problems = Set(records.map(\.problem)).count
    let seeds = Set(records.map(\.seed)).count
    func size(_ model: LocalModel) -> String {
      "\(model.description.name) (\(model.description.parameterCount) parameters)"
    }
    func meaning(of judge: Judge) -> String {
      switch judge {
      case .arithmetic: "arithmetic, recomputed step by step, without parameters"
      case .model(let model): size(model)
      case .likelihood(let model): "the likelihood of a solution's least likely token under \(size(model))"
      case .andArithmetic(let judge): "\(meaning(of: judge)), multiplied by \(meaning(of: .arithmetic))"
      }
    }
    let verifier = meaning(of: plan.models.verifier)
    let larger = plan.models.larger.map(size)
    return """
      \(problems) problems, \(seeds) \(seeds == 1 ? "seed" : "seeds"). The small policy is \(size(plan.models.policy)); the \
      larger ones are \(larger.isEmpty ? "none" : larger.joined(separator: ", ")); the verifier is \(verifier); revision \
      chains are written by \(plan.models.reviser.description.name). Samples and steps at temperature \(plan.sampling.temperature), at most \(plan.maximumTokens) tokens. Searches and weighted best of N choose by a vote weighted with \
      the verifier's last score. Intervals are 95 % bootstraps over problems, each of \
      one figure or difference alone: of the many methods that are compared, some will be above a level by chance. \
      Operations are 2 · parameters · tokens of policy and verifier. `results.jsonl` beside the figures holds every single \
      result.
      """
  }

  private var accuracyTable: String {
    markdown(["% solved"] + plan.poolSizes.map { "N = \($0)" }) { key in
      plan.poolSizes.map { n in
        summary.row(.init(policy: policy, strategy: key, n: n)).map(withInterval) ?? ""
      }
    }
      + "\n"
      + ["| any of N (perfect verifier) |"].map { start in
        start
          + plan.poolSizes.map { n in
            " " + (summary.row(.init(policy: policy, strategy: "majority", n: n)).map { percent($0.coverage) } ?? "")
              + " |"
          }.joined()
      }.joined()
  }

  private var costTable: String {
    let header = [
      "method", "N", "% solved", "any", "policy tokens", "verifier tokens", "GFLOP policy", "GFLOP verifier", "s",
    ]
    var lines = [
      "| " + header.joined(separator: " | ") + " |", "|---|" + String(repeating: "---:|", count: header.count - 1),
    ]
    func add(_ policy: String, _ key: String, _ name: String) {
      for method in summary.methods(policy: policy, strategy: key) {
        guard let row = summary.row(method) else { continue }
        let cells = [
          name, "\(method.n)", percent(row.accuracy), percent(row.coverage), "\(Int(row.tokens.rounded()))",
          "\(Int(row.verifierTokens.rounded()))", figure(row.policyFlops / 1e9), figure(row.verifierFlops / 1e9),
          figure(row.seconds),
        ]
        lines.append("| " + cells.joined(separator: " | ") + " |")
      }
    }
    for (key, name) in Self.strategies { add(policy, key, name) }
    for larger in plan.models.larger.map(\.description.name) {
      add(larger, "greedy", "\(larger), greedy")
      add(larger, "majority", "\(larger), majority")
    }
    return lines.joined(separator: "\n")
  }

  private var levelTable: String {
    let n = plan.searchSizes.last ?? 4
    return "At N = \(n):\n\n"
      + markdown(["% solved"] + levels.map { "level \($0)" }) { key in
        levels.map { level in
          summary.row(.init(policy: policy, strategy: key, n: n), level: level).map { percent($0.accuracy) } ?? ""
        }
      }
  }

  /// The same samples, chosen from by each verifier.
  private var verifierTable: String {
    let n = plan.widestSearch
    let header =
      ["verifier", "parameters"] + plan.searchSizes.map { "best of \($0), %" }
      + ["weighted best of \(n), %", "tokens read", "GFLOP"]
    var lines = [
      "| " + header.joined(separator: " | ") + " |", "|---|" + String(repeating: "---:|", count: header.count - 1),
    ]
    for (judge, name) in [(plan.models.verifier, nil)] + plan.models.others.map({ ($0, Optional($0.name)) }) {
      func row(_ strategy: String, _ n: Int) -> StudySummary.Row? {
        summary.row(.init(policy: policy, strategy: strategy, n: n, verifier: name))
      }
      let best = plan.searchSizes.compactMap { row("best-of-n", $0) }
      guard best.count == plan.searchSizes.count, let widest = best.last, let weighted = row("weighted", n) else {
        continue
      }
      let cells =
        [judge.name, "\(judge.parameterCount)"] + best.map(withInterval)
        + [
          withInterval(weighted), "\(Int(widest.verifierTokens.rounded()))", figure(widest.verifierFlops / 1e9),
        ]
      lines.append("| " + cells.joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n")
  }

  private func withInterval(_ row: StudySummary.Row) -> String {
    "\(percent(row.accuracy)) [\(percent(row.interval.lowerBound)), \(percent(row.interval.upperBound))]"
  }

  private func markdown(_ header: [String], _ cells: (String) -> [String]) -> String {
    var lines = [
      "| " + header.joined(separator: " | ") + " |", "|---|" + String(repeating: "---:|", count: header.count - 1),
    ]
    for (key, name) in Self.strategies {
      let row = cells(key)
      if row.contains(where: { !$0.isEmpty }) { lines.append("| \(name) | " + row.joined(separator: " | ") + " |") }
    }
    return lines.joined(separator: "\n")
  }

  private func name(of method: StudyRecord.Method) -> String {
    let name = Self.strategies.first { $0.key == method.strategy }?.name ?? method.strategy
    return "\(name) at N = \(method.n)"
  }

  /// How the report names the folder of the figures.
  private var relativeFolder: String {
    let (from, to) = (file.deletingLastPathComponent().standardizedFileURL.path, folder.standardizedFileURL.path)
    if to == from { return "." }
    return to.hasPrefix(from + "/") ? String(to.dropFirst(from.count + 1)) : to
  }

  private func save(_ text: String, to file: URL) throws {
    try Data(text.utf8).write(to: file, options: .atomic)
  }
}

/// A fraction in percent, whole numbers.
func percent(_ value: Double) -> String { String(Int((value * 100).rounded())) }

/// A difference in points, with its sign and one decimal.
func signed(_ value: Double) -> String {
  let tenths = (value * 1000).rounded() / 10
  return (tenths < 0 ? "−" : "+") + String(abs(tenths))
}

/// Two digits that count.
func figure(_ value: Double) -> String {
  guard value > 0 else { return "0" }
  let scale = pow(10, 1 - log10(value).rounded(.down))
  let rounded = (value * scale).rounded() / scale
  return rounded >= 10 ? String(Int(rounded.rounded())) : String(rounded)
}
