import PonderCore
import PonderGeneration
import PonderModels
import Testing

/// Quantized weights against floats of the same value, and against libllama. Enabled where the reference data is.
@Suite(.enabled(if: ModelData.isPresent, "needs the reference checkpoints"))
struct QuantizedForwardTests {
  static let random: [QuantizedCase] =
    (try? ModelData.decode([QuantizedCase].self, "quantized-reference/reference.json")) ?? []

  /// What 8-bit activations may do to logits, as a root-mean-square error relative to the logits' own.
  ///
  /// Rounding to 127 steps of a group's largest magnitude m leaves an error of m/127/√12 a element. Of 32 normal
  /// values the largest is 2.1 to 3 standard deviations, so the error is up to 3/127/√12 = 0.7 % of the values' own
  /// root mean square; so is that of a product, whose inputs' errors are independent. A layer adds two branches to the
  /// residual stream, each behind two products in a row and one more pair side by side (queries and keys, gate and
  /// up): errors of √4 products a branch at most, of a stream that is no smaller than the branch. With the output
  /// matrix: 0.7 % · √(8 · layers + 1).
  static func bound(layers: Int) -> Float { 0.007 * Float(8 * layers + 1).squareRoot() }

  static func relativeError(_ actual: some Sequence<[Float]>, _ expected: some Sequence<[Float]>) -> Float {
    var (difference, size): (Float, Float) = (0, 0)
    for (a, e) in zip(actual.joined(), expected.joined()) {
      difference += (a - e) * (a - e)
      size += e * e
    }
    return (difference / size).squareRoot()
  }

  @Test(arguments: random)
  func quantizedLogitsAreThoseOfTheDequantizedWeights(reference: QuantizedCase) throws {
    try checkAgainstFloats("quantized-reference/" + reference.file, reference.prompt_ids + reference.greedy_ids)
  }

  @Test(arguments: ["Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q4_K_M", "Q6_K", "Q8_0"])
  func quantizedStoriesAreThoseOfTheDequantizedWeights(format: String) throws {
    for reference in LlamaReferenceTests.cases(format) {
      try checkAgainstFloats("stories260K/" + reference.model, reference.prompt_ids + reference.greedy_ids)
    }
  }

  private func checkAgainstFloats(_ file: String, _ tokens: [Token]) throws {
    let model = try Transformer(ModelData.path(file))
    var (quantized, floats) = (DirectRun(model), DirectRun(model.dequantized))
    let error = Self.relativeError(quantized.outputs(tokens), floats.outputs(tokens))
    #expect(error <= Self.bound(layers: model.configuration.layerCount))
  }

  @Test(arguments: random)
  func clearChoicesAreThoseOfLibllama(reference: QuantizedCase) throws {
    let expected = try ModelData.floats("quantized-reference/" + reference.logits_file, width: reference.n_vocab)
    let model = try Transformer(ModelData.path("quantized-reference/" + reference.file))
    var run = DirectRun(model)
    let outputs = run.outputs(reference.prompt_ids + reference.greedy_ids.prefix(expected.count - 1))
    let actual = Array(outputs.suffix(expected.count))
    // Both sides carry the noise of 8-bit activations (libllama's K-quants in groups of 256).
    let bound = 2 * Self.bound(layers: model.configuration.layerCount)
    #expect(Self.relativeError(actual, expected) <= bound)
    for (row, logits) in expected.enumerated() {
      let noise = bound * (logits.reduce(0) { $0 + $1 * $1 } / Float(logits.count)).squareRoot()
      let best = argmax(logits)
      let second = logits.indices.filter { $0 != best }.map { logits[$0] }.max() ?? 0
      if logits[best] - second > 4 * noise { #expect(argmax(actual[row]) == best) }
    }
  }
}
