import ArgumentParser
import Foundation
import Ponder

/// Sampling many answers and choosing one: how accuracy grows with N, and how the way of choosing matters.
@main
struct BestOfNExample: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ponder-example-best-of-n",
    abstract: "Sample N answers to each problem, and let votes or a verifier choose.")

  @Option(name: .customShort("n"), help: "Samples for each problem, a power of two.")
  var count = 32
  @Option(help: "Problems of each of the five levels.")
  var perLevel = 12
  @Option(help: "The same seed gives the same samples.")
  var seed: UInt64 = 7
  @Flag(help: "A taste: few problems, few samples.")
  var quick = false

  func run() async throws {
    let examples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let model = try await LocalModel.load(from: examples.appending(path: "Models/arithmetic-0.16M"))
    let set = try ProblemSet(contentsOf: examples.appending(path: "Problems/test.jsonl"))
    let problems = set.levels.flatMap { level in
      set.items.filter { $0.level == level }.prefix(quick ? 2 : perLevel).map(\.problem)
    }
    let n = quick ? 8 : count

    // A strategy is a value. This one draws n independent samples and has each equation in them recomputed. Nothing is
    // selected yet, so that several ways of choosing can be compared on the same pool.
    let solver = Sample(n, maximumTokens: 192).scored(by: .arithmetic)

    // All problems share one engine; outcomes come in the order in which they are done.
    var pools: [(problem: Problem, candidates: [Candidate])] = []
    let progress = ProgressBar("sampling", total: problems.count)
    for await done in solver.run(over: problems, on: model, seed: Seed(seed)) {
      pools.append((done.problem, try done.result.get().candidates))
      progress.advance()
    }
    progress.finish()

    // A selector is a function of candidates. A pool of n holds the pools of all smaller n: sample i is always the same.
    let grading = Grading()
    let sizes = sequence(first: 1) { $0 * 2 <= n ? $0 * 2 : nil }.map(\.self)
    func percent(_ selector: some Selector, _ size: Int) -> Double {
      let right = pools.count { pool in
        let choice = selector.select(from: Array(pool.candidates.prefix(size)))
        return choice.map { grading.isCorrect($0.candidate.text, reference: pool.problem.reference ?? "") } ?? false
      }
      return 100 * Double(right) / Double(pools.count)
    }
    func coverage(_ size: Int) -> Double {
      let solved = pools.count { pool in
        grading.correctness(of: Array(pool.candidates.prefix(size)), on: pool.problem)?.contains(true) ?? false
      }
      return 100 * Double(solved) / Double(pools.count)
    }

    print("\n% of \(pools.count) problems solved by \(model.description.name), seed \(seed)\n")
    var table = TextTable(
      ["N", "majority", "weighted vote", "best of N", "", "any of N"],
      alignments: [.right, .right, .right, .right, .left, .right])
    for size in sizes {
      let best = percent(.bestOfN, size)
      table.append([
        String(size), whole(percent(.majority(of: .boxedAnswer), size)),
        whole(percent(.weightedVote(of: .boxedAnswer), size)), whole(best), bar(best, upTo: coverage(size)),
        whole(coverage(size)),
      ])
    }
    print(table)
    print(
      """

      █ is what the best sample by the verifier solves, ░ what a perfect verifier would still find in the same samples.
      The verifier recomputes equations and knows nothing of the story: that is the gap.
      """)
  }

  private func whole(_ percent: Double) -> String { String(Int(percent.rounded())) }

  /// Thirty characters for a hundred percent.
  private func bar(_ solved: Double, upTo possible: Double) -> String {
    let full = Int((solved * 0.3).rounded())
    let light = max(Int((possible * 0.3).rounded()) - full, 0)
    return String(repeating: "█", count: full) + String(repeating: "░", count: light)
  }
}
