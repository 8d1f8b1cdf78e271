import ArgumentParser
import Foundation
import Ponder

/// Word problems that the small model has never seen: solved with one try, with more, and by a larger model.
@main
struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Watch a small model with a verifier solve word problems that a larger one does not.",
    discussion: """
      The larger model is slow to write with and quick to read with. So it judges what the small one wrote: a solution is as good \
      as the probability of its least likely token. Beside that stands what the larger model writes by itself.
      """)

  @Option(help: "Problems of each of the five levels.")
  var perLevel = 40

  @Option(name: .customShort("n"), help: "Tries for each problem.")
  var count = 16

  @Option(help: "The same seed gives the same result.")
  var seed: UInt64 = 7

  @Option(help: "The small model.")
  var model = Demo.examples.appending(path: "Models/arithmetic-0.8M").path

  @Option(help: "The larger model, which judges, and has one greedy try of its own.")
  var larger = Demo.examples.appending(path: "Models/arithmetic-3.3M").path

  @Flag(help: "Let no model judge: the equations are recomputed.")
  var arithmetic = false

  @Option(help: "The problems, JSON Lines with problem, answer and level.")
  var problems = Demo.examples.appending(path: "Problems/test.jsonl").path

  @Option(help: "Where to draw the curve as an image.")
  var svg = FileManager.default.temporaryDirectory.appending(path: "ponder-demo.svg").path

  /// The folder that holds this example, its models and its problems.
  private static let examples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

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
    let judge: any Verifier =
      arithmetic ? ArithmeticVerifier() : try LikelihoodRewardModel(larger).reduced(.last)
    print(
      """
      \(model.description.name): \(model.description.parameterCount) parameters, on this machine's CPU
      verifier: \(judge.name)
      \(items.count) problems that neither has ever seen, \(count) tries each, seed \(seed)

      """)

    let start = ContinuousClock.now
    let results = try await solve(items, with: Sample(count, maximumTokens: 192).scored(by: judge), on: model)
    let duration = ContinuousClock.now - start
    let greedy = try await solve(items, with: Sample(1, sampling: .greedy, maximumTokens: 192), on: larger)

    let report = Report(results: results, greedy: greedy, sizes: sizes, model: model, larger: larger)
    print(report.table, terminator: "\n\n")
    if let example = report.example { print(example, terminator: "\n\n") }
    print(report.cost(in: duration), terminator: "\n\n")
    print(TerminalChart(report.curve), terminator: "\n\n")
    try report.curve.svg.write(toFile: svg, atomically: true, encoding: .utf8)
    print("the same curve as an image: \(svg)")
  }

  private func solve(
    _ items: [ProblemSet.Item], with solver: some Strategy, on model: LocalModel
  ) async throws -> [Result] {
    let progress = ProgressBar(model.description.name, total: items.count)
    var results: [Result] = []
    for await done in solver.run(over: items.map(\.problem), on: model, seed: Seed(seed)) {
      results.append(Result(items[done.index], at: done.index, try done.result.get(), sizes: sizes))
      progress.advance()
    }
    progress.finish()
    return results.sorted { $0.index < $1.index }
  }
}
