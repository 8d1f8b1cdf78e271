import Foundation
import PonderAnswers
import PonderGeneration
import PonderStrategies
import PonderTesting
import Testing

/// What all strategies share, on one expression in which a beam search stands inside an ensemble under a budget, refined by
/// a critic, with a scoring model as verifier.
@Suite(.endsAtAll) struct NestedTests {
  /// All requests to models of an undisturbed run, in an order of their own.
  private func requests() async throws -> ([GenerationRequest], [ScoringRequest]) {
    let (policy, head) = (CallRecorder(Nested.model), ScoringCallRecorder(Nested.head))
    _ = try await Nested.solve(on: policy, head: head)
    return (
      policy.requests.sorted { ($0.seed.value, $0.maximumTokens) < ($1.seed.value, $1.maximumTokens) },
      head.requests.sorted { "\($0)" < "\($1)" }
    )
  }

  @Test func aTraceShowsTheNesting() async throws {
    let outcome = try await Nested.solve()
    #expect(
      outcome.trace.violations(
        of: .invariants,
        .stages(
          "ensemble/0/beam", "ensemble/0/beam.limited", "ensemble/1/sample", "ensemble.scored",
          "ensemble.scored.selected", "ensemble.scored.selected.limited",
          "ensemble.scored.selected.limited.refined/round-0"),
        .calls(3, in: "ensemble/1/sample")) == [])
    // The picture has a band for each stage that makes candidates, and hangs revisions on what they revise.
    let picture = SearchPicture(outcome.trace)
    let stages = Set(picture.nodes.map(\.id.path.description))
    #expect(stages.isSuperset(of: ["ensemble/0/beam", "ensemble/1/sample"]))
    let revision = try #require(picture.nodes.first { $0.id.path.description.hasSuffix("round-0") })
    #expect(revision.parent.map { $0.path.description.hasPrefix("ensemble/") } == true)
    for stage in stages { #expect(picture.svg.contains(">\(stage)</text>") && picture.text.contains("\(stage)\n")) }
    #expect(picture.nodes.count(where: \.isSelected) == 1)
  }

  @Test func aFailureOfAnyCallOfAModelIsRecordedAndLosesNothing() async throws {
    let lightning = GenerationError.failed("lightning")
    let (policy, head) = try await requests()
    #expect(policy.count > 15 && head.count > 5)
    for request in policy {
      let outcome = try await Nested.solve(
        on: DisturbedModel(Nested.model) { $0 == request ? .failure(lightning) : nil })
      try expectSound(outcome, failure: .model(lightning))
    }
    for request in head {
      let outcome = try await Nested.solve(
        head: DisturbedScoringModel(Nested.head) { $0 == request ? .failure(lightning) : nil })
      try expectSound(outcome, failure: .model(lightning))
    }
  }

  private func expectSound(_ outcome: Outcome, failure: StrategyFailure) throws {
    #expect(outcome.trace.failures.contains(failure))
    #expect(outcome.trace.violations(of: .invariants) == [])
    #expect(outcome.stop == .finished || outcome.stop == .failed(failure))
    #expect(outcome.candidates.count >= 4)
    #expect(outcome.candidates.contains(try #require(outcome.selected)))
  }

  @Test func aDelayOfAnyCallOfAModelChangesNothing() async throws {
    let expected = try await Nested.solve()
    let (policy, head) = try await requests()
    for request in policy {
      let late = DisturbedModel(Nested.model) { $0 == request ? .delay(.milliseconds(2)) : nil }
      #expect(try await Nested.solve(on: late) == expected)
    }
    for request in head {
      let late = DisturbedScoringModel(Nested.head) { $0 == request ? .delay(.milliseconds(2)) : nil }
      #expect(try await Nested.solve(head: late) == expected)
    }
  }

