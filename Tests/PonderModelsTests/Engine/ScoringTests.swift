import Foundation
import PonderCore
import PonderGeneration
import PonderModels
import Testing

/// Scoring with the example model, and with reward heads where the reference data is.
struct ScoringTests {
  @Test func logProbabilitiesAreThoseOfGeneration() async throws {
    let model = try await ExampleModel.load()
    let completion = try await model.completion(for: ExampleModel.request())
    let request = ScoringRequest([
      .init(.prompt(.chat(ExampleModel.cases[0].question))),
      .init(.tokens(completion.tokens), captures: [.logProbabilities]),
    ])
    // In a cache that generation filled, and in a fresh one.
    for scorer in [model, try await ExampleModel.load(threads: 2)] {
      let result = try #require(await scorer.score([request]).first).get()
      #expect(result.segments[1].tokens == completion.tokens)
      #expect(result.segments[1].logProbabilities == completion.logProbabilities)
    }
  }

  @Test func capturesAgreeWithEachOther() async throws {
    let model = try await ExampleModel.load()
    let tokens = ExampleModel.cases[0].prompt_ids
    let vocabulary = (0..<608).map { Token($0) }
    let everything: [ScoringRequest.Capture] = [
      .logits(of: vocabulary), .entropy, .topTokens(5), .hiddenState, .logProbabilities,
    ]
    let result = try #require(
      await model.score([
        ScoringRequest([.init(.tokens(tokens), captures: everything, positions: .every)])
      ]).first
    ).get().segments[0]
    #expect(result.logits.count == tokens.count && result.hiddenStates.count == tokens.count)
    for (position, logits) in result.logits.enumerated() {
      let largest = Double(logits.max() ?? 0)
      let normalizer = largest + log(logits.reduce(0) { $0 + exp(Double($1) - largest) })
      let logProbabilities = logits.map { Double($0) - normalizer }
      let entropy = -logProbabilities.reduce(0) { $0 + exp($1) * $1 }
      #expect(abs(Double(result.entropies[position]) - entropy) < 1e-4)
      let best = logits.indices.sorted { (-logits[$0], $0) < (-logits[$1], $1) }.prefix(5)
      #expect(result.topTokens[position].map(\.token) == best.map { Token($0) })
      for (entry, index) in zip(result.topTokens[position], best) {
        #expect(abs(Double(entry.logProbability) - logProbabilities[index]) < 1e-5)
      }
      if position + 1 < tokens.count {
        let next = logProbabilities[Int(tokens[position + 1])]
        #expect(abs(Double(result.logProbabilities[position + 1]) - next) < 1e-5)
      }
    }
    #expect(result.logProbabilities[0] == 0)
  }

  @Test func chosenLogitsAreThoseOfTheWholeRow() async throws {
    let model = try await ExampleModel.load()
    let tokens = ExampleModel.cases[0].prompt_ids
    let wanted: [Token] = [607, 0, 63, 64, 300]
    let results = await model.score([
      ScoringRequest([.init(.tokens(tokens), captures: [.logits(of: wanted)])]),
      ScoringRequest([.init(.tokens(tokens), captures: [.logits(of: wanted), .entropy])]),
    ])
    #expect(try results[0].get().segments[0].logits == results[1].get().segments[0].logits)
  }

  @Test func aGrowingTextReadsOnlyWhatIsNew() async throws {
    let model = try await ExampleModel.load()
    let question = ScoringRequest.Segment(.prompt(.chat(ExampleModel.cases[0].question)))
    var steps: [ScoringRequest.Segment] = []
    var known = 0
    for step in ["292*2=584\n\n", "584-85=499\n\n", "Answer: 499"] {
      steps = steps.map { ScoringRequest.Segment($0.content) } + [.init(.text(step), captures: [.entropy])]
      let usage = try #require(await model.score([ScoringRequest([question] + steps)]).first).get().usage
      #expect(usage.cachedPromptTokens == known)
      known = usage.promptTokens
    }
  }

  @Test func capturesThatTheModelCannotGiveAreRefused() async throws {
    let model = try await ExampleModel.load()
    let results = await model.score([
      ScoringRequest([.init(.text("1"), captures: [.head])]),
      ScoringRequest([.init(.text("1"), captures: [.entropy], positions: .at([7]))]),
      ScoringRequest([.init(.text(""), captures: [.entropy])]),
      ScoringRequest([.init(.text("1"), captures: [.topTokens(0)])]),
      ScoringRequest([.init(.text("1"), captures: [.entropy])]),
    ])
    #expect(results[0] == .failure(.unsupported(.head, model: "arithmetic-0.8M")))
    #expect(results[1] == .failure(.invalidRequest("position 7 of segment 0, which has 1 tokens")))
    #expect(results[2] == .failure(.invalidRequest("position -1 of segment 0, which has 0 tokens")))
    #expect(results[3] == .failure(.invalidRequest("topTokens(0) in segment 0, must be ≥ 1")))
    #expect((try? results[4].get()) != nil)
  }

  @Test func aTokenIsFoundByItsSpelling() async throws {
    let model = try await ExampleModel.load()
    #expect(try model.token(spelling: "<|eot_id|>") == 607)
    #expect(throws: GenerationError.self) { try model.token(spelling: "no such token") }
  }

  @Test(
    .enabled(if: ModelData.isPresent, "needs the reference checkpoints"),
    arguments: ["llama-outcome-reward", "qwen2-token-reward"])
  func rewardHeadsAreThoseOfTransformers(name: String) async throws {
    let folder = "transformers-reference/\(name)"
    let reference = try ModelData.decode(TransformersCase.self, folder + "/reference.json")
    let expected = try ModelData.floats(folder + "/logits.f32", width: reference.logits_shape[1])
    var options = LocalModel.Options()
    options.cacheFormat = .f32
    let model = try await LocalModel.load(from: URL(filePath: ModelData.path(folder)), options: options)
    #expect(model.description.capabilities.contains(.head))
    let positions: ScoringRequest.Positions = expected.count == 1 ? .last : .every
    let result = try #require(
      await model.score([
        ScoringRequest([.init(.tokens(reference.tokens), captures: [.head], positions: positions)])
      ]).first
    ).get()
    let largest = expected.joined().reduce(0) { max($0, abs($1)) }
    #expect(result.segments[0].head.count == expected.count)
    for (a, e) in zip(result.segments[0].head.joined(), expected.joined()) {
      #expect(abs(a - e) <= 2e-4 * largest)
    }
  }
}
