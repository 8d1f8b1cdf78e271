import Foundation
import PonderAnswers
import PonderGeneration
import PonderStrategies
import PonderTesting
import Testing

@Suite struct ComputeOptimalTableTests {
  typealias Measurement = ComputeOptimalTable.Measurement

  /// Ten problems p0 … p9 with mean scores 0.0 … 0.9; "search" is right on those below 0.5, "sample" on the others.
  private var measurements: [Measurement] {
    (0..<10).flatMap { number in
      let score = Double(number) / 10
      return [100, 200].flatMap { budget in
        [("sample", number >= 5), ("search", number < 5)].map { name, isRight in
          Measurement(
            problem: "p\(number)", meanScore: score, budget: budget, strategy: name, accuracy: isRight ? 1 : 0)
        }
      }
    }
  }

  @Test func eachBinGetsTheStrategyThatDidBestThere() throws {
    let fit = try ComputeOptimalTable.fit(measurements, bins: 5)
    #expect(fit.table.bounds == [0.2, 0.4, 0.6, 0.8])
    // Bin 0 is the easiest: scores from 0.8. The middle bin, 0.4 and 0.5, is a tie: the first strategy.
    #expect(fit.table.choices.map { $0[0] } == ["sample", "sample", "sample", "search", "search"])
    #expect(fit.table.budgets == [100, 200])
  }

  @Test func aChoiceIsMeasuredOnTheHalfThatItWasNotMadeOn() throws {
    let fit = try ComputeOptimalTable.fit(measurements, bins: 5)
    for validation in fit.validation {
      // Eight problems in pure bins are right; the two of the middle bin are each other's wrong advice.
      #expect(abs(validation.computeOptimal - 0.8) < 1e-12)
      #expect(validation.single.map(\.strategy) == ["sample", "search"])
      #expect(validation.single.allSatisfy { abs($0.accuracy - 0.5) < 1e-12 })
    }
  }

  @Test func whatIsBestByChanceAloneIsWorthNothingOnTheOtherHalf() throws {
    // Each problem has a strategy of its own luck: on the whole all are equal, so cross-validation must not gain.
    var generator = Seed(3).generator
    let names = ["a", "b", "c", "d"]
    let noise = (0..<400).flatMap { number in
      let score = Double.random(in: 0...1, using: &generator)
      return names.map {
        Measurement(
          problem: "p\(number)", meanScore: score, budget: 1, strategy: $0,
          accuracy: Bool.random(using: &generator) ? 1 : 0)
      }
    }
    let fit = try ComputeOptimalTable.fit(noise, bins: 5)
    // Four standard errors of a fraction of 400.
    #expect(abs(fit.validation[0].computeOptimal - 0.5) < 4 * (0.25 / 400).squareRoot())
  }

  @Test func theColumnIsThatOfTheLargestBudgetThatIsCovered() throws {
    let table = try ComputeOptimalTable(
      bounds: [0.5], budgets: [10, 100], choices: [["easy-10", "easy-100"], ["hard-10", "hard-100"]])
    #expect(table.choice(forMeanScore: 0.5, budget: 99) == "easy-10")
    #expect(table.choice(forMeanScore: 0.49, budget: 100) == "hard-100")
    #expect(table.choice(forMeanScore: 1, budget: 5) == "easy-10")
    #expect(table.names == ["easy-10", "easy-100", "hard-10", "hard-100"])
    #expect(ComputeOptimalTable.always("x").choice(forMeanScore: 0, budget: 0) == "x")
  }

  @Test func aTableSurvivesItsFileAndABrokenOneIsRefused() throws {
    let table = try ComputeOptimalTable.fit(measurements).table
    let data = try JSONEncoder().encode(table)
    #expect(try JSONDecoder().decode(ComputeOptimalTable.self, from: data) == table)
    let broken = Data(#"{"bounds": [0.5], "budgets": [1], "choices": [["a"]]}"#.utf8)
    #expect(throws: (any Error).self) { try JSONDecoder().decode(ComputeOptimalTable.self, from: broken) }
  }

  @Test func impossibleTablesAndMeasurementsAreRefused() {
    for (bounds, budgets, choices) in [
      ([0.5, 0.4], [1], [["a"], ["a"], ["a"]]), ([.nan], [1], [["a"], ["a"]]), ([], [], [[]]), ([], [0], [["a"]]),
      ([], [2, 2], [["a", "a"]]), ([0.5], [1], [["a"]]), ([], [1, 2], [["a"]]),
    ] as [([Double], [Int], [[String]])] {
      #expect(throws: StrategyError.self) {
        try ComputeOptimalTable(bounds: bounds, budgets: budgets, choices: choices)
      }
    }
    #expect(throws: StrategyError.self) { try ComputeOptimalTable.fit([]) }
    #expect(throws: StrategyError.self) { try ComputeOptimalTable.fit(measurements, bins: 0) }
    #expect(
      throws: StrategyError.invalidConfiguration("compute-optimal table: search was not measured on p9 at 200 tokens")
    ) {
      try ComputeOptimalTable.fit(measurements.dropLast())
    }
    var twice = measurements
    twice[1].meanScore = 0.7
    #expect(throws: StrategyError.invalidConfiguration("compute-optimal table: p0 has two mean scores")) {
      try ComputeOptimalTable.fit(twice)
    }
    twice[1].meanScore = .nan
    #expect(throws: StrategyError.self) { try ComputeOptimalTable.fit(twice) }
  }
}

