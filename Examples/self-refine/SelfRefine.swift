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
    let model = try await LocalModel.load(from: examples.appending(path: "Models/arithmetic-0.8M"))
    let set = try ProblemSet(contentsOf: examples.appending(path: "Problems/test.jsonl"))
    let problems = set.levels.flatMap { level in
      set.items.filter { $0.level == level }.prefix(quick ? 2 : perLevel).map(\.problem)
    }

    // A critic of our own, which recomputes equations. `ModelCritic()` would ask a model; ours is too small for that.
    let critic = CustomCritic("recompute") { candidate, _ in
      let wrong = candidate.steps.firstIndex { ArithmeticVerifier.equations(in: $0.text).contains(false) }
      guard let wrong else { return Critique("Every equation holds.", isApproval: true) }
      return Critique("Step \(wrong + 1) is wrong.")
    }
    let refine = Sample(1, maximumTokens: 192)
      .refined(by: critic, acceptedBy: .arithmetic, rounds: quick ? 1 : rounds, maximumTokens: 192)

    let grading = Grading()
    var (drafts, finals, accepted): ([Bool], [Bool], [Bool]) = ([], [], [])
    var example: Outcome?
    let progress = ProgressBar("refining", total: problems.count)
    for await done in refine.run(over: problems, on: Mender(model: model), seed: Seed(seed)) {
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

/// Lets a model that has only learnt to answer questions take part in a revision.
///
/// A strategy asks for a revision as in a conversation: problem, attempt, feedback. This model is shown the steps before the
/// mistake as its own beginning instead, and goes on from there. A model that has learnt to converse needs no such adapter.
struct Mender: LanguageModel {
  let model: LocalModel

  var description: ModelDescription { model.description }

  func encode(_ prompt: Prompt) throws(GenerationError) -> [Token] { try model.encode(prompt) }

  func generate(_ requests: [GenerationRequest]) -> GenerationStream {
    let kept = requests.map { Self.stepsToKeep(in: $0.prompt) }
    let asked = zip(requests, kept).map { request, kept in
      var asked = request
      asked.prompt.messages = [request.prompt.messages[0]] + (kept.isEmpty ? [] : [.assistant(kept)])
      return asked
    }
    return GenerationStream.running(requestCount: requests.count) { producer in
      for await event in model.generate(asked) {
        guard case .finished(let index, var completion) = event else {
          producer.yield(event)
          continue
        }
        completion.text = kept[index] + completion.text
        producer.yield(.finished(index: index, completion))
      }
    }
  }

  /// The last attempt up to the step that the feedback names.
  private static func stepsToKeep(in prompt: Prompt) -> String {
    guard let attempt = prompt.messages.last(where: { $0.role == .assistant }),
      let wrong = prompt.messages.last?.content.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { return "" }
    return Step.split(attempt.content).prefix(wrong - 1).map(\.text).joined()
  }
}
