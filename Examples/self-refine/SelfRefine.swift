import ArgumentParser
import Foundation
import Ponder

/// Draft, feedback, revision: a critic says what is wrong, and a verifier decides whether the revision is better.
@main
struct SelfRefineExample: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ponder-example-self-refine",
    abstract: "Have a critic find mistakes, the model revise, and a verifier accept only what is better.")

  @Option(help: "Problems of each of the five levels.")
  var perLevel = 12
  @Option(help: "Revisions at most.")
  var rounds = 3
  @Option(help: "The same seed gives the same drafts and revisions.")
  var seed: UInt64 = 7
  @Flag(help: "A taste: few problems, one revision.")
  var quick = false

  func run() async throws {
    let examples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let model = try await LocalModel.load(from: examples.appending(path: "Models/arithmetic-reviser-0.16M"))
    let set = try ProblemSet(contentsOf: examples.appending(path: "Problems/test.jsonl"))
    let problems = set.levels.flatMap { level in
      set.items.filter { $0.level == level }.prefix(quick ? 2 : perLevel).map(\.problem)
    }

    // A critic of our own, which recomputes equations. `ModelCritic()` would ask a model, in words; ours has learnt to revise
    // without any, from its last attempt alone.
    let critic = CustomCritic("recompute") { candidate, _ in
      let isWrong = candidate.steps.contains { ArithmeticVerifier.equations(in: $0.text).contains(false) }
      return Critique("", isApproval: !isWrong)
    }
    let refine = Sample(1, maximumTokens: 192)
      .refined(
        by: critic, acceptedBy: .arithmetic, rounds: quick ? 1 : rounds, format: RevisionFormat(history: 1),
        maximumTokens: 192)

    let grading = Grading()
    var (drafts, finals, accepted): ([Bool], [Bool], [Bool]) = ([], [], [])
    var example: Outcome?
    let progress = ProgressBar("refining", total: problems.count)
    for await done in refine.run(over: problems, on: model, seed: Seed(seed)) {
      let outcome = try done.result.get()
      let reference = done.problem.reference ?? ""
      drafts.append(grading.isCorrect(outcome.candidates.first?.text ?? "", reference: reference))
      finals.append(grading.isCorrect(outcome.selected?.text ?? "", reference: reference))
      // The trace says what became of each revision.
      let verdicts = outcome.trace.events.compactMap { event in
        if case .revised(_, _, let isAccepted) = event.kind { isAccepted } else { nil }
      }
      accepted += verdicts
      if example == nil, verdicts.contains(true), finals.last == true { example = outcome }
      progress.advance()
    }
    progress.finish()

    if let example { print("\n" + story(of: example)) }
    var table = TextTable(["", "right"])
    table.append(["drafts", "\(drafts.count { $0 }) of \(drafts.count)"])
    table.append(["after refinement", "\(finals.count { $0 }) of \(finals.count)"])
    table.append(["revisions accepted", "\(accepted.count { $0 }) of \(accepted.count)"])
    print(
      """

      \(table)

      A revision that the verifier does not prefer is thrown away, so refinement cannot make things worse by its lights.
      """)
  }

  /// Draft and revisions of one problem, each equation recomputed.
  private func story(of outcome: Outcome) -> String {
    outcome.candidates.enumerated().map { index, candidate in
      let title = index == 0 ? "the draft" : "revision \(index)"
      let lines = candidate.steps.map { step in
        let isWrong = ArithmeticVerifier.equations(in: step.text).contains(false)
        return "  \(isWrong ? "✗" : " ") \(step.text.filter { !$0.isNewline })"
      }
      return ([title + (candidate.id == outcome.selected?.id ? ", chosen" : "")] + lines).joined(separator: "\n")
    }.joined(separator: "\n\n")
  }
}
