import PonderCore
import PonderGeneration
import PonderModels
import Testing

/// Against libllama (one thread, F32 cache). Enabled where the reference data is.
@Suite(.enabled(if: ModelData.isPresent, "needs the reference checkpoints"))
struct LlamaReferenceTests {
  static let cases: [LlamaCase] = (try? ModelData.decodeLines(LlamaCase.self, "stories260K/reference.jsonl")) ?? []

  static func cases(_ format: String) -> [LlamaCase] { cases.filter { $0.model.hasSuffix("-\(format).gguf") } }

  /// The same weights in every container: the file, and the GGUF that libllama ran.
  static let floatFiles = [
    ("gguf/stories260K-F32.gguf", "F32"), ("gguf/stories260K-F16.gguf", "F16"), ("gguf/stories260K-BF16.gguf", "BF16"),
    ("hf", "F32"), ("hf-f16", "F16"), ("hf-sharded", "F32"),
  ]

  @Test(arguments: floatFiles)
  func greedyTokensOfFloatWeightsAreThoseOfLibllama(file: String, format: String) throws {
    let model = try Transformer(ModelData.path("stories260K/" + file))
    #expect(Self.cases(format).count == 3)
    for reference in Self.cases(format) {
      var run = DirectRun(model)
      #expect(run.greedy(reference.prompt_ids, count: reference.greedy_ids.count) == reference.greedy_ids)
    }
  }

  /// libllama multiplies F16 and BF16 weights with activations rounded to those formats; Ponder keeps them whole.
  @Test(arguments: [("F32", Float(2e-5)), ("F16", 2e-3), ("BF16", 2e-2)])
  func firstLogitsOfFloatWeightsAreThoseOfLibllama(format: String, tolerance: Float) throws {
    let model = try Transformer(ModelData.path("stories260K/gguf/stories260K-\(format).gguf"))
    for reference in Self.cases(format) {
      let expected = try ModelData.floats("stories260K/" + reference.logits_file, width: reference.n_vocab)
      var run = DirectRun(model)
      // The rows are those of the generated tokens: behind the prompt, then behind each choice.
      let outputs = run.outputs(reference.prompt_ids + reference.greedy_ids.prefix(expected.count - 1))
      let actual = outputs.suffix(expected.count)
      let largest = expected.joined().reduce(0) { max($0, abs($1)) }
      let error = zip(actual.joined(), expected.joined()).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(error <= tolerance * largest)
    }
  }

  @Test func choicesOfEightBitWeightsAreThoseOfLibllamaUnlessTheTwoBestAreClose() throws {
    let model = try Transformer(ModelData.path("stories260K/gguf/stories260K-Q8_0.gguf"))
    #expect(Self.cases("Q8_0").count == 3)
    for reference in Self.cases("Q8_0") {
      var run = DirectRun(model)
      let outputs = run.outputs(reference.prompt_ids + reference.greedy_ids.dropLast())
      for (logits, expected) in zip(outputs.suffix(reference.greedy_ids.count), reference.greedy_ids) {
        let choice = argmax(logits)
        let margin = (logits[choice] - logits[Int(expected)]) / abs(logits[choice])
        #expect(choice == Int(expected) || margin <= 0.01)
      }
    }
  }
}
