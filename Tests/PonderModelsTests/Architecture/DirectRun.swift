import PonderCore
import PonderGeneration
import PonderModels

/// Runs one sequence through a forward pass by hand: no scheduler, no engine.
struct DirectRun {
  let model: Transformer
  private let cache: KVStorage
  private(set) var count = 0

  init(_ model: Transformer, cacheFormat: CacheFormat = .f32) {
    self.model = model
    var shape = model.cacheShape
    shape.format = cacheFormat
    cache = KVStorage(shape: shape)
  }

  /// The hidden states behind all of some more tokens.
  mutating func hidden(_ tokens: [Token]) -> Activations {
    let end = count + tokens.count
    let slice = SequenceSlice(
      id: SequenceID(0), tokens: tokens, position: count, blocks: Array(0..<KVBlockPool.blocks(for: end)),
      outputs: Array(tokens.indices))
    count = end
    return model.forward(Batch(slices: [slice]), cache: cache)
  }

  /// The outputs of the checkpoint's head behind all of some more tokens: logits, or a reward head's.
  mutating func outputs(_ tokens: [Token]) -> [[Float]] {
    let hidden = hidden(tokens)
    guard model.output != nil else { return (0..<hidden.rows).map { model.headOutputs(hidden.row($0)) } }
    let logits = model.logits(hidden)
    return (0..<logits.rows).map { Array(logits.rowBuffer($0)) }
  }

  /// The likeliest continuation.
  mutating func greedy(_ prompt: [Token], count: Int) -> [Token] {
    var tokens: [Token] = []
    var logits = outputs(prompt).last ?? []
    while true {
      tokens.append(Token(argmax(logits)))
      guard tokens.count < count else { return tokens }
      logits = outputs([tokens[tokens.count - 1]])[0]
    }
  }
}

func argmax(_ values: [Float]) -> Int {
  values.indices.max { values[$0] < values[$1] } ?? 0
}

extension Transformer {
  init(
    _ path: String, weights: WeightPacking = .asStored, backend: MatrixBackend = .kernels, threads: Int = 1
  ) throws {
    try self.init(Checkpoint(path), threads: threads, weights: weights, backend: backend)
  }

  /// The same model with every quantized matrix as floats, multiplied by OpenBLAS.
  var dequantized: Transformer {
    func floats(_ matrix: WeightMatrix) -> WeightMatrix { WeightMatrix(matrix.dequantized(), backend: .openBLAS) }
    func floats(_ projection: Projection) -> Projection { Projection(floats(projection.weight), bias: projection.bias) }
    let layers = layers.map { layer in
      var layer = layer
      for part in [\TransformerLayer.query, \.key, \.value, \.attentionOutput, \.gate, \.up, \.down] {
        layer[keyPath: part] = floats(layer[keyPath: part])
      }
      return layer
    }
    return Transformer(
      configuration: configuration, embedding: floats(embedding), layers: layers, finalNorm: finalNorm,
      output: output.map(floats), head: head.map(floats), workers: workers)
  }
}
