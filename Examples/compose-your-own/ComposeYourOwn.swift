import ArgumentParser
import Foundation
import Ponder

/// A strategy of one's own, composed with those of the library.
@main
struct ComposeYourOwn: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ponder-example-compose-your-own",
    abstract: "Write a strategy of your own, and combine it with others under one budget.")

  @Option(help: "Problems of each of the five levels.")
  var perLevel = 12
  @Option(help: "The same seed gives the same outcomes.")
  var seed: UInt64 = 7
  @Flag(help: "A taste: few problems.")
  var quick = false

  func run() async throws {
    let examples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let model = try await LocalModel.load(from: examples.appending(path: "Models/arithmetic-0.16M"))
    let set = try ProblemSet(contentsOf: examples.appending(path: "Problems/test.jsonl"))
    let problems = set.levels.flatMap { level in
      set.items.filter { $0.level == level }.prefix(quick ? 2 : perLevel).map(\.problem)
    }

    // Everything is a strategy, so everything composes; what wraps a strategy is one too.
    let careful = CarefulSteps(tries: 4)
    let composed = Ensemble {
      careful.repeated(4)
      Sample(8, maximumTokens: 192)
    }
    .scored(by: .arithmetic)
    .selected(by: .weightedVote(of: .boxedAnswer))
    .limited(to: .tokens(1200))
    .otherwise(.majority(of: .boxedAnswer))

    var table = TextTable(["strategy", "right", "tokens a problem", "ran out of budget"])
    let contestants: [(String, any Strategy)] = [
      ("one sample", Sample(1, maximumTokens: 192)), ("careful steps", careful),
      ("careful steps and samples, weighted vote", composed),
    ]
    for (name, strategy) in contestants {
      table.append([name] + (try await measure(strategy, named: name, on: problems, with: model)))
    }
    print("\n\(table)")
  }

  /// How many problems a strategy solves, and for how many tokens.
  private func measure(
    _ strategy: some Strategy, named name: String, on problems: [Problem], with model: some LanguageModel
  ) async throws -> [String] {
    var (right, tokens, exhausted) = (0, 0, 0)
    let progress = ProgressBar(name, total: problems.count)
    for await done in strategy.run(over: problems, on: model, seed: Seed(seed)) {
      let outcome = try done.result.get()
      if Grading().isCorrect(outcome, on: done.problem) == true { right += 1 }
      if case .outOfBudget = outcome.stop { exhausted += 1 }
      tokens += outcome.usage.charged.tokens
      progress.advance()
    }
    progress.finish()
    return ["\(right) of \(problems.count)", String(tokens / problems.count), String(exhausted)]
  }
}

/// Writes one step at a time, and writes a step whose equation does not hold again.
struct CarefulSteps: Strategy {
  /// How often a step is tried at most, ≥ 1.
  let tries: Int

  let label = "careful"

  func run(_ problem: Problem, in context: RunContext) async -> Outcome {
    // A stage names this strategy's place in the tree: its seeds and events derive from it.
    let stage = context.stage(label)
    var path = Candidate(id: .init(path: stage.path, number: 0), steps: [], ending: .open)
    for number in 0..<16 where path.ending == .open {
      var kept: Generated?
      for attempt in 0..<tries {
        let request = GenerationRequest(
          stage.prompt(for: problem), continuation: path.continuation, maximumTokens: 48, stops: [.step()],
          seed: stage.seed.derived(number).derived(attempt))
        // The context charges the call and keeps it in the trace. What it cannot give is a reason to stop.
        guard case .success(let step) = await stage.generate(request) else { break }
        kept = step
        if !ArithmeticVerifier.equations(in: step.completion.text).contains(false) { break }
      }
      guard let kept else { break }
      path.steps.append(Step(kept.completion.text))
      path.continuation = kept.completion.continuation
      path.tokens += kept.completion.tokens
      // A step's end is no end of the answer.
      if case .stop = kept.ending {} else { path.ending = kept.ending }
    }
    stage.emit(.candidate(id: path.id, parent: nil, text: path.text, ending: path.ending))
    return Outcome(selected: path.isComplete ? path : nil, candidates: path.steps.isEmpty ? [] : [path])
  }
}
