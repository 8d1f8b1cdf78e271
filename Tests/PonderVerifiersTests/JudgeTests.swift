import Foundation
import PonderGeneration
import PonderModels
import PonderStrategies
import PonderTesting
import PonderVerifiers
import Testing

@Suite struct JudgeTests {
  @Test func theScoreIsHowMuchRatherYesThanNoComesFirst() async throws {
    let model = try await RewardFixture.rlhflow.load()
    let judge = try YesNoJudge(model)
    let score = try await judge.score(of: "It is 4.", answering: "2 + 2?")
    let prompt = try model.encode(.prompt(JudgeQuestion.isCorrect.prompt(problem: "2 + 2?", solution: "It is 4.")))
    let words = [try model.encode(.text("Yes"))[0], try model.encode(.text("No"))[0]]
    let logits = try await model.score([ScoringRequest([.init(.tokens(prompt), captures: [.logits(of: words)])])])[0]
      .get().segments[0].logits[0]
    let expected = 1 / (1 + exp(Double(logits[1]) - Double(logits[0])))
    #expect(abs((score ?? 0) - expected) < 1e-9)
  }

  @Test func theProblemIsReadOnceForAllCandidates() async throws {
    let judge = try YesNoJudge(await RewardFixture.rlhflow.load())
    let outcome = try await judge.scoring((0..<5).map { .given($0, "It is \($0).") }, of: "What is 2 + 2?")
    let own = outcome.readings.reduce(0) { $0 + $1.segments[1].tokens.count }
    #expect(outcome.usage.charged.verifierTokens == outcome.readings[0].segments[0].tokens.count + own)
  }

  @Test func aModelWithoutLogitsOrWithOneTokenForBothIsRefused() async throws {
    let outcome = try await RewardFixture.outcomeLlama.load()
    #expect(throws: VerifierError.self) { try YesNoJudge(outcome) }
    let model = try await RewardFixture.rlhflow.load()
    #expect(throws: VerifierError.self) { try YesNoJudge(model, yes: "A", no: "A") }
  }

  @Test(
    arguments: [
      ("The steps hold.\nGrade: 7", 7), ("**Grade:** 10", 10), ("Grade: 8/10", 8), ("I rate it 6 out of 10.", 6),
      ("It has 3 errors. Rating: [[4]]", 4), ("[[9]]", 9), ("7", 7), ("Score (1-10): 5.5", 5.5),
      ("On a scale from 1 to 10 my score is 2", 2), ("Grade: 3. No: after a second look, grade: 6.", 6),
      ("Grade: 0", nil), ("Grade: 11", nil), ("Grade: -3", nil), ("", nil), ("I cannot tell.", nil),
      ("2 + 2 = 4", nil), ("Grade: seven", nil), ("Grade: 99999999999999999999999", nil),
    ] as [(String, Double?)])
  func aGradeIsFoundInAReply(reply: String, grade: Double?) {
    #expect(GradingJudge.grade(in: reply) == grade)
  }

  @Test func aReplyWithoutAGradeIsThatCandidatesErrorAndTheOthersAreKept() async throws {
    let model = ScriptedModel(["Fine. Grade: 10", "I like it.", "Bad. Grade: 1", .failure(.failed("down"))])
    let judge = GradingJudge(model)
    let outcome = try await judge.scoring((0..<4).map { .given($0, "\($0)") }, of: "?")
    #expect(outcome.candidates.map(\.score) == [1, nil, 0, nil])
    #expect(
      outcome.trace.failures.first
        == .verifier(
          name: "grading judge", reason: "the reply holds no grade from 1 to 10: 'I like it.'"))
    #expect(outcome.usage.charged.verifierTokens > 0 && outcome.usage.charged.tokens == 0)
  }

  @Test func gradesOfSeveralRepliesAreAveraged() async throws {
    let model = ScriptedModel(["Grade: 10", "nothing", "Grade: 1"])
    let score = try await GradingJudge(model, replies: 3).score(of: "It is 4.")
    #expect(score == 0.5)
  }

  @Test func aJudgesSeedsBelongToTheCandidate() async throws {
    let model = ClosureModel { request in .text("Grade: \(1 + Int(request.seed.generator.uniform(at: 0) * 10))") }
    let judge = GradingJudge(model, sampling: SamplingParameters(temperature: 1))
    let candidates = (0..<8).map { Candidate.given($0, "\($0)") }
    let forwards = try await judge.scoring(candidates, of: "?").candidates.map(\.score)
    let backwards = try await judge.scoring(candidates.reversed(), of: "?").candidates.map(\.score)
    #expect(forwards == backwards.reversed())
    #expect(Set(forwards).count > 1)
  }
}
