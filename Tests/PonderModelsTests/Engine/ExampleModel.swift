import Foundation
import PonderCore
import PonderGeneration
import PonderModels

/// The trained model in the repository, and what transformers computes from it in float64 (`Examples/Training`).
enum ExampleModel {
  struct Reference: Decodable {
    struct Case: Decodable {
      var question: String
      var prompt: String
      var prompt_ids: [Token]
      var greedy_ids: [Token]
      var greedy_text: String
      var logits_from: Int
      var logits: [[Float]]
    }
    var cases: [Case]
  }

  static let cases: [Reference.Case] = {
    let file = ModelData.example.appending(path: "reference.json")
    return (try? JSONDecoder().decode(Reference.self, from: Data(contentsOf: file)).cases) ?? []
  }()

  /// With a cache of floats, as what it is compared with has.
  static func load(threads: Int = 1, cacheFormat: CacheFormat = .f32) async throws -> LocalModel {
    var options = LocalModel.Options()
    options.threads = threads
    options.cacheBytes = 1 << 26
    options.cacheFormat = cacheFormat
    return try await LocalModel.load(from: ModelData.example, options: options)
  }

  /// Asks the first question; other answers for other seeds.
  static func request(
    _ number: Int = 0, continuation: Continuation = .empty, temperature: Float = 0.8, maximumTokens: Int = 200,
    stops: [GenerationRequest.Stop] = [], seed: Seed = 1
  ) -> GenerationRequest {
    GenerationRequest(
      .chat(cases[number].question), continuation: continuation,
      sampling: SamplingParameters(temperature: temperature), maximumTokens: maximumTokens, stops: stops, seed: seed,
      wantsLogProbabilities: true)
  }
}
