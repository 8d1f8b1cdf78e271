import PonderCore
import PonderGeneration
import PonderModels
import Testing

/// Against transformers in float64. Enabled where the reference data is.
@Suite(.enabled(if: ModelData.isPresent, "needs the reference checkpoints"))
struct TransformersReferenceTests {
  static let names = [
    "llama-mha-untied", "llama-gqa-tied", "llama-3.1-rope", "llama-wide-head", "llama-biases", "qwen2", "qwen3",
    "mistral", "mistral-sliding-window", "llama-outcome-reward", "qwen2-token-reward",
  ]

  @Test(arguments: names, MatrixBackend.allCases)
  func outputsAreThoseOfTransformers(name: String, backend: MatrixBackend) throws {
    let folder = "transformers-reference/\(name)"
    let reference = try ModelData.decode(TransformersCase.self, folder + "/reference.json")
    let expected = try ModelData.floats(folder + "/logits.f32", width: reference.logits_shape[1])
    var run = DirectRun(try Transformer(ModelData.path(folder), backend: backend))
    // A sequence classifier is read at its last token.
    let actual = run.outputs(reference.tokens).suffix(expected.count)
    #expect(expected.count == reference.logits_shape[0] && actual.count == expected.count)
    let largest = expected.joined().reduce(0) { max($0, abs($1)) }
    let error = zip(actual.joined(), expected.joined()).reduce(0) { max($0, abs($1.0 - $1.1)) }
    #expect(error <= 2e-4 * largest)
  }

  @Test(arguments: names.filter { !$0.hasSuffix("reward") })
  func greedyTokensAreThoseOfTransformers(name: String) throws {
    let folder = "transformers-reference/\(name)"
    let reference = try ModelData.decode(TransformersCase.self, folder + "/reference.json")
    let (prompt, expected) = (try #require(reference.greedy_prompt), try #require(reference.greedy))
    var run = DirectRun(try Transformer(ModelData.path(folder)))
    #expect(expected.count == 24)
    #expect(run.greedy(prompt, count: expected.count) == expected)
  }
}
