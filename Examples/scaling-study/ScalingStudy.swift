import ArgumentParser
import Foundation
import Ponder

/// How far a small policy gets with search and a verifier, against larger policies: the study behind test-time compute.
@main
struct ScalingStudy: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scaling-study",
    abstract: "Measure every strategy at every budget, and write a report with figures.",
    discussion: """
      Runs all strategies on held-out problems under several seeds and adds each problem's results to results.jsonl as soon \
      as they are there: killed at any point, the same command goes on where it was. Then writes STUDY.md and its figures.
      """)

  /// The folder that holds this example, its models and its problems.
  private static let examples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

  @Option(help: "The small policy, which may search.")
  var policy = ScalingStudy.examples.appending(path: "Models/arithmetic-0.16M").path

  @Option(help: "A larger policy to compare with, greedy and with a vote; may be given several times.")
  var larger: [String] = [ScalingStudy.examples.appending(path: "Models/arithmetic-0.8M").path]

  @Option(help: "A reward model's checkpoint. Without one, the arithmetic of each step is recomputed.")
  var rewardModel: String?

  @Option(help: "The problems, JSON Lines with problem, answer and level.")
  var problems = ScalingStudy.examples.appending(path: "Problems/test.jsonl").path

  @Option(help: "Problems of each level at most.")
  var perLevel = 40

  @Option(help: "Runs of each problem, under seeds 1, 2, …")
  var seeds = 3

  @Option(help: "The widest pool of samples and of diverse trees: a power of two, at least 4.")
  var widest = 256

  @Option(help: "The widest of the other searches: 4, 16 or 64.")
  var widestSearch = 64

  @Option(help: "Tokens of an answer at most.")
  var maxTokens = 192

  @Flag(help: "Ask with the system prompt of search-and-learn, for instruct models.")
  var instruct = false

  @Option(help: "Problems at a time.")
  var concurrency = 4

  @Option(help: "The folder of the results.")
  var out = "docs/study"

  @Option(help: "The report; its figures go to the folder of the results.")
  var report = "docs/STUDY.md"

  @Flag(help: "Write the report from the results that are there, and run nothing.")
  var reportOnly = false

  func validate() throws {
    guard widest >= 4, widest.nonzeroBitCount == 1 else {
      throw ValidationError("--widest must be a power of two, ≥ 4")
    }
    guard [4, 16, 64].contains(widestSearch) else { throw ValidationError("--widest-search must be 4, 16 or 64") }
    guard perLevel >= 1, seeds >= 1, maxTokens >= 1, concurrency >= 1 else {
      throw ValidationError("--per-level, --seeds, --max-tokens and --concurrency must be at least 1")
    }
  }

  func run() async throws {
    let models = try await Models(policy: policy, larger: larger, rewardModel: rewardModel)
    let set = try ProblemSet(contentsOf: URL(filePath: problems))
    let items =
      set.levels.isEmpty
      ? Array(set.items.prefix(perLevel))
      : set.levels.flatMap { level in set.items.filter { $0.level == level }.prefix(perLevel) }
    guard items.allSatisfy({ $0.problem.reference != nil }) else {
      throw ValidationError("\(problems): every problem needs an answer")
    }
    let plan = StudyPlan(
      models: models, widest: widest, widestSearch: widestSearch, maximumTokens: maxTokens,
      format: instruct ? .searchAndLearn : .chat)
    let log = try RecordLog<StudyPlan.Header, StudyRecord>(
      at: URL(filePath: out).appending(path: "results.jsonl"), header: plan.header)
    if !reportOnly { try await measure(plan, items, into: log) }
    let derived = try ComputeOptimalRecords(
      from: log.records, policy: plan.policyName, strategies: StudyReport.strategies.map(\.key),
      sizes: plan.searchSizes)
    let summary = StudySummary(log.records + derived.records)
    let written = try StudyReport(
      summary: summary, plan: plan, folder: URL(filePath: out), file: URL(filePath: report), records: log.records
    ).write()
    print(written)
  }

  /// Runs what is not in the log yet, problem by problem, and adds it.
  private func measure(
    _ plan: StudyPlan, _ items: [ProblemSet.Item], into log: RecordLog<StudyPlan.Header, StudyRecord>
  ) async throws {
    let units = (1...seeds).flatMap { seed in items.map { Unit(item: $0, seed: UInt64(seed)) } }
    let open = units.filter { !log.groups.contains($0.name) }
    let progress = ProgressBar("studying", total: open.count)
    try await withThrowingTaskGroup(of: (Unit, [StudyRecord]).self) { group in
      for (index, unit) in open.enumerated() {
        if index >= concurrency, let (done, records) = try await group.next() {
          try log.append(done.name, records)
          progress.advance()
        }
        group.addTask { (unit, try await plan.run(unit.item, seed: unit.seed)) }
      }
      for try await (done, records) in group {
        try log.append(done.name, records)
        progress.advance()
      }
    }
    progress.finish()
  }

  /// A problem under a seed: what is added to the log at once.
  private struct Unit: Sendable {
    var item: ProblemSet.Item
    var seed: UInt64
    var name: String { "\(item.problem.id) seed \(seed)" }
  }
}
