import ArgumentParser
import Foundation
import Ponder

/// Word problems that the small model has never seen: solved with one try, with more, and by a larger model.
@main
struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Watch a small model solve more and more word problems, the longer it thinks.",
    discussion: """
      The small model writes many solutions. A larger one reads them and says how likely it finds each step, equations are \
      recomputed, and together they choose; then they say in a search which steps are worth going on with. Beside that \
      stands what the larger model writes by itself.
      """)

  @Option(help: "Problems of each of the five levels.")
  var perLevel = 30

  @Option(name: .customShort("n"), help: "Tries for each problem; searches are up to four times as wide.")
  var count = 16

  @Option(help: "The same seed gives the same result.")
  var seed: UInt64 = 7

  @Option(help: "The small model.")
  var model = Demo.examples.appending(path: "Models/arithmetic-0.16M").path

  @Option(help: "A process reward model that reads what the small model wrote, in the larger one's place.")
  var rewardModel: String?

  @Option(help: "The larger model, which judges and has one greedy try.")
  var larger = Demo.examples.appending(path: "Models/arithmetic-0.8M").path

  @Flag(help: "Let no model judge: only equations are recomputed.")
  var arithmetic = false

  @Option(help: "The problems, JSON Lines with problem, answer and level.")
  var problems = Demo.examples.appending(path: "Problems/test.jsonl").path

  @Option(help: "Where to draw the curve as an image.")
  var svg = FileManager.default.temporaryDirectory.appending(path: "ponder-demo.svg").path

  /// The folder that holds this example, its models and its problems.
  private static let examples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

  /// The policy's own distribution: on the development problems a wide search finds more in it than at 0.8.
  private static let sampling = SamplingParameters(temperature: 1)

  /// 1, 2, 4 … and at last all.
  private var sizes: [Int] { sequence(first: 1) { $0 * 2 }.prefix { $0 < count } + [count] }

  func validate() throws {
    guard perLevel >= 1, count >= 1 else { throw ValidationError("--per-level and -n must be at least 1") }
  }

  func run() async throws {
    let model = try await LocalModel.load(from: URL(filePath: model))
    let larger = try await LocalModel.load(from: URL(filePath: larger))
    let set = try ProblemSet(contentsOf: URL(filePath: problems))
    let items = set.levels.flatMap { level in set.items.filter { $0.level == level }.prefix(perLevel) }
    let judge = try await judge(larger)
    print(
      """
      \(model.description.name): \(model.description.parameterCount) parameters, on this machine's CPU
      verifier: \(judge.name)
      \(items.count) problems that no model has ever seen, \(count) tries each, seed \(seed)

      """)

    let tries = try await solve(
      items, with: Sample(count, sampling: Self.sampling, maximumTokens: 192).scored(by: judge.reduced(.last)),
      on: model,
      as: "\(count) tries", width: count)
    var searches: [Run] = []
    for width in [4, 16, 64] where width <= 4 * count {
      let settings = SearchSettings(sampling: Self.sampling, maximumTokens: 192)
      let search = RewardBalancedSearch(width, guidedBy: judge, settings: settings)
        .selected(by: .weightedVote(of: .boxedAnswer))
      searches.append(try await solve(items, with: search, on: model, as: "REBASE of \(width)", width: width))
    }
    let greedy = try await solve(
      items, with: Sample(1, sampling: .greedy, maximumTokens: 192), on: larger,
      as: "\(larger.description.name), greedy", width: 1)

    let report = Report(tries: tries, searches: searches, greedy: greedy, sizes: sizes, model: model)
    print(report.table, terminator: "\n\n")
    if let example = report.example { print(example, terminator: "\n\n") }
    print(report.cost, terminator: "\n\n")
    print(TerminalChart(report.curve), terminator: "\n\n")
    try report.curve.svg.write(toFile: svg, atomically: true, encoding: .utf8)
    print("the same curve as an image: \(svg)")
  }

  /// Either can object to a step: the one that has read the story, and the one that can compute.
  private func judge(_ larger: LocalModel) async throws -> any ProcessRewardModel {
    let recomputed = ArithmeticRewardModel()
    if arithmetic { return recomputed }
    guard let rewardModel else { return try LikelihoodRewardModel(larger).multiplied(by: recomputed) }
    return try LearnedProcessRewardModel(try await LocalModel.load(from: URL(filePath: rewardModel)))
      .multiplied(by: recomputed)
  }

  private func solve(
    _ items: [ProblemSet.Item], with solver: some Strategy, on model: LocalModel, as name: String, width: Int
  ) async throws -> Run {
    let start = ContinuousClock.now
    let progress = ProgressBar(name, total: items.count)
    var results: [Result] = []
    for await done in solver.run(over: items.map(\.problem), on: model, seed: Seed(seed)) {
      results.append(Result(items[done.index], at: done.index, try done.result.get(), sizes: sizes))
      progress.advance()
    }
    progress.finish()
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    return Run(name: name, width: width, results: results.sorted { $0.index < $1.index }, seconds: seconds)
  }
}
