/// The shape of a model and the constants of its forward pass, from `config.json` or from GGUF metadata.
///
/// A value of this type is consistent: sizes are positive and bounded, heads divide by key/value heads, token ids lie in
/// the vocabulary. Defaults for absent keys are those of Hugging Face transformers, and of llama.cpp for GGUF.
public struct ModelConfiguration: Sendable, Hashable {
  /// The family whose graph it has.
  public var architecture: Architecture
  /// What stands on top of the last layer.
  public var head: Head
  /// Width of the residual stream.
  public var hiddenSize: Int
  /// Number of transformer layers.
  public var layerCount: Int
  /// Query heads of each layer.
  public var headCount: Int
  /// Key and value heads of each layer; divides ``headCount``.
  public var keyValueHeadCount: Int
  /// Width of one head; even. ``headCount`` × this need not be ``hiddenSize``.
  public var headDimension: Int
  /// Width of the gated feed-forward layer.
  public var intermediateSize: Int
  /// Rows of the embedding matrix.
  public var vocabularySize: Int
  /// Positions the model was made for.
  public var contextLength: Int
  /// Added to the mean square in every normalization.
  public var rmsNormEpsilon: Float
  /// Base of the rotary frequencies.
  public var ropeTheta: Double
  /// How the rotary frequencies are stretched.
  public var ropeScaling: RopeScaling
  /// Which elements of a head rotate together: depends on the file, not on the model.
  public var rotaryLayout: RotaryLayout
  /// For each layer how many positions a query sees, itself included; nil is all of them.
  public var attentionWindows: [Int?]
  /// The output matrix is the embedding matrix.
  public var tiedEmbeddings: Bool
  /// Biases on the query, key and value projections.
  public var queryKeyValueBias: Bool
  /// A bias on the output projection of attention.
  public var attentionOutputBias: Bool
  /// Biases on the three feed-forward projections.
  public var feedForwardBias: Bool
  /// RMS normalization of each query and key head before the rotation (Qwen3).
  public var queryKeyNormalization: Bool
  /// The token that begins a text, if the model has one.
  public var beginOfTextToken: Int?
  /// Tokens that end a generation; may be empty. `generation_config.json` has precedence over `config.json`.
  public var endOfTextTokens: [Int]
  /// The padding token, of which sequence classification ignores trailing ones.
  public var paddingToken: Int?

  /// The families of models that can be run.
  public enum Architecture: String, Sendable, Hashable, Codable, CaseIterable {
    /// Llama 1 to 3.x, and those that share its graph: SmolLM, SmolLM2, TinyLlama.
    case llama
    case mistral
    /// Qwen 2 and 2.5.
    case qwen2
    case qwen3
  }

  /// What stands on top of the last hidden states.
  public enum Head: Sendable, Hashable, Codable {
    case languageModel
    /// One row of scores for the sequence, read at its last token (`score.weight`).
    case sequenceClassification(labels: [String])
    /// One row of scores for every token (`score.weight`, `score.bias`).
    case tokenClassification(labels: [String])
    /// Two classes for every token, from two layers with a ReLU between (`score.0`, `score.2`): Qwen2.5-Math-PRM.
    case processReward
    /// One score for the sequence, read at its last token, from the same two layers: Qwen2.5-Math-RM.
    case outcomeReward
    /// One value for every token (`v_head.summary`): Skywork-o1-Open-PRM, and value heads of TRL.
    case value
  }

  /// The linear layers of the head, first to last, by the prefix of their tensors; none for a language model.
  var headLayers: [HeadLayer] {
    switch head {
    case .languageModel: []
    case .sequenceClassification(let labels), .tokenClassification(let labels):
      [HeadLayer(name: "score", outputs: labels.count, bias: .optional)]
    case .processReward, .outcomeReward:
      [
        HeadLayer(name: "score.0", outputs: hiddenSize, bias: .required),
        HeadLayer(name: "score.2", outputs: head == .processReward ? 2 : 1, bias: .required),
      ]
    case .value: [HeadLayer(name: "v_head.summary", outputs: 1, bias: .required)]
    }
  }

