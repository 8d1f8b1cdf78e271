import PonderModels

/// The sizes of a model of the Llama family, as its published `config.json` has them.
struct ModelShape: Sendable {
  var name: String
  var hiddenSize: Int
  var layerCount: Int
  var headCount: Int
  var keyValueHeadCount: Int
  var headDimension = 64
  var intermediateSize: Int
  var vocabularySize: Int
  var contextLength: Int
  var ropeTheta: Float
  var ropeScaling = RopeScaling.none
  /// Whether the output matrix is the embedding.
  var tiedEmbeddings = true

  static let all = [
    ModelShape(
      name: "tiny", hiddenSize: 256, layerCount: 2, headCount: 4, keyValueHeadCount: 2, intermediateSize: 512,
      vocabularySize: 4096, contextLength: 4096, ropeTheta: 10_000),
    ModelShape(
      name: "smollm2-135m", hiddenSize: 576, layerCount: 30, headCount: 9, keyValueHeadCount: 3,
      intermediateSize: 1536, vocabularySize: 49_152, contextLength: 8192, ropeTheta: 100_000),
    ModelShape(
      name: "smollm2-360m", hiddenSize: 960, layerCount: 32, headCount: 15, keyValueHeadCount: 5,
      intermediateSize: 2560, vocabularySize: 49_152, contextLength: 8192, ropeTheta: 100_000),
    ModelShape(
      name: "llama-3.2-1b", hiddenSize: 2048, layerCount: 16, headCount: 32, keyValueHeadCount: 8,
      intermediateSize: 8192, vocabularySize: 128_256, contextLength: 131_072, ropeTheta: 500_000,
      ropeScaling: .llama3(
        factor: 32, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContextLength: 8192)),
    ModelShape(
      name: "smollm2-1.7b", hiddenSize: 2048, layerCount: 24, headCount: 32, keyValueHeadCount: 32,
      intermediateSize: 8192, vocabularySize: 49_152, contextLength: 8192, ropeTheta: 130_000),
    ModelShape(
      name: "llama-3.2-3b", hiddenSize: 3072, layerCount: 28, headCount: 24, keyValueHeadCount: 8,
      headDimension: 128, intermediateSize: 8192, vocabularySize: 128_256, contextLength: 131_072,
      ropeTheta: 500_000,
      ropeScaling: .llama3(
        factor: 32, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContextLength: 8192)),
    ModelShape(
      name: "llama-3.1-8b", hiddenSize: 4096, layerCount: 32, headCount: 32, keyValueHeadCount: 8,
      headDimension: 128, intermediateSize: 14_336, vocabularySize: 128_256, contextLength: 131_072,
      ropeTheta: 500_000,
      ropeScaling: .llama3(
        factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContextLength: 8192),
      tiedEmbeddings: false),
  ]

  static func named(_ name: String) -> ModelShape? { all.first { $0.name == name } }

  /// By how much each rotary frequency is divided, for `rope_freqs.weight`; empty where none is.
  var ropeDivisors: [Float] {
    if case .none = ropeScaling { return [] }
    func frequencies(_ scaling: RopeScaling) -> [Double] {
      scaling.frequencies(headDimension: headDimension, theta: Double(ropeTheta))
    }
    return zip(frequencies(.none), frequencies(ropeScaling)).map { Float($0 / $1) }
  }
}

// MARK: - Tensors

extension ModelShape {
  /// A tensor of the model: what it is for decides how it is stored.
  struct Tensor: Sendable {
    enum Role: Sendable { case embedding, matrix, norm }

    /// GGUF's name.
    var name: String
    /// Outermost dimension first.
    var shape: [Int]
    var role: Role

    var elementCount: Int { shape.reduce(1, *) }
  }

  /// In the order of the forward pass.
  var tensors: [Tensor] {
    var tensors: [Tensor] = []
    func matrix(_ name: String, _ outputs: Int, _ inputs: Int, _ role: Tensor.Role = .matrix) {
      tensors.append(Tensor(name: name + ".weight", shape: [outputs, inputs], role: role))
    }
    func norm(_ name: String) {
      tensors.append(Tensor(name: name + ".weight", shape: [hiddenSize], role: .norm))
    }
    let (queries, keys) = (headCount * headDimension, keyValueHeadCount * headDimension)
    matrix("token_embd", vocabularySize, hiddenSize, .embedding)
    for layer in 0..<layerCount {
      let block = "blk.\(layer)."
      norm(block + "attn_norm")
      matrix(block + "attn_q", queries, hiddenSize)
      matrix(block + "attn_k", keys, hiddenSize)
      matrix(block + "attn_v", keys, hiddenSize)
      matrix(block + "attn_output", hiddenSize, queries)
      norm(block + "ffn_norm")
      matrix(block + "ffn_gate", intermediateSize, hiddenSize)
      matrix(block + "ffn_up", intermediateSize, hiddenSize)
      matrix(block + "ffn_down", hiddenSize, intermediateSize)
    }
    norm("output_norm")
    if !tiedEmbeddings { matrix("output", vocabularySize, hiddenSize, .embedding) }
    return tensors
  }
}
