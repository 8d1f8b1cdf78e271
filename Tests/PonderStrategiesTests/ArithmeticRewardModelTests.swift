import PonderGeneration
import PonderStrategies
import PonderTesting
import Testing

@Suite struct ArithmeticRewardModelTests {
  private func scores(
    of text: String, by rewardModel: ArithmeticRewardModel = ArithmeticRewardModel()
  ) async throws -> [Double?] {
    let outcome = try await Sample(1).scored(by: rewardModel.reduced(.last)).solve(
      "q", on: ClosureModel { _ in .text(text) }, seed: 1)
    return try #require(outcome.candidates.first).steps.map(\.score)
  }

  @Test func aFalseEquationLowersItsStepAndAllBehindIt() async throws {
    let text = "So, first:\n\n2+2=4\n\n4+5=10\n\n10-1=9\n\n9*2=19\n\n\\boxed{19}"
    #expect(try await scores(of: text, by: ArithmeticRewardModel(objection: 0.5)) == [1, 1, 0.5, 0.5, 0.25, 0.25])
  }

  /// However many hold before it: there `ArithmeticVerifier` still gives 0.86 = (20.5 / 21.5)³.
  @Test func aLateSlipIsAsWrongAsAnEarlyOne() async throws {
    let text = String(repeating: "1+1=2\n\n", count: 20) + "1+1=3"
    #expect(try await scores(of: text).last == 0.02)
    #expect(ArithmeticVerifier().verdict(on: text + "\n\n\\boxed{3}").score > 0.85)
  }

  @Test func severalFalseEquationsOfOneStepCountEach() async throws {
    #expect(try await scores(of: "1+1=3=7-3", by: ArithmeticRewardModel(objection: 0.5)) == [0.25])
    #expect(try await scores(of: "1+1=3", by: ArithmeticRewardModel(objection: 0)) == [0])
  }

  /// In a search each step is asked for when it comes; a slip before it must not be forgotten.
  @Test func aSearchDropsASlipWhereItHappens() async throws {
    let model = ClosureModel { request in
      if request.continuation.isEmpty { return .text(request.seed.value.isMultiple(of: 4) ? "2+2=4\n\n" : "2+2=5\n\n") }
      return .text("So \\boxed{\(request.continuation.text?.contains("=4") == true ? 4 : 5)}")
    }
    let outcome = try await BeamSearch(8, branching: 4, guidedBy: .arithmetic).solve("2+2?", on: model, seed: 2)
    #expect(outcome.selected?.steps.map(\.text) == ["2+2=4\n\n", "So \\boxed{4}"])
    #expect(outcome.selected?.steps.map(\.score) == [1, 1])
    for candidate in outcome.candidates where candidate.text.contains("=5") {
      #expect(candidate.steps.allSatisfy { $0.score == 0.02 })
    }
  }
}
