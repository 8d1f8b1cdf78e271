import ArgumentParser
import Foundation
import Ponder

/// A verifier of one's own: whatever can judge a solution can guide the search for one.
@main
struct CustomVerifierExample: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ponder-example-custom-verifier",
    abstract: "Write a verifier of your own, and see what it adds to the library's.")

  @Option(name: .customShort("n"), help: "Samples for each problem.")
  var count = 16
  @Option(help: "Problems of each of the five levels.")
  var perLevel = 8
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
    let samples = Sample(quick ? 4 : count, maximumTokens: 192)

    // The shortest verifier is a closure that gives a score in [0, 1].
    let boxed = CustomVerifier("boxed") { candidate, _ in candidate.text.contains("\\boxed{") ? 1 : 0 }

    // A verifier of our own type composes as those of the library do.
    let contestants: [(String, any Strategy)] = [
      ("the first sample", samples),
      ("a vote", samples.selected(by: .majority(of: .boxedAnswer))),
      ("boxed: a closure", samples.scored(by: boxed).selected(by: .bestOfN)),
      ("arithmetic: the library's", samples.scored(by: .arithmetic).selected(by: .bestOfN)),
      ("grounded: our own", samples.scored(by: Grounded()).selected(by: .bestOfN)),
      ("grounded, weighted vote", samples.scored(by: Grounded()).selected(by: .weightedVote(of: .boxedAnswer))),
    ]
    var table = TextTable(["chosen by", "right", "of"])
    for (name, strategy) in contestants {
      table.append([name, String(try await solved(strategy, problems, model)), String(problems.count)])
    }
    print("\(table)\n")

    // A verdict may say why.
    let shaky = "245+38=283\n\n283+7*34=521\n\nAnswer: \\boxed{521}"
    let verdict = Grounded().verdict(on: shaky, of: "Mia has 245 stamps. Leo has 38 more. How many has Leo?")
    let steps = shaky.replacingOccurrences(of: "\n\n", with: "  ")
    print("\(steps)\nscores \((verdict.score * 100).rounded() / 100): \(verdict.explanation ?? "")")
  }

  /// Samples are the same however they are scored: the cache answers the prompts, and only the choice differs.
  private func solved(
    _ strategy: some Strategy, _ problems: [Problem], _ model: some LanguageModel
  ) async throws -> Int {
    var right = 0
    for await done in strategy.run(over: problems, on: model, seed: Seed(seed)) {
      if Grading().isCorrect(try done.result.get(), on: done.problem) == true { right += 1 }
    }
    return right
  }
}

/// Arithmetic, and more: every number in an equation must come from the question or from an equation before.
struct Grounded: Verifier {
  let name = "grounded"

  func verify(
    _ candidates: [Candidate], of problem: Problem, in context: RunContext
  ) async -> [Result<Verdict, StrategyFailure>] {
    candidates.map { .success(verdict(on: $0.text, of: problem.question)) }
  }

  func verdict(on text: String, of question: String) -> Verdict {
    var known = Set(numbers(in: question))
    let asked = known
    var used = Set<String>()
    var strangers: [String] = []
    for line in text.split(separator: "\n") where line.contains("=") {
      let sides = line.split(separator: "=")
      let operands = numbers(in: String(sides[0]))
      used.formUnion(operands)
      strangers += operands.filter { !known.contains($0) }
      known.formUnion(numbers(in: String(sides.last ?? "")))
    }
    // Numbers of the question that are never used may be beside the point, so they weigh little.
    let unused = asked.subtracting(used).count
    let arithmetic = ArithmeticVerifier().verdict(on: text).score
    let score = arithmetic * (1 / Double(1 + strangers.count)) * (1 - 0.1 * Double(min(unused, 5)))
    return Verdict(
      score, explanation: strangers.isEmpty ? "every number has a source" : "\(strangers[0]) comes from nowhere")
  }

  private func numbers(in text: String) -> [String] { text.split { !$0.isNumber }.map(String.init) }
}
