import PonderGeneration
import PonderTesting
import Testing

@Suite struct FakeModelTests {
  func request(maximumTokens: Int = 100, stops: [GenerationRequest.Stop] = []) -> GenerationRequest {
    GenerationRequest(.chat("?"), maximumTokens: maximumTokens, stops: stops, seed: 1, wantsLogProbabilities: true)
  }

  @Test func aUsersStopStringIsCutOffAndAStepsDelimiterKept() async throws {
    let model = ClosureModel { _ in "one\n\ntwo" }
    let cut = try await model.completion(for: request(stops: [.init("\n\n")]))
    #expect(cut.text == "one" && cut.finishReason == .stop("\n\n") && cut.tokens.count == 5)
    let kept = try await model.completion(for: request(stops: [.step()]))
    #expect(kept.text == "one\n\n" && kept.continuation.text == "one\n\n")
  }

  @Test func theTokenLimitCutsAtAWholeCharacter() async throws {
    let completion = try await ClosureModel { _ in "aé" }.completion(for: request(maximumTokens: 2))
    #expect(completion.text == "a" && completion.finishReason == .length)
  }

  @Test func logProbabilitiesAreThoseOfTheReply() async throws {
    let model = ClosureModel { _ in .weighted("ab", logProbability: -0.5) }
    #expect(try await model.completion(for: request()).logProbabilities == [-0.5, -0.5])
  }

  @Test func aScriptIsReadInTheOrderOfTheRequestsAndThenFails() async {
    let model = ScriptedModel(["a", "b"])
    let results = await model.completions(for: [request(), request(), request()])
    #expect((try? results[0].get().text) == "a" && (try? results[1].get().text) == "b")
    #expect(results[2] == .failure(.failed("the script has 2 replies, this is one request more")))
    #expect(model.requests.count == 3 && model.unusedReplies == 0)
  }

  @Test func aTextOnlyModelHasNoTokens() async throws {
    let model = TextOnlyModel { _ in "abc" }
    var request = request()
    request.wantsLogProbabilities = false
    let completion = try await model.completion(for: request)
    #expect(completion.tokens.isEmpty && completion.continuation.fingerprint == nil)
    #expect(throws: GenerationError.self) { try model.encode("a") }
  }
}
