import PonderCore

extension Transformer {
  /// The model of a checkpoint; its weights stay in the mapped file.
  ///
  /// - Parameters:
  ///   - threads: ≥ 1.
  ///   - backend: who multiplies weights that are floats.
  package init(_ checkpoint: Checkpoint, threads: Int, backend: MatrixBackend) throws(ModelFileError) {
    let configuration = checkpoint.configuration

    func projection(_ name: String) throws(ModelFileError) -> Projection {
      var weight = try checkpoint.weight(name + ".weight")
      weight.backend = backend
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
      output = try projection(configuration.tiedEmbeddings ? "model.embed_tokens" : "lm_head")
    }
    // One layer, or two with a ReLU between them.
    var head: [Projection] = []
    for layer in configuration.headLayers { head.append(try projection(layer.name)) }
    self.init(
      configuration: configuration, embedding: try checkpoint.weight("model.embed_tokens.weight"), layers: layers,
      finalNorm: try checkpoint.vector("model.norm.weight"), output: output,
      head: head.last, hiddenHead: head.count > 1 ? head.first : nil,
      workers: Workers(count: threads))
  }
}
