import Ponder
import PonderTesting
import Testing

/// What the app ships.
let solver = Sample(3)
  .scored(by: .arithmetic)
  .selected(by: .weightedVote(of: .boxedAnswer))
  .limited(to: .tokens(4096))

@Test func theVerifierOverrulesTheMajority() async throws {
  let model = ScriptedModel([
    "2+2=5\n\nAnswer: \\boxed{5}", "2+2=4\n\nAnswer: \\boxed{4}", "2+2=5\n\nAnswer: \\boxed{5}",
  ])

  let outcome = try await solver.solve("What is 2+2?", on: model, seed: 7)

  #expect(outcome.selected?.text.contains("\\boxed{4}") == true)
  #expect(outcome.stop == .finished)
  #expect(outcome.trace.violations(of: .invariants, .calls(3, in: "sample")) == [])
}
