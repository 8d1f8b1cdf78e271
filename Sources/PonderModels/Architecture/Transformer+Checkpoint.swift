import PonderCore

extension Transformer {
  /// The model of a checkpoint. Weights that are packed leave the mapped file one tensor at a time; the others, and
  /// the rows of the embedding, are read where they lie.
  ///
  /// - Parameters:
  ///   - threads: ≥ 1.
  ///   - weights: what becomes of weights that are floats; quantized ones keep their integers.
  ///   - backend: who multiplies weights that stay floats.
  package init(
    _ checkpoint: Checkpoint, threads: Int, weights: WeightPacking, backend: MatrixBackend
  ) throws(ModelFileError) {
    let configuration = checkpoint.configuration

    func projection(_ name: String, as packing: WeightPacking? = nil) throws(ModelFileError) -> Projection {
      let weight = try checkpoint.packedWeight(name + ".weight", packing ?? weights, backend)
      let bias = name + ".bias"
      return Projection(weight, bias: checkpoint.contains(bias) ? try checkpoint.vector(bias) : nil)
    }
    func layer(_ index: Int) throws(ModelFileError) -> TransformerLayer {
      let prefix = "model.layers.\(index)."
      func norm(_ name: String) throws(ModelFileError) -> [Float] { try checkpoint.vector(prefix + name + ".weight") }
      let hasHeadNorms = configuration.queryKeyNormalization
      return TransformerLayer(
        attentionNorm: try norm("input_layernorm"),
        query: try projection(prefix + "self_attn.q_proj"),
        key: try projection(prefix + "self_attn.k_proj"),
        value: try projection(prefix + "self_attn.v_proj"),
        queryNorm: hasHeadNorms ? try norm("self_attn.q_norm") : nil,
        keyNorm: hasHeadNorms ? try norm("self_attn.k_norm") : nil,
        attentionOutput: try projection(prefix + "self_attn.o_proj"),
        feedForwardNorm: try norm("post_attention_layernorm"),
        gate: try projection(prefix + "mlp.gate_proj"),
        up: try projection(prefix + "mlp.up_proj"),
        down: try projection(prefix + "mlp.down_proj"),
        attentionWindow: configuration.attentionWindow(ofLayer: index))
    }

    var layers: [TransformerLayer] = []
    for index in 0..<configuration.layerCount { layers.append(try layer(index)) }
    var output: Projection?
    if configuration.head == .languageModel {
      // No other matrix's error reaches the logits undiminished, so four bits are too few: as in GGML's quantizer.
      output = try projection(
        configuration.tiedEmbeddings ? "model.embed_tokens" : "lm_head", as: weights == .int4 ? .int8 : weights)
    }
    // One layer, or two with a ReLU between them. Small, and the last decides by a single number: floats are kept.
    var head: [Projection] = []
    for layer in configuration.headLayers { head.append(try projection(layer.name, as: .asStored)) }
    self.init(
      configuration: configuration, embedding: try checkpoint.weight("model.embed_tokens.weight"), layers: layers,
      finalNorm: try checkpoint.vector("model.norm.weight"), output: output,
      head: head.last, hiddenHead: head.count > 1 ? head.first : nil,
      workers: Workers(count: threads))
  }
}

extension Checkpoint {
  /// A weight as the forward pass multiplies with it. Floats whose rows are no multiple of 32 stay floats, as with
  /// GGML's quantizer.
  fileprivate func packedWeight(
    _ name: String, _ packing: WeightPacking, _ backend: MatrixBackend
  ) throws(ModelFileError) -> WeightMatrix {
    var weight = try weight(name)
    weight.backend = backend
    guard let packed = try? weight.packed(weight.format.isFloat ? packing : .asStored), packed.isPacked else {
      return weight
    }
    // The bytes have been read for the last time, save single rows of an embedding.
    try releasePages(of: name)
    return packed
  }
}
