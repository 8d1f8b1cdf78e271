import Foundation
import PonderGeneration
import Testing

@Suite struct GenerationRequestTests {
  private let plain = ModelDescription(name: "plain", fingerprint: "p", contextLength: 100, capabilities: [])

  @Test(arguments: [
    (SamplingParameters(temperature: -1), "temperature"), (SamplingParameters(temperature: .nan), "temperature"),
    (SamplingParameters(temperature: .infinity), "temperature"), (SamplingParameters(topK: 0), "topK"),
    (SamplingParameters(topP: 0), "topP"), (SamplingParameters(topP: 1.5), "topP"),
    (SamplingParameters(topP: .nan), "topP"), (SamplingParameters(minP: -0.1), "minP"),
    (SamplingParameters(repetitionPenalty: 0), "repetitionPenalty"),
    (SamplingParameters(logitBias: [.init(token: 3, bias: .infinity)]), "logit bias"),
    (SamplingParameters(logitBias: [.init(token: -3, bias: 1)]), "logit bias"),
  ])
  func aParameterOutOfRangeIsNamed(parameters: SamplingParameters, name: String) throws {
    let error = try #require(throws: GenerationError.self) { try parameters.validate() }
    #expect(error.description.contains(name))
  }

  @Test func whatAModelLacksIsRefusedBeforeAnythingIsSpent() {
    var request = GenerationRequest(.chat("?"), seed: 1)
    #expect(throws: Never.self) { try request.validate(for: plain) }
    request.wantsLogProbabilities = true
    request.sampling.logitBias = [.init(token: 1, bias: -.infinity)]
    #expect(throws: GenerationError.unsupported([.logProbabilities, .logitBias], model: "plain")) {
      try request.validate(for: plain)
    }
  }

  @Test func emptyStopsLimitsAndPromptsAreRefused() {
    #expect(throws: GenerationError.self) {
      try GenerationRequest(.chat("?"), maximumTokens: 0, seed: 1).validate(for: plain)
    }
    #expect(throws: GenerationError.self) {
      try GenerationRequest(.chat("?"), stops: [.init("")], seed: 1).validate(for: plain)
    }
    #expect(throws: GenerationError.self) { try GenerationRequest(Prompt([]), seed: 1).validate(for: plain) }
  }

  @Test func aRequestSurvivesCoding() throws {
    let request = GenerationRequest(
      .chat("2+2", system: "Be brief."), continuation: Continuation(tokens: [1], text: "a", fingerprint: "f"),
      sampling: SamplingParameters(temperature: 0.5, topK: 3), maximumTokens: 9, stops: [.step(), .init("END")],
      seed: 3, wantsLogProbabilities: true)
    #expect(try JSONDecoder().decode(GenerationRequest.self, from: JSONEncoder().encode(request)) == request)
  }
}

@Suite struct PromptFormatTests {
  @Test func aFormatPutsTheQuestionInItsPlace() {
    let format = PromptFormat(system: "Think.", prefix: "Q: ", suffix: "\nA:")
    #expect(format.prompt(for: "1+1?").messages == [.system("Think."), .user("Q: 1+1?\nA:")])
    #expect(PromptFormat.chat.prompt(for: "1+1?") == .chat("1+1?"))
    #expect(PromptFormat.raw.prompt(for: "1+1?") == .raw("1+1?"))
  }

  @Test func theSearchAndLearnPromptIsTheirs() throws {
    let system = try #require(PromptFormat.searchAndLearn.system)
    #expect(system.hasPrefix("Solve the following math problem efficiently and clearly:\n\n- For simple problems"))
    #expect(system.contains("\n\n...\n\nRegardless of the approach, always conclude with:\n\n"))
    #expect(system.contains("Therefore, the final answer is: $\\boxed{answer}$. I hope it is correct.\n\n"))
    #expect(system.hasSuffix("is just the final number or expression that solves the problem."))
  }
}

@Suite struct UsageTests {
  @Test func computedTokensLeaveOutTheCachedOnes() {
    let usage = Usage(promptTokens: 10, cachedPromptTokens: 8, generatedTokens: 3)
    #expect(usage.computedTokens == 5)
    #expect((usage + usage).computedTokens == 10)
  }

  @Test func scoringRequestsNameWhatTheyNeed() {
    let request = ScoringRequest([
      .init(.text("a")), .init(.text("b"), captures: [.head, .logits(of: [1])]),
      .init(.tokens([2]), captures: [.hiddenState]),
    ])
    #expect(request.requiredCapabilities == [.head, .tokenScores, .hiddenStates])
  }
}
