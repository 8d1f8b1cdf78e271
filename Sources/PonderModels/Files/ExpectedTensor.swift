/// A tensor that a configuration asks for, and the shape it must have.
struct ExpectedTensor: Hashable {
  /// Hugging Face's name.
  let name: String
  let shape: [Int]
  /// May be absent.
  var isOptional = false
}

extension ModelConfiguration {
  /// Every tensor of the forward pass, in its order. Weights are [outputs, inputs].
  var expectedTensors: [ExpectedTensor] {
    var tensors = [ExpectedTensor(name: "model.embed_tokens.weight", shape: [vocabularySize, hiddenSize])]
    for layer in 0..<layerCount { tensors += expectedTensors(ofLayer: layer) }
    tensors.append(ExpectedTensor(name: "model.norm.weight", shape: [hiddenSize]))
    switch head {
    case .languageModel where tiedEmbeddings: break
    case .languageModel:
      tensors.append(ExpectedTensor(name: "lm_head.weight", shape: [vocabularySize, hiddenSize]))
    case .sequenceClassification, .tokenClassification, .processReward, .outcomeReward, .value: break
    }
    for layer in headLayers {
      tensors.append(ExpectedTensor(name: layer.name + ".weight", shape: [layer.outputs, hiddenSize]))
      tensors.append(
        ExpectedTensor(name: layer.name + ".bias", shape: [layer.outputs], isOptional: layer.bias == .optional))
    }
    return tensors
  }

  private func expectedTensors(ofLayer layer: Int) -> [ExpectedTensor] {
    let queryWidth = headCount * headDimension
    let keyValueWidth = keyValueHeadCount * headDimension
    var tensors: [ExpectedTensor] = []
    func add(_ name: String, _ shape: [Int]) {
      tensors.append(ExpectedTensor(name: "model.layers.\(layer).\(name)", shape: shape))
    }
    func projection(_ name: String, _ outputs: Int, _ inputs: Int, bias: Bool) {
      add("\(name).weight", [outputs, inputs])
      if bias { add("\(name).bias", [outputs]) }
    }
    add("input_layernorm.weight", [hiddenSize])
    projection("self_attn.q_proj", queryWidth, hiddenSize, bias: queryKeyValueBias)
    projection("self_attn.k_proj", keyValueWidth, hiddenSize, bias: queryKeyValueBias)
    projection("self_attn.v_proj", keyValueWidth, hiddenSize, bias: queryKeyValueBias)
    if queryKeyNormalization {
      add("self_attn.q_norm.weight", [headDimension])
      add("self_attn.k_norm.weight", [headDimension])
    }
    projection("self_attn.o_proj", hiddenSize, queryWidth, bias: attentionOutputBias)
    add("post_attention_layernorm.weight", [hiddenSize])
    projection("mlp.gate_proj", intermediateSize, hiddenSize, bias: feedForwardBias)
    projection("mlp.up_proj", intermediateSize, hiddenSize, bias: feedForwardBias)
    projection("mlp.down_proj", hiddenSize, intermediateSize, bias: feedForwardBias)
    return tensors
  }
}
