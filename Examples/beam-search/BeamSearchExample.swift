import ArgumentParser
import Foundation
import Ponder

/// Searching over reasoning steps: a reward model looks at every step, and only the best paths go on.
@main
struct BeamSearchExample: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ponder-example-beam-search",
    abstract: "Search for a solution step by step, and draw the tree of what was tried.")

  @Option(name: .customShort("n"), help: "Beams: paths that are kept at a time.")
  var width = 8
  @Option(help: "Children of each path that goes on; the beams are a multiple of it.")
  var branching = 4
  @Option(help: "Which problem of the test set to solve, from 0 on.")
  var problem = 3
  @Option(help: "The same seed gives the same tree.")
  var seed: UInt64 = 7
  @Option(help: "Where to draw the tree as an image.")
  var svg = FileManager.default.temporaryDirectory.appending(path: "beam-search.svg").path
  @Flag(help: "A taste: a narrow search.")
  var quick = false

  func run() async throws {
    let examples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let model = try await LocalModel.load(from: examples.appending(path: "Models/arithmetic-0.16M"))
    let problems = try ProblemSet(contentsOf: examples.appending(path: "Problems/test.jsonl")).problems
    guard problems.indices.contains(problem) else {
      throw ValidationError("there are problems 0 to \(problems.count - 1)")
    }
    let task = problems[problem]

    // The reward model reads each step as soon as it is written, and says how likely all is right so far.
    let rewardModel = try LearnedProcessRewardModel(
      try await LocalModel.load(from: examples.appending(path: "Models/arithmetic-prm-1.2M")))
    let search = BeamSearch(quick ? 4 : width, branching: branching, guidedBy: rewardModel, maximumSteps: 14)
      .selected(by: .bestOfN)

    // Events tell of everything while it happens; here we only count the steps.
    let run = search.start(task, on: model, seed: Seed(seed))
    var steps = 0
    for await event in run.events {
      if case .step = event.kind { steps += 1 }
    }
    let outcome = try await run.outcome

    // The trace holds the same events; a picture is made of them.
    let picture = SearchPicture(outcome.trace)
    print("\(task.question)\n\n\(picture.text)")
    let answer = outcome.selected.flatMap { AnswerConvention.boxedAnswer.read($0.text)?.answer.text }
    print(
      """
      ★ the chosen path    ✂ given up    \(steps) steps, \(outcome.usage.charged.tokens) tokens
      answer \(answer ?? "none"), right would be \(task.reference ?? "unknown")
      """)
    try picture.svg.write(toFile: svg, atomically: true, encoding: .utf8)
    print("the same tree as an image: \(svg)")

    // What plain sampling makes of as many tokens.
    let samples = try await Sample(64, maximumTokens: 256).scored(by: rewardModel.reduced(.last)).selected(by: .bestOfN)
      .limited(to: .tokens(outcome.usage.charged.tokens)).solve(task, on: model, seed: Seed(seed))
    let other = samples.selected.flatMap { AnswerConvention.boxedAnswer.read($0.text)?.answer.text }
    print("for as many tokens, the best of \(samples.candidates.count) whole answers: \(other ?? "none")")
  }
}