@Suite struct ComputeOptimalTests {
  /// An answer ending in "!" is thought good.
  let verifier = CustomVerifier("sure") { candidate, _ in candidate.text.hasSuffix("!") ? 0.75 : 0.25 }
  let registry: StrategyRegistry = ["sample": Sample(2), "chain": RevisionChains(length: 3)]

  private func strategy(tokens: Int = 1000) throws -> ComputeOptimal {
    let table = try ComputeOptimalTable(bounds: [0.5], budgets: [1], choices: [["sample"], ["chain"]])
    return ComputeOptimal(tokens: tokens, pilot: Sample(2), scoredBy: verifier, table: table, choosing: registry)
  }

  @Test func thePilotsMeanScoreDecidesWhatIsDone() async throws {
    let easy = ScriptedModel(["a!", "b", "c", "d"])
    let outcome = try await strategy().solve("q", on: easy, seed: 1)
    // (0.75 + 0.25) / 2 is not below 0.5: easy, two more samples. The first of the best is the pilot's.
    #expect(outcome.candidates.map(\.text) == ["a!", "b", "c", "d"] && outcome.selected?.text == "a!")
    #expect(easy.requests.allSatisfy { $0.prompt.messages.count == 1 })

    let hard = ScriptedModel(["a", "b", "c", "d!", "e"])
    let second = try await strategy().solve("q", on: hard, seed: 1)
    #expect(second.selected?.text == "d!" && second.candidates.count == 5)
    #expect(hard.requests[4].prompt.messages.map(\.content)[1] == "c")
    #expect(second.candidates.allSatisfy { $0.score != nil })
    #expect(Set(second.candidates.map(\.id)).count == 5)
  }

  @Test func thePilotIsChargedAndItsSamplesAreNotDrawnAgain() async throws {
    let recorder = CallRecorder(ClosureModel { request in .text("\(request.seed.value % 1000)") })
    let outcome = try await strategy().solve("q", on: recorder, seed: 1)
    #expect(outcome.usage.charged.samples == 5 && recorder.requests.count == 5)
    #expect(outcome.usage.charged.tokens == outcome.candidates.reduce(0) { $0 + $1.tokens.count })
    #expect(Set(recorder.requests.map(\.seed)).count == 5)
  }

  @Test func theStrategyGetsWhatThePilotLeft() async throws {
    let model = ClosureModel { _ in "aaaaaaaaaa" }
    let outcome = try await strategy(tokens: 35).solve("q", on: model, seed: 1)
    #expect(outcome.candidates.map(\.tokens.count) == [10, 10, 10, 5])
    #expect(outcome.stop == .outOfBudget(.tokens) && outcome.usage.charged.tokens == 35)
    let tiny = try await strategy(tokens: 15).solve("q", on: model, seed: 1)
    #expect(tiny.candidates.map(\.tokens.count) == [10, 5] && tiny.stop == .outOfBudget(.tokens))
    #expect(tiny.selected?.tokens.count == 10)
  }

  @Test func withoutAScoreThePilotsAnswersAreKept() async throws {
    struct Outage: Error {}
    let down = CustomVerifier("down") { _, _ in throw Outage() }
    let strategy = ComputeOptimal(
      tokens: 100, pilot: Sample(2), scoredBy: down, table: .always("sample"), choosing: registry,
      selectedBy: .majority(of: .boxedAnswer))
    let outcome = try await strategy.solve("q", on: ClosureModel { _ in "\\boxed{1}" }, seed: 1)
    #expect(outcome.stop == .failed(.verifier(name: "down", reason: "Outage()")))
    #expect(outcome.candidates.count == 2 && outcome.selected?.text == "\\boxed{1}")
  }

  @Test func aNameThatStandsForNothingIsRefusedBeforeAnythingIsSpent() async {
    let recorder = CallRecorder(ClosureModel { _ in "a" })
    let unknown = ComputeOptimal(tokens: 9, scoredBy: verifier, table: .always("beam"), choosing: registry)
    let message = "ComputeOptimal: the table names beam, the registry has [\"sample\", \"chain\"]"
    await #expect(throws: StrategyError.invalidConfiguration(message)) {
      try await unknown.solve("q", on: recorder, seed: 1)
    }
    let twice = StrategyRegistry([("sample", Sample(2)), ("sample", Sample(3))])
    await #expect(throws: StrategyError.invalidConfiguration("registry: two strategies are called sample")) {
      try await ComputeOptimal(tokens: 9, scoredBy: verifier, table: .always("sample"), choosing: twice)
        .solve("q", on: recorder, seed: 1)
    }
    #expect(recorder.requests.isEmpty)
  }

  @Test func theMeanScoreIsThatOfTheCompleteAnswers() {
    #expect(
      ComputeOptimal.meanScore(of: [
        candidate(0, "1", score: 0.5), candidate(1, "2", score: 1), candidate(2, "3", score: 0, ending: .length),
        candidate(3, "4"),
      ]) == 0.75)
    #expect(ComputeOptimal.meanScore(of: [candidate(0, "1", score: 0.5, ending: .length)]) == 0.5)
    #expect(ComputeOptimal.meanScore(of: [candidate(0, "1")]) == nil && ComputeOptimal.meanScore(of: []) == nil)
  }
}