  /// A linear layer of the head, hidden size → ``outputs``.
  struct HeadLayer {
    enum Bias { case optional, required }
    let name: String
    let outputs: Int
    let bias: Bias
  }

  /// How the elements of a query or key head pair up for the rotation.
  public enum RotaryLayout: String, Sendable, Hashable, Codable {
    /// Element i rotates with element i + d/2: Hugging Face files, and GGUF files of the Qwen family.
    case halfSplit
    /// Element 2i rotates with element 2i + 1: GGUF files of architecture `llama`, whose converter reorders the rows
    /// of the query and key projections (and their biases) for it. Rotating so gives the same attention scores.
    case interleaved
  }

  /// How many positions a query of a layer sees, itself included; nil is all.
  public func attentionWindow(ofLayer layer: Int) -> Int? { attentionWindows[layer] }
}

// MARK: - Validation

extension ModelConfiguration {
  /// Checks everything that the forward pass relies on.
  ///
  /// - Parameter key: the name that the file uses for a property, for errors.
  func validated(file: String, key: (PartialKeyPath<Self>) -> String) throws(ModelFileError) -> Self {
    func check(_ property: KeyPath<Self, Int>, atMost limit: Int) throws(ModelFileError) {
      let value = self[keyPath: property]
      guard (1...limit).contains(value) else {
        throw ModelFileError(
          .outOfRange, file: file, part: .key(key(property)), "is \(value); it must be between 1 and \(limit)")
      }
    }
    func require(
      _ condition: Bool, _ property: PartialKeyPath<Self>, _ detail: @autoclosure () -> String
    ) throws(ModelFileError) {
      if !condition { throw ModelFileError(.outOfRange, file: file, part: .key(key(property)), detail()) }
    }
    // Far above any model, far below where a product of two of them overflows.
    try check(\.hiddenSize, atMost: 1 << 20)
    try check(\.layerCount, atMost: 1 << 12)
    try check(\.headCount, atMost: 1 << 14)
    try check(\.keyValueHeadCount, atMost: 1 << 14)
    try check(\.headDimension, atMost: 1 << 13)
    try check(\.intermediateSize, atMost: 1 << 22)
    try check(\.vocabularySize, atMost: 1 << 24)
    try check(\.contextLength, atMost: Int(Int32.max))
    try require(
      headCount % keyValueHeadCount == 0, \.keyValueHeadCount,
      "is \(keyValueHeadCount), which does not divide \(headCount) heads")
    try require(headDimension % 2 == 0, \.headDimension, "is \(headDimension); rotary embedding needs an even number")
    try require(
      rmsNormEpsilon.isFinite && rmsNormEpsilon >= 0 && rmsNormEpsilon < 1, \.rmsNormEpsilon, "is \(rmsNormEpsilon)")
    try require(ropeTheta.isFinite && ropeTheta > 0, \.ropeTheta, "is \(ropeTheta); it must be positive")
    if let problem = ropeScaling.problem(headDimension: headDimension) { try require(false, \.ropeScaling, problem) }
    for case .some(let window) in attentionWindows {
      try require((1...Int(Int32.max)).contains(window), \.attentionWindows, "is \(window); it must be positive")
    }
    let vocabulary = 0..<vocabularySize
    for (property, tokens) in [
      (\Self.beginOfTextToken as PartialKeyPath<Self>, [beginOfTextToken]), (\.paddingToken, [paddingToken]),
      (\.endOfTextTokens, endOfTextTokens.map { $0 }),
    ] {
      for case .some(let token) in tokens {
        try require(vocabulary.contains(token), property, "is \(token), outside the vocabulary of \(vocabularySize)")
      }
    }
    return self
  }
}
