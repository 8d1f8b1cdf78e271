import PonderGeneration
import PonderModels
import PonderStrategies
import PonderVerifiers
import Testing

@Suite struct OutcomeRewardTests {
  @Test(arguments: [RewardFixture.outcomeLlama, .outcomeQwen])
  func scoresAreThoseOfTransformers(fixture: RewardFixture) async throws {
    let verifier = try OutcomeRewardModel(await fixture.load())
    #expect(fixture.cases.count == 4)
    for expected in fixture.cases {
      let score = try await verifier.score(of: expected.steps.joined(), answering: expected.question)
      #expect(abs(try #require(score) - expected.scores[0]) < 1e-4)
    }
  }

  @Test func theKindOfRewardModelIsFoundOut() async throws {
    #expect(try RewardModel.verifier(over: await RewardFixture.outcomeQwen.load()) is OutcomeRewardModel)
    #expect(try RewardModel.verifier(over: await RewardFixture.skywork.load()) is ReducedVerifier)
  }

  @Test func theQuestionIsComputedAndChargedOnceForAllSolutions() async throws {
    let verifier = try OutcomeRewardModel(await RewardFixture.outcomeLlama.load())
    let candidates = (0..<6).map { Candidate.given($0, "The answer is \($0).") }
    let outcome = try await verifier.scoring(candidates, of: RewardFixture.outcomeLlama.cases[0].question)
    let (shared, all) = (outcome.readings[0].segments[0].tokens.count, outcome.readings)
    #expect(shared > 16)
    #expect(all.allSatisfy { $0.segments[0].tokens == all[0].segments[0].tokens })
    let own = all.reduce(0) { $0 + $1.segments[1].tokens.count }
    #expect(outcome.usage.charged.verifierTokens == shared + own)
    #expect(outcome.usage.verifier.computedTokens <= shared + own)
  }
}
