import Foundation
import PonderGeneration
import PonderStrategies
import PonderTesting
import Synchronization
import Testing

/// A reward model that fails, waits or is counted, candidate by candidate.
struct DisturbedRewardModel: ProcessRewardModel {
  enum Disturbance: Sendable {
    case failure
    case delay(Duration)
  }

  var base: any ProcessRewardModel = SimulatedRewardModel()
  var counter = CallCounter()
  /// By a number of the candidate's text, the same for the same text.
  var disturbance: @Sendable (UInt64) -> Disturbance?

  var name: String { "disturbed" }

  func score(
    _ candidates: [Candidate], of problem: Problem, in context: RunContext
  ) async -> [Result<[Double], StrategyFailure>] {
    var results = await base.score(candidates, of: problem, in: context)
    for (index, candidate) in candidates.enumerated() {
      counter.count()
      switch disturbance(Seed(3).derived(candidate.text).value) {
      case .failure: results[index] = .failure(.verifier(name: name, reason: "lightning"))
      case .delay(let time): try? await Task.sleep(for: time)
      case nil: break
      }
    }
    return results
  }
}

/// Failures, delays, kills and cancellations at every place where a strategy waits.
@Suite struct FaultTests {
  let model = SimulatedReasoner(successByLevel: [0.7])
  let problem = SimulatedProblem(3, steps: 3).problem

  /// Every place in release builds, some of them in debug builds.
  private func places(_ count: Int) -> StrideTo<Int> {
    #if DEBUG
      stride(from: 0, to: count, by: max(count / 8, 1))
    #else
      stride(from: 0, to: count, by: 1)
    #endif
  }

