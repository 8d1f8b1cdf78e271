import PonderGeneration
import PonderModels
import PonderStrategies
import PonderVerifiers
import Synchronization
import Testing

/// A scoring model that notes how many requests each call has.
final class BatchNotingModel: ScoringModel {
  let base: LocalModel
  private let batches = Mutex<[Int]>([])

  init(_ base: LocalModel) { self.base = base }

  var sizes: [Int] { batches.withLock(\.self) }

  var description: ModelDescription { base.description }

  func score(_ requests: [ScoringRequest]) async -> [Result<ScoringResult, GenerationError>] {
    batches.withLock { $0.append(requests.count) }
    return await base.score(requests)
  }

  func token(spelling text: String) throws(GenerationError) -> Token { try base.token(spelling: text) }

  func encode(_ content: ScoringRequest.Content) throws(GenerationError) -> [Token] { try base.encode(content) }
}

/// All candidates of a call go to the model at once.
@Suite struct BatchingTests {
  private static let candidates = (0..<6).map { Candidate.given($0, "First.\n\nThe answer is \($0).") }

  @Test(arguments: RewardFixture.process + [.outcomeLlama, .outcomeQwen])
  func aRewardModelReadsAllCandidatesInOneBatch(fixture: RewardFixture) async throws {
    let model = BatchNotingModel(try await fixture.load())
    let outcome = try await RewardModel.verifier(over: model).scoring(Self.candidates, of: "What is 2 + 2?")
    #expect(model.sizes == [6])
    #expect(outcome.candidates.allSatisfy { $0.score != nil })
  }

  @Test func aJudgeReadsAllCandidatesInOneBatch() async throws {
    let model = BatchNotingModel(try await RewardFixture.rlhflow.load())
    _ = try await YesNoJudge(model).scoring(Self.candidates, of: "What is 2 + 2?")
    #expect(model.sizes == [6])
  }

  @Test func confidenceReadsAllCandidatesInOneBatch() async throws {
    let model = BatchNotingModel(try await RewardFixture.rlhflow.load())
    let verifier = ConfidenceVerifier(.selfCertainty, of: model)
    let outcome = try await verifier.scoring(Self.candidates, of: "What is 2 + 2?")
    #expect(model.sizes == [6])
    #expect(outcome.candidates.allSatisfy { ($0.score ?? 0) > 0 })
  }
}
