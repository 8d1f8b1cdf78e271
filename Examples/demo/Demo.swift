import ArgumentParser
import Foundation
import Ponder

/// Word problems that the small model has never seen, solved with one try and with sixteen.
@main
struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Watch a small model solve word problems better with sixteen tries and a verifier than with one.")

  @Option(help: "Problems of each of the five levels.")
  var perLevel = 60

  @Option(name: .customShort("n"), help: "Tries for each problem.")
  var count = 16

  @Option(help: "The same seed gives the same result.")
  var seed: UInt64 = 7

  @Option(help: "The model.")
  var model = Demo.examples.appending(path: "Models/arithmetic-0.8M").path

  @Option(help: "The problems, JSON Lines with problem, answer and level.")
  var problems = Demo.examples.appending(path: "Problems/test.jsonl").path

  /// The folder that holds this example, its model and its problems.
  private static let examples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

  func validate() throws {
    guard perLevel >= 1, count >= 1 else { throw ValidationError("--per-level and -n must be at least 1") }
  }

  func run() async throws {
    let model = try await LocalModel.load(from: URL(filePath: model))
    let set = try ProblemSet(contentsOf: URL(filePath: problems))
    let items = set.levels.flatMap { level in set.items.filter { $0.level == level }.prefix(perLevel) }
    print(
      """
      \(model.description.name): \(model.description.parameterCount) parameters, on this machine's CPU
      \(items.count) problems that it has never seen, \(count) tries each, seed \(seed)

      """)

    let solver = Sample(count, maximumTokens: 192).scored(by: .arithmetic)
    let progress = ProgressBar("solving", total: items.count)
    let start = ContinuousClock.now
    var results: [Result] = []
    for await done in solver.run(over: items.map(\.problem), on: model, seed: Seed(seed)) {
      results.append(Result(items[done.index], at: done.index, try done.result.get()))
      progress.advance()
    }
    progress.finish()
    let duration = ContinuousClock.now - start
    results.sort { $0.index < $1.index }

    print(Report.table(of: results, count: count), terminator: "\n\n")
    if let example = results.first(where: \.isWorthShowing) { print(Report.solution(example), terminator: "\n\n") }
    print(Report.cost(of: results, in: duration))
  }
}
