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

  @Option(help: "The small policy, which may search. Without one, the models of this package.")
  var policy: String?

  @Option(
    help: "A policy that learnt to revise, for the revision chains. Without one, the policy or this package's reviser.")
  var reviser: String?

  @Option(help: "A larger policy to compare with, greedy and with a vote; may be given several times.")
  var larger: [String] = []

  @Option(
    help: """
      The verifier: a reward model's checkpoint, likelihood:PATH for a policy whose expectation judges, or arithmetic, which \
      recomputes each step; PATH+arithmetic for both, either of which can object.
      """)
  var rewardModel: String?

  @Option(help: "Another verifier, to judge the same samples; may be given several times.")
  var otherVerifier: [String] = []

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

  @Option(
    help: """
      The temperature of samples and steps. Without it 0.8, and with the models of this package 1, which their development \
      problems suggest.
      """)
  var temperature: Float?

  @Option(help: "The system prompt; automatic is search-and-learn's for instruct models, none for others.")
  var systemPrompt = PromptFormatChoice.automatic

  @Option(help: "Problems at a time.")
  var concurrency = 4

  @Option(help: "Threads of each model. Without it, the processors divided among the problems at a time.")
  var threads: Int?

  @Option(help: "The folder of the results.")
  var out = "docs/study"

  @Option(help: "The report; its figures go to the folder of the results.")
  var report = "docs/STUDY.md"

  @Flag(help: "Write the report from the results that are there, and measure nothing.")
  var reportOnly = false

  func validate() throws {
    guard widest >= 4, widest.nonzeroBitCount == 1 else {
      throw ValidationError("--widest must be a power of two, ≥ 4")
    }
    guard widest >= widestSearch else { throw ValidationError("--widest must not be below --widest-search") }
    guard [4, 16, 64].contains(widestSearch) else { throw ValidationError("--widest-search must be 4, 16 or 64") }
    guard temperature.map({ $0 > 0 && $0.isFinite }) ?? true else {
      throw ValidationError("--temperature must be above 0")
    }
    guard perLevel >= 1, seeds >= 1, maxTokens >= 1, concurrency >= 1, threads ?? 1 >= 1 else {
      throw ValidationError("--per-level, --seeds, --max-tokens, --concurrency and --threads must be at least 1")
    }
  }

  func run() async throws {
    let models = try await loadModels()
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
      sampling: SamplingParameters(temperature: temperature ?? (policy == nil ? 1 : 0.8)),
      format: systemPrompt.format(for: models.policy.description))
    let log = try RecordLog<StudyPlan.Header, UnitResults>(
      at: URL(filePath: out).appending(path: "results.jsonl"), header: plan.header)
    let units = plan.units(of: items, seeds: seeds)
    if !reportOnly { try await measure(plan, units, into: log) }
    // Whatever else the file holds: more problems, or models that were trained anew.
    let records = log.records(of: units.map(\.name)).flatMap(\.records)
    let derived = try ComputeOptimalRecords(
      from: records, policy: plan.policyName, strategies: StudyReport.strategies.map(\.key),
      sizes: plan.searchSizes)
    let summary = StudySummary(records + derived.records)
    guard !records.isEmpty else { throw ValidationError("\(out) holds no results yet") }
    let tree = try await StudyTree(plan, of: items, records: records)
    let report = StudyReport(
      summary: summary, plan: plan, folder: URL(filePath: out), file: URL(filePath: report), records: records,
      tree: tree)
    print(try report.write())
  }

  /// The models that were named; without a policy, those of this package.
  private func loadModels() async throws -> Models {
    var options = LocalModel.Options()
    options.threads = threads ?? max(1, options.threads / concurrency)
    if let policy {
      return try await Models(
        policy: policy, reviser: reviser, larger: larger, verifier: rewardModel ?? "arithmetic", others: otherVerifier,
        options: options)
    }
    func path(_ model: String) -> String { Self.examples.appending(path: "Models/arithmetic-\(model)").path }
    let others = [
      path("prm-1.2M"), path("prm-1.2M") + "+arithmetic", path("prm-rollouts-1.2M"), path("orm-1.2M"), "arithmetic",
      "likelihood:" + path("0.8M"), "likelihood:" + path("0.16M") + "+arithmetic",
    ]
    return try await Models(
      policy: path("0.16M"), reviser: reviser ?? path("reviser-0.16M"),
      larger: larger.isEmpty ? [path("0.8M"), path("3.3M")] : larger,
      verifier: rewardModel ?? "likelihood:" + path("0.8M") + "+arithmetic",
      others: otherVerifier.isEmpty ? others : otherVerifier, options: options)
  }

  /// Runs what is not in the log yet, problem by problem, and adds it.
  private func measure(
    _ plan: StudyPlan, _ units: [StudyUnit], into log: RecordLog<StudyPlan.Header, UnitResults>
  ) async throws {
    let open = units.filter { !log.contains($0.name) }
    let progress = ProgressBar("studying", total: open.count)
    try await withThrowingTaskGroup(of: (StudyUnit, UnitResults?).self) { group in
      for (index, unit) in open.enumerated() {
        if index >= concurrency, let (done, results) = try await group.next() {
          try log.append(done.name, results.map { [$0] } ?? [])
          progress.advance()
        }
        group.addTask { (unit, try await plan.run(unit)) }
      }
      for try await (done, results) in group {
        try log.append(done.name, results.map { [$0] } ?? [])
        progress.advance()
      }
    }
    progress.finish()
  }
}

extension PromptFormatChoice: ExpressibleByArgument {}