  @Test(arguments: Catalog.allCases)
  func whicheverCallFailsTheRestGoesOn(entry: Catalog) async throws {
    let strategy = AnyStrategy(entry.strategy())
    let recorder = CallRecorder(model)
    let whole = try await strategy.solve(problem, on: recorder, seed: 2)
    for place in places(recorder.requests.count) {
      let victim = recorder.requests[place]
      let shaky = DisturbedModel(model) { $0 == victim ? .failure(.failed("lightning")) : nil }
      let outcome = try await strategy.solve(problem, on: shaky, seed: 2)
      expectSound(outcome)
      #expect(outcome.trace.failures.contains { "\($0)".contains("lightning") })
      // One call of many: something is left, unless it was the only one that all others build on.
      #expect(!outcome.candidates.isEmpty || [.selfRefined, .forcing].contains(entry))
      if outcome.candidates.isEmpty { #expect(outcome.stop == .failed(.model(.failed("lightning")))) }
    }
    #expect(whole.trace.failures.isEmpty || [.limited, .ensemble].contains(entry))
  }

  @Test(arguments: Catalog.allCases)
  func whicheverCallIsLateTheOutcomeIsTheSame(entry: Catalog) async throws {
    let strategy = AnyStrategy(entry.strategy())
    let recorder = CallRecorder(model)
    let whole = try await strategy.solve(problem, on: recorder, seed: 2)
    for place in places(recorder.requests.count) {
      let victim = recorder.requests[place]
      let late = DisturbedModel(model) { $0 == victim ? .delay(.milliseconds(2)) : nil }
      #expect(try await strategy.solve(problem, on: late, seed: 2) == whole)
    }
    let slow = DisturbedRewardModel { .delay(.microseconds(Int($0 % 500))) }
    let verified = try await AnyStrategy(entry.strategy(slow)).solve(problem, on: model, seed: 2)
    #expect(verified.candidates.map(\.text) == whole.candidates.map(\.text))
    #expect(verified.selected?.id == whole.selected?.id)
  }

  @Test(arguments: Catalog.allCases)
  func whenEveryCallFailsTheStopSaysWhy(entry: Catalog) async throws {
    let broken = ClosureModel(name: "broken") { _ in .failure(.failed("down"), afterTokens: 2) }
    let outcome = try await AnyStrategy(entry.strategy()).solve(problem, on: broken, seed: 2)
    expectSound(outcome)
    // An ensemble has a member on another model.
    guard entry != .ensemble else { return }
    #expect(outcome.candidates.isEmpty && outcome.selected == nil)
    guard case .failed = outcome.stop else {
      Issue.record("the stop is \(outcome.stop)")
      return
    }
    #expect(outcome.trace.failures.contains(.model(.failed("down"))))
    #expect(outcome.usage.charged.tokens > 0)
  }

  @Test(arguments: Catalog.allCases.filter(\.asksAVerifier), [2, 4] as [UInt64])
  func aVerifierThatFailsNowAndThenIsInTheTraceAndTheRestGoesOn(entry: Catalog, rarity: UInt64) async throws {
    let shaky = DisturbedRewardModel { $0 % rarity == 0 ? .failure : nil }
    for seed in 0..<4 as Range<UInt64> {
      let outcome = try await AnyStrategy(entry.strategy(shaky)).solve(problem, on: model, seed: Seed(seed))
      expectSound(outcome)
      #expect(!outcome.candidates.isEmpty)
      for failure in outcome.trace.failures where "\(failure)".contains("lightning") {
        #expect(failure == .verifier(name: "disturbed", reason: "lightning"))
      }
    }
  }

  @Test(arguments: Catalog.allCases.filter(\.asksAVerifier))
  func aVerifierThatIsDownLeavesWhatWasPaidFor(entry: Catalog) async throws {
    let down = DisturbedRewardModel { _ in .failure }
    let outcome = try await AnyStrategy(entry.strategy(down)).solve(problem, on: model, seed: 2)
    expectSound(outcome)
    #expect(!outcome.candidates.isEmpty && outcome.usage.charged.tokens > 0)
    #expect(outcome.trace.failures.contains(.verifier(name: "disturbed", reason: "lightning")))
  }

  @Test(arguments: Catalog.allCases.filter(\.asksAVerifier), [Double.nan, .infinity, -0.1, 1.5])
  func aScoreThatIsNoProbabilityIsAnErrorThatNamesTheVerifier(entry: Catalog, score: Double) async throws {
    let outcome = try await AnyStrategy(entry.strategy(CustomRewardModel("broken") { _ in score }))
      .solve(problem, on: model, seed: 2)
    expectSound(outcome)
    let names = outcome.trace.failures.compactMap {
      if case .invalidScore(let verifier, _) = $0 { verifier } else { nil }
    }
    #expect(!names.isEmpty && names.allSatisfy { $0.hasPrefix("broken") })
    #expect(outcome.candidates.allSatisfy { $0.score == nil })
  }

  @Test(arguments: [Catalog.selfRefined, .branching])
  func aCriticThatFailsEndsOrLeavesTheRevision(entry: Catalog) async throws {
    struct Mute: Error {}
    let critic = CustomCritic("mute") { _, _ in throw Mute() }
    let outcome = try await AnyStrategy(entry.strategy(critic: critic)).solve(problem, on: model, seed: 2)
    expectSound(outcome)
    #expect(outcome.trace.failures.contains(.critic(name: "mute", reason: "Mute()")))
    #expect(outcome.selected != nil)
  }

  @Test(arguments: Catalog.allCases)
  func aRunKilledAtAnyEventGoesOnWithoutPayingTwice(entry: Catalog) async throws {
    let counter = CallCounter()
    let counted = DisturbedRewardModel(counter: counter) { _ in nil }
    let strategy = AnyStrategy(entry.strategy(counted))
    let run = strategy.start(problem, on: model, seed: 2)
    let whole = try await run.outcome
    let judged = counter.value
    let events = await run.events.reduce(into: []) { $0.append($1) }
    func calls(_ events: some Sequence<Event>) -> (paid: Int, verdicts: Int) {
      events.reduce(into: (paid: 0, verdicts: 0)) { calls, event in
        guard case .called(let call) = event.kind else { return }
        switch call.answer {
        case .verdicts, .stepScores: calls.verdicts += 1
        case .completion, .failure: calls.paid += 1
        case .scores, .critiques, .elsewhere: break
        }
      }
    }
    for killedAt in Array(places(events.count)) + [events.count] {
      let partial = try Trace(jsonLines: Trace(events.prefix(killedAt)).jsonLines())
      let recorder = CallRecorder(model)
      let before = counter.value
      let resumed = try await strategy.solve(problem, on: recorder, seed: 2, resuming: partial)
      #expect(resumed == whole, "killed at event \(killedAt)")
      if entry != .ensemble { #expect(recorder.requests.count == calls(events).paid - calls(partial.events).paid) }
      if calls(partial.events).verdicts == calls(events).verdicts { #expect(counter.value == before) }
      #expect(counter.value - before <= judged)
    }
  }

  @Test(arguments: Catalog.allCases)
  func aRunCancelledAtAnyEventKeepsWhatWasPaidForAndGoesOn(entry: Catalog) async throws {
    let strategy = AnyStrategy(entry.strategy())
    let whole = try await strategy.solve(problem, on: model, seed: 2)
    for cancelledAt in places(whole.trace.events.count) {
      // Slow enough that there is something to cancel.
      let slow = DisturbedModel(model) { _ in .delay(.microseconds(50)) }
      let run = strategy.start(problem, on: slow, seed: 2)
      var seen = 0
      for await _ in run.events {
        if seen == cancelledAt { run.cancel() }
        seen += 1
      }
      let outcome = try await run.outcome
      expectSound(outcome)
      #expect(outcome == whole || outcome.stop == .cancelled)
      #expect(try await strategy.solve(problem, on: model, seed: 2, resuming: outcome.trace) == whole)
    }
  }
}
