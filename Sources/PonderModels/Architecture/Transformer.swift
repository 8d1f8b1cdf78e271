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
    cache.prepare(for: batch)
    var rows = BatchRows(batch, in: cache)
    var rotation = rotary.rotation(at: rows.positions)
    var x = embed(batch.tokens)  // x [rows, width]
    for (index, layer) in layers.enumerated() {
      let isLast = index == layers.count - 1
      let q = Activations(rows: isLast ? batch.outputCount : x.rows, width: layer.query.outputs)  // q [rows, heads · d]
      let k = Activations(rows: x.rows, width: layer.key.outputs)  // k [rows, kvHeads · d]
      let v = Activations(rows: x.rows, width: layer.value.outputs)  // v [rows, kvHeads · d]
      let h = normalize(x, layer.attentionNorm, for: [layer.query, layer.key, layer.value])  // h [rows, width]
      let keysAndValues = [Product(layer.key, into: k), Product(layer.value, into: v)]
      workers.multiply(h, isLast ? keysAndValues : [Product(layer.query, into: q)] + keysAndValues)
      if let norm = layer.keyNorm { normalizeHeads(k, norm) }
      rotary.apply(rotation, to: k)
      cache.store(k, v, rows, layer: index)

      if isLast {
        // The last layer's keys and values are all that later tokens need of the other rows.
        rows = BatchRows(outputsOf: batch, in: cache)
        rotation = rotary.rotation(at: rows.positions)
        x = x.gathering(batch.outputRows)  // x [outputs, width]
        let h = normalize(x, layer.attentionNorm, for: [layer.query])
        workers.multiply(h, [Product(layer.query, into: q)])
      }
      if let norm = layer.queryNorm { normalizeHeads(q, norm) }
      rotary.apply(rotation, to: q)
      let a = attend(q, rows, cache, layer: index)  // a [rows, heads · d]
      workers.add(layer.attentionOutput, of: LinearInput(a, for: [layer.attentionOutput], workers), to: x)

      let f = normalize(x, layer.feedForwardNorm, for: [layer.gate, layer.up])  // f [rows, width]
      let g = workers.gated(f, gate: layer.gate, up: layer.up, for: layer.down)  // g [rows, intermediate]
      workers.add(layer.down, of: g, to: x)
    }
    let hidden = Activations(rows: x.rows, width: x.width)
    for row in 0..<x.rows { normalize(hidden.row(row), x.row(row), finalNorm) }
    return hidden
  }
}

// MARK: - Parts

extension Transformer {
  private func embed(_ tokens: [Token]) -> Activations {
    let x = Activations(rows: tokens.count, width: configuration.hiddenSize)
    for (row, token) in tokens.enumerated() { embedding.dequantizeRow(Int(token), into: x.rowBuffer(row)) }
    return x
  }

  /// Root-mean-square normalisation (arXiv:1910.07467) of one row, [width].
  private func normalize(_ out: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ weight: [Float]) {
    Kernels.best.rmsNorm(out, x, weight: weight, weight.count, epsilon: configuration.rmsNormEpsilon)
  }

  /// Each row of x [rows, width] normalised, for layers that read it.
  private func normalize(
    _ x: borrowing Activations, _ weight: [Float], for projections: [Projection]
  ) -> LinearInput {
    let normed = LinearInput(rows: x.rows, width: x.width, for: projections)
    let source = SharedPointer(x.pointer)
    let width = x.width
    workers.forEach(x.rows, work: x.count * LinearInput.roundingWork) { row in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { buffer in
        guard let buffer = buffer.baseAddress else { return }
        normalize(buffer, source.pointer + row * width, weight)
        normed.set(row: row, columns: 0..<width, buffer)
      }
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
