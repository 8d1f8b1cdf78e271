import Foundation
import PonderCore
import PonderGeneration
import PonderModels
import Testing

/// Generation with the example model.
struct LocalModelTests {
  @Test func theExampleModelComputesWhatTransformersComputes() throws {
    #expect(ExampleModel.cases.count >= 3)
    let model = try Transformer(ModelData.example.path)
    for reference in ExampleModel.cases {
      var run = DirectRun(model)
      let outputs = run.outputs(reference.prompt_ids + reference.greedy_ids)
      let actual = outputs[reference.logits_from..<reference.logits_from + reference.logits.count]
      let largest = reference.logits.joined().reduce(0) { max($0, abs($1)) }
      let error = zip(actual.joined(), reference.logits.joined()).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(error <= 2e-4 * largest)
    }
  }

  @Test func greedyAnswersAreThoseOfTransformers() async throws {
    let model = try await ExampleModel.load()
    let requests = ExampleModel.cases.indices.map { ExampleModel.request($0, temperature: 0) }
    for (reference, result) in zip(ExampleModel.cases, await model.completions(for: requests)) {
      let completion = try result.get()
      #expect(completion.tokens == reference.greedy_ids)
      #expect(completion.text == reference.greedy_text)
      #expect(completion.finishReason == .endOfText)
      #expect(completion.usage.promptTokens == reference.prompt_ids.count)
      #expect(completion.usage.generatedTokens == reference.greedy_ids.count)
    }
    for reference in ExampleModel.cases {
      #expect(try model.encode(.chat(reference.question)) == reference.prompt_ids)
    }
  }

  @Test func samplesShareTheirPrompt() async throws {
    let model = try await ExampleModel.load()
    // Hot, so that they differ.
    let requests = (0..<8).map { ExampleModel.request(temperature: 2, seed: Seed(UInt64($0))) }
    let completions = try await model.completions(for: requests).map { try $0.get() }
    let prompt = completions[0].usage.promptTokens
    #expect(completions.map(\.usage.cachedPromptTokens).sorted() == [0] + Array(repeating: prompt - 1, count: 7))
    #expect(Set(completions.map(\.text)).count > 1)
  }

  @Test func aRequestGivesTheSameAloneAndAmongOthersWithOneThreadOrTwo() async throws {
    let requests = (0..<12).map { ExampleModel.request($0 % 3, seed: Seed(UInt64($0))) }
    let together = await (try ExampleModel.load(threads: 2)).completions(for: requests)
    for number in [0, 5, 11] {
      let alone = await (try ExampleModel.load()).completions(for: [requests[number]])
      let (a, b) = (try alone[0].get(), try together[number].get())
      #expect(a.tokens == b.tokens)
      #expect(a.logProbabilities == b.logProbabilities)
    }
  }

  @Test func aStepEndsWithTheTokenThatCompletesTheDelimiterAndGoesOnFromThere() async throws {
    let whole = try await (try ExampleModel.load()).completion(for: ExampleModel.request())
    let model = try await ExampleModel.load()
    var continuation = Continuation.empty
    var text = ""
    var tokens: [Token] = []
    var logProbabilities: [Float] = []
    for _ in 0..<50 {
      let step = try await model.completion(
        for: ExampleModel.request(continuation: continuation, stops: [.step("\n\n")]))
      #expect(step.usage.cachedPromptTokens == (tokens.isEmpty ? 0 : step.usage.promptTokens - 1))
      continuation = step.continuation
      text += step.text
      tokens += step.tokens
      logProbabilities += step.logProbabilities ?? []
      if step.finishReason == .stop("\n\n") {
        #expect(step.text.contains("\n\n"))
        #expect(try model.decode(step.tokens) == step.text)
      } else {
        break
      }
    }
    // The same seed: the path is the one that would have been.
    #expect(text == whole.text)
    #expect(tokens == whole.tokens)
    #expect(logProbabilities == whole.logProbabilities)
    #expect(continuation.text == whole.text)
  }

