import PonderGeneration
import PonderStrategies
import PonderTesting
import Testing

/// What holds for every strategy, whatever the seed, the budget and the order in which answers come.
@Suite struct InvariantTests {
  #if DEBUG
    static let seeds = 0..<8 as Range<UInt64>
  #else
    static let seeds = 0..<40 as Range<UInt64>
  #endif

  let model = SimulatedReasoner(successByLevel: [0.7])

  private func problem(_ seed: UInt64) -> Problem { SimulatedProblem(Int(seed), steps: 1 + Int(seed % 4)).problem }

  @Test(arguments: Catalog.allCases)
  func chargesAreWhatWasGeneratedAndTheChoiceIsACandidate(entry: Catalog) async throws {
    for seed in Self.seeds {
      let recorder = CallRecorder(model)
      let outcome = try await AnyStrategy(entry.strategy()).solve(problem(seed), on: recorder, seed: Seed(seed))
      expectSound(outcome)
      #expect(outcome.selected != nil || entry == .branchingSteps || entry == .uct || entry == .puct)
      // Two have limits of their own.
      if entry != .limited, entry != .ensemble { #expect([.finished, .settledEarly].contains(outcome.stop)) }
      if entry != .ensemble { #expect(outcome.usage.charged.samples == recorder.requests.count) }
    }
  }

  @Test(arguments: Catalog.allCases)
  func noBudgetIsExceededAndWhatWasPaidForIsKept(entry: Catalog) async throws {
    for seed in Self.seeds {
      var generator = Seed(seed).derived("budget").generator
      let strategy = AnyStrategy(entry.strategy())
      let whole = try await strategy.solve(problem(seed), on: model, seed: Seed(seed)).usage.charged
      let budget = Budget(
        tokens: Int.random(in: 0...whole.tokens, using: &generator),
        samples: Int.random(in: 0...whole.samples, using: &generator),
        flops: Double.random(in: 0...(2 * whole.flops), using: &generator))
      let outcome = try await strategy.limited(to: budget).solve(problem(seed), on: model, seed: Seed(seed))
      expectSound(outcome)
      #expect(outcome.trace.violations(of: .invariants) == [])
      // Greedy rollouts of a lookahead may meet.
      if entry != .lookahead { #expect(outcome.trace.violations(of: .nothingPaidTwice) == []) }
      let spent = outcome.usage.charged
      #expect(spent.tokens <= budget.tokens ?? 0 && spent.samples <= budget.samples ?? 0)
      #expect(spent.flops <= budget.flops ?? 0)
      if spent.tokens > 0 { #expect(!outcome.candidates.isEmpty) }
      if spent.tokens < whole.tokens, entry != .limited {
        #expect(outcome.stop != .finished, "it ran out and does not say so")
      }
      // Decided in the order of the tree and not of time.
      let late = DisturbedModel(model) { .delay(.microseconds(Int(Seed(seed).derived("\($0.seed)").value % 300))) }
      #expect(try await strategy.limited(to: budget).solve(problem(seed), on: late, seed: Seed(seed)) == outcome)
    }
  }

  @Test(arguments: Catalog.allCases)
  func theSameSeedGivesTheSameOutcomeUnderAnyConcurrency(entry: Catalog) async throws {
    let strategy = AnyStrategy(entry.strategy())
    let problems = Self.seeds.map(problem)
    var alone: [Outcome] = []
    for problem in problems { alone.append(try await strategy.solve(problem, on: model, seed: 5)) }
    for concurrency in [1, 3, 64] {
      let late = DisturbedModel(model) {
        .delay(.microseconds(Int(Seed(UInt64(concurrency)).derived("\($0.seed)").value % 300)))
      }
      for await done in strategy.run(over: problems, on: late, seed: 5, concurrency: concurrency) {
        #expect(try done.result.get() == alone[done.index])
      }
    }
    #expect(Set(alone.map { $0.candidates.map(\.text) }).count > 1)
  }

  @Test(arguments: Catalog.allCases)
  func anotherSeedGivesOtherRandomNumbers(entry: Catalog) async throws {
    let strategy = AnyStrategy(entry.strategy())
    let hard = SimulatedReasoner(successByLevel: [0.4])
    var texts: Set<[String]> = []
    for seed in 0..<6 as Range<UInt64> {
      let outcome = try await strategy.solve(SimulatedProblem(1, steps: 4).problem, on: hard, seed: Seed(seed))
      texts.insert(outcome.candidates.map(\.text))
    }
    #expect(texts.count > 1)
  }
}