  @Test func cancellingAtAnyCallEndsTheRunAndKeepsWhatWasPaidFor() async throws {
    for request in try await requests().0 {
      let handle = CancellingModel.Handle()
      let model = CancellingModel(model: Nested.model, handle: handle) { $0 == request }
      let run = Nested.strategy().start(Nested.problem, on: model, seed: 2)
      await handle.set(run)
      let outcome = try await run.outcome
      #expect(outcome.stop == .cancelled)
      #expect(outcome.trace.violations(of: .invariants) == [])
      // Everything that was generated stands in the outcome or on a path to it.
      #expect(outcome.usage.charged.tokens == outcome.usage.policy.generatedTokens)
      #expect(!outcome.candidates.isEmpty)
      // What was kept is paid for: going on asks only for the rest.
      let recorder = CallRecorder(Nested.model)
      let resumed = try await Nested.solve(on: recorder, resuming: outcome.trace)
      let whole = try await Nested.solve()
      #expect(resumed == whole)
      #expect(recorder.requests.count == whole.trace.completions - outcome.trace.completions)
    }
  }

  @Test func aVerifierOrCriticThatFailsIsRecordedAndLosesNothing() async throws {
    struct Outage: Error {}
    let down = CustomVerifier("down") { _, _ in throw Outage() }
    let mute = CustomCritic("mute") { _, _ in throw Outage() }
    let samples = Sample(3, maximumTokens: 100)
    let unscored = try await samples.scored(by: down).selected(by: .bestOfN).solve(
      Nested.problem, on: Nested.model, seed: 2)
    #expect(unscored.stop == .failed(.verifier(name: "down", reason: "Outage()")))
    #expect(unscored.candidates.count == 3 && unscored.selected == nil)
    let unread = try await samples.refined(by: mute, acceptedBy: Nested.rewardModel.reduced(.last)).solve(
      Nested.problem, on: Nested.model, seed: 2)
    #expect(unread.stop == .failed(.critic(name: "mute", reason: "Outage()")))
    #expect(unread.selected?.id.number == 0 && unread.candidates.count == 3)
    for outcome in [unscored, unread] { #expect(outcome.trace.violations(of: .invariants) == []) }
  }

  @Test func killedAtAnyEventItGoesOnWithoutPayingModelsVerifiersOrCriticsTwice() async throws {
    let run = Nested.strategy().start(Nested.problem, on: Nested.model, seed: 2)
    let whole = try await run.outcome
    let events = await run.events.reduce(into: []) { $0.append($1) }
    func readings(_ events: some Sequence<Event>) -> Int {
      events.count { if case .called(let call) = $0.kind, case .scores = call.answer { true } else { false } }
    }
    for killedAt in 0...events.count {
      let partial = try Trace(jsonLines: Trace(events.prefix(killedAt)).jsonLines())
      let (policy, head) = (CallRecorder(Nested.model), ScoringCallRecorder(Nested.head))
      let resumed = try await Nested.solve(on: policy, head: head, resuming: partial)
      #expect(resumed == whole)
      #expect(policy.requests.count == whole.trace.completions - partial.completions)
      #expect(head.requests.count == readings(events) - readings(partial.events))
    }
  }

  @Test func aWholeTraceIsReplayedWithoutACall() async throws {
    let whole = try await Nested.solve()
    let down = DisturbedModel(Nested.model) { _ in .failure(.failed("not to be asked")) }
    let deaf = DisturbedScoringModel(Nested.head) { _ in .failure(.failed("not to be asked")) }
    #expect(try await Nested.solve(on: down, head: deaf, resuming: whole.trace) == whole)
  }

  @Test func tokensOfVerifiersAreBoundToTheirBudget() async throws {
    let solver = Sample(6, maximumTokens: 100).scored(by: HeadVerifier(model: Nested.head)).selected(by: .bestOfN)
    let free = try await solver.solve(Nested.problem, on: Nested.model, seed: 2)
    for limit in stride(from: 0, through: free.usage.charged.verifierTokens + 100, by: 60) {
      let outcome = try await solver.limited(to: .verifierTokens(limit)).solve(
        Nested.problem, on: Nested.model, seed: 2)
      #expect(outcome.usage.charged.verifierTokens <= limit)
      #expect(outcome.trace.violations(of: .invariants) == [])
      // Scores that were paid for are kept, in the order of the samples.
      let scored = outcome.candidates.map { $0.score != nil }
      #expect(scored == scored.sorted { $0 && !$1 })
      #expect(outcome.stop == (scored.contains(false) ? .outOfBudget(.verifierTokens) : .finished))
    }
  }
}

/// Compositions made at random.
@Suite struct RandomCompositionTests {
  /// A composition of up to three storeys.
  static func composition(_ generator: inout Philox4x32, depth: Int = 3) -> AnyStrategy {
    let verifier = SimulatedRewardModel().reduced(.min)
    let critic = CustomCritic("critic") { candidate, _ in
      Critique("Look again.", isApproval: candidate.text.isEmpty)
    }
    func below() -> AnyStrategy { composition(&generator, depth: depth - 1) }
    func tokens() -> Budget { .tokens(Int.random(in: 0...600, using: &generator)) }
    guard depth > 0 else {
      let entry = Catalog.allCases[Int.random(in: Catalog.allCases.indices, using: &generator)]
      return AnyStrategy(entry.strategy(n: [1, 2, 4][Int.random(in: 0..<3, using: &generator)]))
    }
    switch Int.random(in: 0..<9, using: &generator) {
    case 0: return AnyStrategy(Ensemble([below(), below()]))
    case 1: return AnyStrategy(below().limited(to: tokens()))
    case 2: return AnyStrategy(below().scored(by: verifier).selected(by: .weightedVote(of: .boxedAnswer)))
    case 3:
      return AnyStrategy(
        below().refined(by: critic, acceptedBy: verifier, rounds: 2, maximumTokens: 120))
    case 4: return AnyStrategy(below().then(below()))
    case 5: return AnyStrategy(below().repeated(2))
    case 6: return AnyStrategy(below().selected(by: .bestOfN).otherwise(below()))
    case 7: return AnyStrategy(below().limited(to: Budget(samples: Int.random(in: 0...30, using: &generator))))
    default: return AnyStrategy(below().mapProblem { Problem($0.question, id: $0.id + "+") }.limited(to: tokens()))
    }
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func anyCompositionKeepsItsBudgetsAndDoesNotDependOnTiming(seed: UInt64) async throws {
    var generator = Seed(seed).derived("composition").generator
    let strategy = Self.composition(&generator).limited(to: .tokens(Int.random(in: 0...3000, using: &generator)))
    let problem = SimulatedProblem(Int(seed), steps: 3).problem
    let model = SimulatedReasoner(successByLevel: [0.7])
    let outcome = try await strategy.solve(problem, on: model, seed: Seed(seed))
    #expect(outcome.trace.violations(of: .invariants) == [])
    #expect(outcome.usage.charged.tokens == outcome.usage.policy.generatedTokens)
    #expect(Set(outcome.candidates.map(\.id)).count == outcome.candidates.count)
    if let selected = outcome.selected { #expect(outcome.candidates.contains { $0.id == selected.id }) }

    let late = DisturbedModel(model) { .delay(.microseconds(Int(Seed($0.seed.value).derived(3).value % 600))) }
    #expect(try await strategy.solve(problem, on: late, seed: Seed(seed)) == outcome)
    // Killed halfway.
    let half = Trace(outcome.trace.events.prefix(outcome.trace.events.count / 2))
    #expect(try await strategy.solve(problem, on: model, seed: Seed(seed), resuming: half) == outcome)
  }
}

extension Trace {
  /// Completions in the journal that were not broken off.
  fileprivate var completions: Int {
    events.count { if case .called(let call) = $0.kind, case .completion = call.answer { true } else { false } }
  }
}
