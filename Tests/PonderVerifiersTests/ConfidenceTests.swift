import Foundation
import PonderAnswers
import PonderGeneration
import PonderModels
import PonderStrategies
import PonderVerifiers
import Testing

@Suite struct ConfidenceTests {
  private static let question =
    "Mia has 245 stamps. Mia finds 138 more stamps. Mia sells 70 stamps. How many stamps does Mia have now?"

  private func sampled(_ model: LocalModel, wantsLogProbabilities: Bool) async throws -> [Candidate] {
    let sample = Sample(4, maximumTokens: 60, wantsLogProbabilities: wantsLogProbabilities)
    return try await sample.solve(Problem(Self.question), on: model, seed: 5).candidates
  }

  @Test(arguments: [ConfidenceVerifier.Measure.meanLogProbability, .lowestWindow(5)])
  func readingAgainGivesWhatGenerationGave(measure: ConfidenceVerifier.Measure) async throws {
    let model = try await Policy.load()
    let carried = try await ConfidenceVerifier(measure).scoring(
      await sampled(model, wantsLogProbabilities: true), of: Self.question)
    let read = try await ConfidenceVerifier(measure, of: model).scoring(
      await sampled(model, wantsLogProbabilities: false), of: Self.question, on: model)
    #expect(carried.candidates.allSatisfy { ($0.score ?? 0) > 0 })
    #expect(carried.candidates.map(\.score) == read.candidates.map(\.score))
    #expect(carried.usage.verifier == Usage() && read.usage.verifier.promptTokens > 0)
    // Independently of the code under test.
    let values = try #require(carried.candidates[0].logProbabilities).map(Double.init)
    let mean = exp(values.reduce(0, +) / Double(values.count))
    let windows = (0...values.count - 5).map { exp(values[$0..<$0 + 5].reduce(0, +) / 5) }
    let expected = measure == .meanLogProbability ? mean : windows.min() ?? 0
    #expect(abs((carried.candidates[0].score ?? 0) - expected) < 1e-12)
  }

  @Test func selfCertaintyIsTheDivergenceOfAllDistributionsFromTheUniformOne() async throws {
    let model = try await Policy.load()
    let candidates = Array(try await sampled(model, wantsLogProbabilities: false).prefix(1))
    let outcome = try await ConfidenceVerifier(.selfCertainty, of: model).scoring(
      candidates, of: Self.question, on: model)
    let prompt = try model.encode(.prompt(.chat(Self.question)))
    let all = Array(0..<Token(model.configuration.vocabularySize))
    let rows = try await model.score([
      ScoringRequest([
        .init(.tokens(prompt + candidates[0].tokens), captures: [.logits(of: all)], positions: .every)
      ])
    ])[0].get().segments[0].logits[(prompt.count - 1)...].dropLast()
    #expect(rows.count == candidates[0].tokens.count)
    let divergences = rows.map { row in
      let total = log(row.reduce(0) { $0 + exp(Double($1)) })
      return -log(Double(row.count)) - row.reduce(0) { $0 + Double($1) - total } / Double(row.count)
    }
    let expected = 1 - exp(-divergences.reduce(0, +) / Double(divergences.count))
    #expect(abs((outcome.candidates[0].score ?? 0) - expected) < 1e-6)
  }

  @Test func withoutLogProbabilitiesAndModelThereIsAnErrorForTheCandidate() async throws {
    let outcome = try await ConfidenceVerifier().scoring([.given(0, "4")], of: "2 + 2?")
    #expect(outcome.candidates[0].score == nil && outcome.trace.failures.count == 1)
    await #expect(throws: StrategyError.self) {
      try await ConfidenceVerifier(.selfCertainty).scoring([.given(0, "4")], of: "2 + 2?")
    }
    await #expect(throws: StrategyError.self) {
      try await ConfidenceVerifier(.lowestWindow(0)).scoring([.given(0, "4")], of: "2 + 2?")
    }
  }

  @Test func selfConsistencyIsTheShareOfThePoolsVotes() async throws {
    var candidates = ["\\boxed{4}", "\\boxed{5}", "\\boxed{8/2}", "who knows", "\\boxed{6}"].enumerated()
      .map { Candidate.given($0, $1) }
    candidates[1].multiplicity = 3
    candidates[4].ending = .length
    let outcome = try await SelfConsistencyVerifier(of: .boxedAnswer).scoring(candidates, of: "2 + 2?")
    #expect(outcome.candidates.map(\.score) == [0.4, 0.6, 0.4, 0, nil])
  }
}
