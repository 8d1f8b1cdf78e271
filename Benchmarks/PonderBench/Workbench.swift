import Foundation
import PonderGeneration
import PonderModels

/// A model, and how workloads are run on it: through the same calls that a strategy makes.
struct Workbench: Sendable {
  let model: LocalModel
  let seed: Seed
  /// For workloads that need a model with an empty cache.
  let reload: @Sendable () async throws -> LocalModel

  /// Runs a workload once.
  ///
  /// - Parameter round: rounds differ in their prompts, so that none finds another's in the cache.
  func run(_ workload: Workload, round: Int) async throws -> Measurement.Reading {
    let tokens = RandomTokens(seed: seed.derived("\(workload)").derived(round), model: model)
    switch workload {
    case .prefill(let count):
      return try await timed(tokens: count) {
        try await generate([request(tokens.prompt(count), generated: 1, seed: tokens.seed)])
      }
    case .decode(let candidates, let prompt, let generated):
      let prompt = try tokens.prompt(prompt)
      try await generate([request(prompt, generated: 1, seed: tokens.seed)])
      let requests = (0..<candidates).map {
        request(prompt, generated: generated, seed: tokens.seed.derived("candidate").derived($0))
      }
      return try await timed(tokens: candidates * generated) { try await generate(requests) }
    case .scoring(let candidates, let prompt, let answer):
      let context = ScoringRequest.Segment(.tokens(tokens.sequence(prompt, "prompt")))
      let requests = (0..<candidates).map { index in
        let answer = tokens.sequence(answer, "answer \(index)")
        return ScoringRequest([context, .init(.tokens(answer), captures: [.logits(of: [0, 1])])])
      }
      return try await timed(tokens: prompt + candidates * answer) {
        for result in await model.score(requests) { _ = try result.get() }
      }
    case .memory(let candidates, let prompt, let generated):
      return try await memory(candidates: candidates, prompt: prompt, generated: generated)
    case .beamSearch(let width, let branching):
      return .search(try await search(width: width, branching: branching))
    }
  }

  /// Greedy tokens behind a prompt of tokens, for comparison with another engine.
  func greedy(_ count: Int, behind prompt: [Token]) async throws -> [Token] {
    let start = Continuation(tokens: prompt, text: nil, fingerprint: model.description.fingerprint)
    let request = GenerationRequest(
      .raw(""), continuation: start, sampling: SamplingParameters(temperature: 0, logitBias: endings),
      maximumTokens: count, seed: seed)
    return try await model.completion(for: request).tokens
  }

  /// A request behind the tokens of a prompt. It never ends before its limit.
  func request(_ prompt: [Token], generated: Int, seed: Seed) -> GenerationRequest {
    GenerationRequest(
      .raw(""), continuation: Continuation(tokens: prompt, text: nil, fingerprint: model.description.fingerprint),
      sampling: SamplingParameters(logitBias: endings), maximumTokens: generated, seed: seed)
  }

  @discardableResult
  func generate(_ requests: [GenerationRequest]) async throws -> [Completion] {
    var completions: [Completion] = []
    for result in await model.completions(for: requests) { completions.append(try result.get()) }
    return completions
  }

  private func timed(tokens: Int, _ body: () async throws -> Void) async throws -> Measurement.Reading {
    let start = ContinuousClock.now
    try await body()
    return .speed(tokens: tokens, seconds: (ContinuousClock.now - start) / .seconds(1))
  }

  private var endings: [SamplingParameters.LogitBias] {
    model.configuration.endOfTextTokens.map { .init(token: Token($0), bias: -.infinity) }
  }
}

/// Random tokens, of which the special ones are left out.
struct RandomTokens {
  let seed: Seed
  let model: LocalModel

  /// A prompt that is `count` tokens long with what the tokenizer puts in front of it.
  func prompt(_ count: Int) throws -> [Token] {
    let front = try model.encode(Prompt.raw("")).count
    return sequence(max(count - front, 1), "prompt")
  }

  func sequence(_ count: Int, _ label: String) -> [Token] {
    var generator = seed.derived(label).generator
    let special = Set(model.configuration.endOfTextTokens + [model.configuration.beginOfTextToken ?? 0])
    let ordinary = model.configuration.vocabularySize - 8
    return (0..<count).map { _ in
      var token = 0
      repeat { token = Int.random(in: 0..<ordinary, using: &generator) } while special.contains(token)
      return Token(token)
    }
  }
}
