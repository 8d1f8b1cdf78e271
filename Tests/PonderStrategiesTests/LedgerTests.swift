import PonderGeneration
import PonderStrategies
import PonderTesting
import Testing

/// Says as many letters as the seed tells, after a time that the seed tells too.
private func letters(shuffledBy order: UInt64, upTo limit: Int = 40) -> ClosureModel {
  ClosureModel { request in
    let length = 1 + Int(request.seed.derived("length").value % UInt64(limit))
    let delay = Seed(order).derived(Int(request.seed.value & 0xffff)).value % 3000
    try? await Task.sleep(for: .microseconds(Int(delay)))
    return .text(String(repeating: "a", count: length))
  }
}

/// Makes its calls one request at a time, so that they run side by side only where the ledger lets them.
@Suite struct LedgerTests {
  @Test func aGrantIsWhatItWouldBeIfAllRanOneAfterTheOther() async throws {
    // Sequentially: 10 tokens each while they last; the model says 4 each: 4, 8, 12, 16, 20, 24, then 1 is left.
    let model = ClosureModel { _ in "aaaa" }
    let outcome = try await Sample(9, maximumTokens: 10).limited(to: .tokens(25)).solve("q", on: model, seed: 1)
    #expect(outcome.candidates.map(\.text) == Array(repeating: "aaaa", count: 6) + ["a"])
    #expect(outcome.candidates.last?.ending == .budget)
    #expect(outcome.stop == .outOfBudget(.tokens))
    #expect(outcome.usage.charged.tokens == 25)
    #expect(outcome.trace.failures == [.outOfBudget(.tokens), .outOfBudget(.tokens)])
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func outcomesDoNotDependOnTiming(order: UInt64) async throws {
    let strategy = Sample(24, maximumTokens: 40).limited(to: .tokens(200))
    let expected = try await strategy.solve("q", on: letters(shuffledBy: 0), seed: 3)
    let outcome = try await strategy.solve("q", on: letters(shuffledBy: order), seed: 3)
    #expect(outcome == expected)
  }

  @Test(arguments: 0..<50 as Range<UInt64>)
  func budgetsAreNeverExceeded(seed: UInt64) async throws {
    var generator = Seed(seed).generator
    let budget = Budget(
      tokens: Int.random(in: 0...300, using: &generator), samples: Int.random(in: 0...12, using: &generator),
      flops: Double(Int.random(in: 0...600, using: &generator)) * 1e6)
    let inner = Budget.tokens(Int.random(in: 0...300, using: &generator))
    let strategy = Sample(16, maximumTokens: Int.random(in: 1...60, using: &generator))
      .limited(to: inner).limited(to: budget)
    let spent = try await strategy.solve("q", on: letters(shuffledBy: seed), seed: Seed(seed)).usage.charged
    #expect(spent.tokens <= min(budget.tokens ?? 0, inner.tokens ?? 0))
    #expect(spent.samples <= budget.samples ?? 0)
    #expect(spent.flops <= budget.flops ?? 0)
  }

  @Test func aBudgetOfSamplesCountsRequests() async throws {
    let outcome = try await Sample(5).limited(to: .samples(3)).solve("q", on: ClosureModel { _ in "a" }, seed: 1)
    #expect(outcome.candidates.count == 3)
    #expect(outcome.stop == .outOfBudget(.samples))
  }

  @Test func floatingPointOperationsAreTwoPerParameterAndTokenThePromptOnce() async throws {
    let model = ClosureModel(parameterCount: 1000) { _ in "aaaa" }
    let outcome = try await Sample(3).solve("four", on: model, seed: 1)
    #expect(outcome.usage.charged.flops == 2 * 1000 * Double(4 + 3 * 4))
    #expect(outcome.usage.charged.tokens == 12)
    #expect(outcome.usage.policy == Usage(promptTokens: 12, generatedTokens: 12))
  }

  @Test func anEmptyBudgetSpendsNothingAndSaysSo() async throws {
    let outcome = try await Sample(2).limited(to: .tokens(0)).solve("q", on: ClosureModel { _ in "a" }, seed: 1)
    #expect(outcome.candidates.isEmpty)
    #expect(outcome.stop == .outOfBudget(.tokens))
    #expect(outcome.usage.charged == Spending())
  }

  @Test func theWallClockEndsARunAndKeepsWhatItHas() async throws {
    let model = ClosureModel { request in
      if request.prompt.messages[0].content == "slow" { try? await Task.sleep(for: .seconds(60)) }
      return "a"
    }
    let quick = try await Sample(2).limited(to: .wallClock(.seconds(60))).solve("quick", on: model, seed: 1)
    #expect(quick.stop == .finished)
    let strategy = Sample(2).then(Sample(2), on: { _, _ in "slow" }).limited(to: .wallClock(.milliseconds(50)))
    let outcome = try await strategy.solve("quick", on: model, seed: 1)
    #expect(outcome.stop == .outOfBudget(.wallClock))
    // On a machine that is busy even the quick ones may come too late.
    #expect(outcome.candidates.allSatisfy { $0.text == "a" || $0.ending == .cancelled })
    #expect(outcome.candidates.count(where: \.isComplete) <= 2)
  }

  @Test func aBudgetOfFlopsNeedsAModelThatCountsItsParameters() async {
    let model = ClosureModel(parameterCount: 0) { _ in "a" }
    await #expect(throws: StrategyError.self) {
      try await Sample(2).limited(to: .flops(1e9)).solve("q", on: model, seed: 1)
    }
  }
}
