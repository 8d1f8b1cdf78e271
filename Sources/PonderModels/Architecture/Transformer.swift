import PonderCore
import PonderGeneration

/// A decoder-only transformer of the Llama family: Llama, Mistral, Qwen2, Qwen3, SmolLM2, and reward models made of
/// them.
///
/// Touvron et al. 2023 (arXiv:2302.13971), with grouped-query attention (arXiv:2305.13245) and a sliding window
/// (arXiv:2310.06825) where the checkpoint has them.
package struct Transformer: Sendable {
  package let configuration: ModelConfiguration
  /// [vocabulary, width]
  package let embedding: WeightMatrix
  package let layers: [TransformerLayer]
  /// [width]
  package let finalNorm: [Float]
  /// The matrix that makes logits, [vocabulary, width]; the embedding itself where they are tied. `nil` if there is none.
  package let output: Projection?
  /// The reward or classification head, [labels, width].
  package let head: Projection?
  /// The layer before the head in a head of two, [width, width]; a ReLU stands between them.
  package let hiddenHead: Projection?
  package let rotary: RotaryEmbedding
  package var workers: Workers

  package init(
    configuration: ModelConfiguration, embedding: WeightMatrix, layers: [TransformerLayer], finalNorm: [Float],
    output: Projection?, head: Projection?, hiddenHead: Projection? = nil, workers: Workers
  ) {
    self.configuration = configuration
    self.embedding = embedding
    self.layers = layers
    self.finalNorm = finalNorm
    self.output = output
    self.head = head
    self.hiddenHead = hiddenHead
    self.workers = workers
    rotary = RotaryEmbedding(configuration)
  }

  /// The hidden states behind the final normalisation of the tokens whose outputs are wanted: [outputs, width].
  ///
  /// Reads the keys and values of earlier positions from `cache` and adds those of the batch.
  package func forward(_ batch: Batch, cache: KVStorage) -> Activations {
    var rows = BatchRows(batch)
    cache.prepare(for: batch)
    let rotation = rotary.rotation(at: rows.positions)
    var x = embed(batch.tokens)  // x [rows, width]
    for (index, layer) in layers.enumerated() {
      var h = normalize(x, layer.attentionNorm)  // h [rows, width]
      let k = layer.key(h, workers)  // k [rows, kvHeads · d]
      let v = layer.value(h, workers)  // v [rows, kvHeads · d]
      if let norm = layer.keyNorm { normalizeHeads(k, norm) }
      rotary.apply(rotation, to: k)
      cache.store(k, v, rows, layer: index)

      var turn = rotation
      if index == layers.count - 1 {
        // The last layer's keys and values are all that later tokens need of the other rows.
        rows = BatchRows(outputsOf: batch)
        turn = rotary.rotation(at: rows.positions)
        x = x.gathering(batch.outputRows)  // x [outputs, width]
        h = h.gathering(batch.outputRows)
      }
      let q = layer.query(h, workers)  // q [rows, heads · d]
      if let norm = layer.queryNorm { normalizeHeads(q, norm) }
      rotary.apply(turn, to: q)
      let a = attend(q, rows, cache, layer: index)  // a [rows, heads · d]
      x.add(layer.attentionOutput(a, workers))

      h = normalize(x, layer.feedForwardNorm)
      let gate = layer.gate(h, workers)  // gate [rows, intermediate]
      let up = layer.up(h, workers)  // up [rows, intermediate]
      Kernels.best.siluMultiply(gate.pointer, gate: gate.pointer, up: up.pointer, gate.count)
      x.add(layer.down(gate, workers))
    }
    return normalize(x, finalNorm)
  }
}

// MARK: - Parts

extension Transformer {
  private func embed(_ tokens: [Token]) -> Activations {
    let x = Activations(rows: tokens.count, width: configuration.hiddenSize)
    for (row, token) in tokens.enumerated() { embedding.dequantizeRow(Int(token), into: x.rowBuffer(row)) }
    return x
  }

  /// Root-mean-square normalisation (arXiv:1910.07467) of each row: [rows, width].
  private func normalize(_ x: borrowing Activations, _ weight: [Float]) -> Activations {
    let normed = Activations(rows: x.rows, width: x.width)
    for row in 0..<x.rows {
      Kernels.best.rmsNorm(
        normed.row(row), x.row(row), weight: weight, x.width, epsilon: configuration.rmsNormEpsilon)
    }
    return normed
  }

  /// The same for each head of each row by itself, in place.
  private func normalizeHeads(_ x: borrowing Activations, _ weight: [Float]) {
    for start in stride(from: 0, to: x.count, by: weight.count) {
      Kernels.best.rmsNorm(
        x.pointer + start, x.pointer + start, weight: weight, weight.count, epsilon: configuration.rmsNormEpsilon)
    }
  }
}