  @Test func aStopStringIsCutFromTheTextAndItsTokensAreKept() async throws {
    let model = try await ExampleModel.load()
    let whole = try await model.completion(for: ExampleModel.request(temperature: 0))
    let cut = try await model.completion(for: ExampleModel.request(temperature: 0, stops: [.init("Answer:")]))
    #expect(cut.finishReason == .stop("Answer:"))
    #expect(whole.text.hasPrefix(cut.text + "Answer:"))
    #expect(whole.tokens.starts(with: cut.tokens))
    #expect(try model.decode(cut.tokens).hasPrefix(cut.text + "Answer:"))
  }

  @Test func deltasSpellTheCompletion() async throws {
    let model = try await ExampleModel.load()
    var (text, tokens): (String, [Token]) = ("", [])
    var completion: Completion?
    for await event in model.generate([ExampleModel.request(stops: [.init("Answer:")])]) {
      switch event {
      case .delta(_, let newText, let newTokens):
        text += newText
        tokens += newTokens
      case .finished(_, let result): completion = result
      case .failed: break
      }
    }
    #expect(text == completion?.text)
    #expect(tokens == completion?.tokens)
  }

  @Test func theTokenLimitEndsWithLength() async throws {
    let completion = try await ExampleModel.load().completion(for: ExampleModel.request(maximumTokens: 3))
    #expect(completion.finishReason == .length)
    #expect(completion.tokens.count == 3)
  }

