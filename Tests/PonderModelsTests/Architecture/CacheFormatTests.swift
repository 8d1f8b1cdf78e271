import Foundation
import PonderCore
import PonderGeneration
import PonderModels
import Testing

/// What rounding keys and values costs, on trained models.
struct CacheFormatTests {
  /// Relative error of an element, at most: half of the last of 11 bits, and half of the last step of 127.
  static let roundings: [(format: CacheFormat, error: Float)] = [(.f16, 0x1p-11), (.int8, 1 / 254)]

  private struct Case {
    var prompt: [Token]
    var greedy: [Token]
  }

  private func compare(_ model: Transformer, _ cases: [Case], _ format: CacheFormat, _ rounding: Float) {
    // To first order each layer adds the error of its keys and that of its values, and the layers behind pass it on. They are
    // independent, so their squares add up. That is so for the error as a whole: where attention is sharp, its scores are in
    // the tens and rounding moves them as many times as far, so that single logits may be off by more.
    let tolerance = (2 * Float(model.configuration.layerCount)).squareRoot() * rounding
    #expect(!cases.isEmpty)
    var (total, roundedTotal, count) = (0.0, 0.0, 0)
    for item in cases {
      var (exact, rounded) = (DirectRun(model), DirectRun(model, cacheFormat: format))
      let tokens = item.prompt + item.greedy
      let (expected, actual) = (exact.outputs(tokens), rounded.outputs(tokens))
      let errors = zip(actual.joined(), expected.joined()).map { $0 - $1 }
      let relative = norm(errors) / norm(expected.joined())
      #expect(relative <= tolerance, "\(relative) with \(format) where \(tolerance) is allowed")
      let error = errors.reduce(0) { max($0, abs($1)) }
      #expect(error > 0)
      for position in item.prompt.count - 1..<tokens.count - 1 {
        let (choice, other) = (argmax(expected[position]), argmax(actual[position]))
        // Rounding moves either logit by the largest error at most.
        #expect(choice == other || expected[position][choice] - expected[position][other] <= 2 * error)
      }
      for position in 0..<tokens.count - 1 {
        total += loss(expected[position], tokens[position + 1])
        roundedTotal += loss(actual[position], tokens[position + 1])
        count += 1
      }
    }
    // A logit that is off by e moves a log-probability by 2e at most; on average most of it cancels.
    #expect(abs(total - roundedTotal) / Double(count) <= (format == .f16 ? 1e-3 : 2e-2))
  }

  private func norm(_ values: some Sequence<Float>) -> Float { values.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  private func loss(_ logits: [Float], _ token: Token) -> Double {
    let largest = Double(logits.max() ?? 0)
    return largest + log(logits.reduce(0) { $0 + exp(Double($1) - largest) }) - Double(logits[Int(token)])
  }

  @Test(arguments: roundings)
  func theBundledModelKeepsItsLogits(format: CacheFormat, error: Float) throws {
    let cases = ExampleModel.cases.map { Case(prompt: $0.prompt_ids, greedy: $0.greedy_ids) }
    compare(try Transformer(ModelData.example.path), cases, format, error)
  }

  @Test(.enabled(if: ModelData.isPresent, "needs the reference checkpoints"), arguments: roundings)
  func storiesKeepTheirLogits(format: CacheFormat, error: Float) throws {
    let model = try Transformer(ModelData.path("stories260K/gguf/stories260K-F32.gguf"))
    let cases = LlamaReferenceTests.cases("F32").map { Case(prompt: $0.prompt_ids, greedy: $0.greedy_ids) }
    compare(model, cases, format, error)
  }

  /// The choices of these greedy answers are clear enough for half precision.
  @Test func greedyAnswersFromACacheInHalfPrecisionAreThoseOfTransformers() async throws {
    let model = try await ExampleModel.load(cacheFormat: .f16)
    let requests = ExampleModel.cases.indices.map { ExampleModel.request($0, temperature: 0) }
    for (reference, result) in zip(ExampleModel.cases, await model.completions(for: requests)) {
      #expect(try result.get().tokens == reference.greedy_ids)
    }
  }

  @Test(arguments: CacheFormat.allCases) func theCacheStaysBelowItsLimit(format: CacheFormat) async {
    let model = TinyTransformer.make(.f32)
    var shape = model.cacheShape
    shape.format = format
    let limit = 20 * shape.bytesPerBlock + 5
    let engine = Engine(model: model, cacheBytes: limit, cacheFormat: format)
    let requests = (0..<12).map { number in (prompt: (0..<50).map { Token(($0 + 11 * number) % 200) }, seed: Seed(1)) }
    _ = await engine.sample(requests, count: 30)
    let bytes = engine.cacheBytes
    #expect(bytes.used <= limit && bytes.allocated <= limit)
    #expect(bytes.used > limit / 2)
    // Keys and values of 16 positions: 3 layers, 2 heads of 32; with 8 bits a scale for each of them.
    let elements = 3 * 2 * 2 * 16
    let expected = [CacheFormat.f32: elements * 32 * 4, .f16: elements * 32 * 2, .int8: elements * (32 + 4)]
    #expect(shape.bytesPerBlock == expected[format])
  }
}