  @Test func theContextEndsWithLengthAndALongerPromptIsRefused() async throws {
    var options = LocalModel.Options()
    options.contextLength = ExampleModel.cases[0].prompt_ids.count + 2
    let model = try await LocalModel.load(from: ModelData.example, options: options)
    let completion = try await model.completion(for: ExampleModel.request())
    #expect(completion.finishReason == .length)
    #expect(completion.tokens.count == 2)
    let tokens = completion.usage.promptTokens + 2
    await #expect(throws: GenerationError.promptTooLong(promptTokens: tokens, contextLength: tokens)) {
      try await model.completion(for: ExampleModel.request(continuation: completion.continuation))
    }
  }

  @Test func oneBadRequestLeavesTheOthersAlone() async throws {
    let model = try await ExampleModel.load()
    var bad = ExampleModel.request()
    bad.sampling.topP = 0
    var stray = ExampleModel.request()
    stray.continuation = Continuation(tokens: [9999], text: "?", fingerprint: model.description.fingerprint)
    let results = await model.completions(for: [bad, ExampleModel.request(), stray])
    #expect(results[0] == .failure(.invalidRequest("topP is 0.0, must be in (0, 1]")))
    #expect(try results[1].get().finishReason == .endOfText)
    #expect(results[2] == .failure(.invalidRequest("token 9999 is outside of the vocabulary of 608")))
  }

  @Test func aForeignContinuationIsReadAsText() async throws {
    let model = try await ExampleModel.load()
    let foreign = Continuation(tokens: [1, 2, 3], text: "17+25=42", fingerprint: "another model")
    let own = Continuation(text: "17+25=42")
    let results = await model.completions(
      for: [foreign, own].map { ExampleModel.request(continuation: $0, temperature: 0) })
    let (a, b) = (try results[0].get(), try results[1].get())
    #expect(a.tokens == b.tokens)
    #expect(a.continuation == b.continuation)
    #expect(a.continuation.fingerprint == model.description.fingerprint)
  }

  @Test func cancellationEndsEachSequenceAndKeepsItsTokens() async throws {
    var options = LocalModel.Options()
    options.contextLength = 30_000
    let model = try await LocalModel.load(from: ModelData.example, options: options)
    // Never ends by itself: the end of text is forbidden.
    var endless = ExampleModel.request(maximumTokens: 25_000)
    endless.sampling.logitBias = (model.tokenizer?.endingTokens ?? []).map { .init(token: $0, bias: -.infinity) }
    let requests = [endless, endless]
    let task = Task {
      var results: [Int: Completion] = [:]
      for await event in model.generate(requests) {
        switch event {
        case .delta: withUnsafeCurrentTask { $0?.cancel() }
        case .finished(let index, let completion): results[index] = completion
        case .failed: break
        }
      }
      return results
    }
    let results = await task.value
    #expect(results.count == 2)
    for completion in results.values {
      #expect(completion.finishReason == .cancelled)
      #expect(completion.tokens.count < 25_000)
    }
    #expect(results.values.contains { !$0.tokens.isEmpty })
  }

  @Test func specialTokensInAMessageStayText() async throws {
    let model = try await ExampleModel.load()
    let plain = try model.encode(.chat("one two"))
    let hostile = try model.encode(.chat("one<|eot_id|> two"))
    func ends(_ tokens: [Token]) -> Int { tokens.count { $0 == 607 } }
    #expect(ends(plain) == 1 && ends(hostile) == 1)
    #expect(try model.decode(hostile) == model.decode(plain).replacing("one two", with: "one<|eot_id|> two"))
    #expect(hostile.prefix(5) == plain.prefix(5) && hostile.suffix(4) == plain.suffix(4))
  }

  @Test func anOpenedAssistantTurnIsContinuedAsItStands() async throws {
    let model = try await ExampleModel.load()
    let question = ExampleModel.cases[0].question
    let opened = Prompt([.user(question), .assistant("292*2=584\n\n")])
    #expect(try model.encode(opened) == model.encode(.chat(question)) + model.encode("292*2=584\n\n"))
  }

  @Test(.enabled(if: ModelData.isPresent, "needs the reference checkpoints"))
  func textInsideAnAnswerHasNoSpaceOfSentencePieceInFront() async throws {
    var options = LocalModel.Options()
    options.cacheFormat = .f32
    let model = try await LocalModel.load(
      from: URL(filePath: ModelData.path("stories260K/gguf/stories260K-F32.gguf")), options: options)
    for text in ["time", " time", "\n", " a\nb", ""] {
      #expect(try model.decode(model.encode(" once") + model.encode(text)) == " once" + text)
    }
    // libllama's prompt ids: the beginning of text and the space in front.
    let reference = try #require(LlamaReferenceTests.cases("F32").first { $0.prompt == "Once upon a time" })
    #expect(try model.encode(.raw(reference.prompt)) == reference.prompt_ids)
    var request = GenerationRequest(
      .raw(reference.prompt), sampling: .greedy, maximumTokens: reference.greedy_ids.count, seed: 1)
    let whole = try await model.completion(for: request)
    #expect(whole.tokens == reference.greedy_ids)
    #expect(whole.text == reference.text)
    request.prompt = .raw("")
    #expect(try await model.completion(for: request).text.hasPrefix(" Once upon a time"))
  }

  @Test func descriptionAndFingerprintAreStable() async throws {
    let (a, b) = (try await ExampleModel.load(), try await ExampleModel.load(threads: 2))
    #expect(a.description == b.description)
    #expect(a.description.name == "arithmetic-0.8M")
    #expect(a.description.vocabularySize == 608)
    #expect(a.description.contextLength == 512)
    // All of the checkpoint: its embedding is the output matrix too.
    #expect(a.description.parameterCount == 816_256)
    #expect(a.description.capabilities.isSuperset(of: [.tokens, .logProbabilities, .continuations, .seeds]))
    #expect(!a.description.capabilities.contains(.head))
  }

  @Test func aMissingModelIsAnErrorThatNamesIt() async {
    await #expect {
      try await LocalModel.load(from: URL(filePath: "/no/such/model"))
    } throws: { "\($0)".contains("/no/such/model") }
  }
}
