import OrderedCollections

extension ModelConfiguration {
  /// Reads a Hugging Face `config.json`, in the spelling of transformers 4 (`rope_theta`, `rope_scaling`) or 5
  /// (`rope_parameters`), and the `generation_config.json` beside it.
  ///
  /// - Parameters:
  ///   - path: of `config.json`.
  ///   - generationPath: of `generation_config.json`, if there is one; its token ids replace those of `config.json`.
  /// - Throws: `.missing`, `.wrongType`, `.outOfRange` or `.unsupported` with the key, or what the JSON itself breaks.
  public init(json path: String, generation generationPath: String? = nil) throws(ModelFileError) {
    let values = try ConfigurationReader(json: path)
    var tokens = values
    if let generationPath { tokens = values.overridden(by: try ConfigurationReader(json: generationPath)) }
    let (architecture, head) = try Self.identity(values)
    try Self.refuseVariants(values)

    let hiddenSize = try values.requiredInteger("hidden_size")
    let headCount = try values.requiredInteger("num_attention_heads")
    let layerCount = try values.requiredInteger("num_hidden_layers")
    let attentionBias = try values.bool("attention_bias") ?? false
    let contextLength = try values.integer("max_position_embeddings") ?? architecture.defaultContextLength
    let rope = try Self.rope(values)
    let configuration = Self(
      architecture: architecture,
      head: head,
      hiddenSize: hiddenSize,
      layerCount: layerCount,
      headCount: headCount,
      keyValueHeadCount: try values.integer("num_key_value_heads") ?? architecture.defaultKeyValueHeads(headCount),
      headDimension: try values.integer("head_dim")
        ?? architecture.defaultHeadDimension(hiddenSize: hiddenSize, headCount: headCount),
      intermediateSize: try values.requiredInteger("intermediate_size"),
      vocabularySize: try values.requiredInteger("vocab_size"),
      contextLength: contextLength,
      rmsNormEpsilon: Float(try values.number("rms_norm_eps") ?? 1e-6),
      ropeTheta: rope.theta,
      ropeScaling: rope.scaling,
      rotaryLayout: .halfSplit,
      attentionWindows: try Self.attentionWindows(values, architecture, layerCount: layerCount),
      tiedEmbeddings: try values.bool("tie_word_embeddings") ?? false,
      // Qwen2 has biases on these three by construction, and no key for it; Mistral has none at all.
      queryKeyValueBias: architecture == .qwen2 || (architecture != .mistral && attentionBias),
      attentionOutputBias: (architecture == .llama || architecture == .qwen3) && attentionBias,
      feedForwardBias: architecture == .llama ? try values.bool("mlp_bias") ?? false : false,
      queryKeyNormalization: architecture == .qwen3,
      beginOfTextToken: try tokens.token("bos_token_id"),
      endOfTextTokens: try tokens.tokens("eos_token_id") ?? [],
      paddingToken: try values.token("pad_token_id"))
    self = try configuration.validated(file: path) { Self.jsonKeys[$0] ?? "config" }
  }

  private static var jsonKeys: [PartialKeyPath<Self>: String] {
    [
      \.hiddenSize: "hidden_size", \.layerCount: "num_hidden_layers", \.headCount: "num_attention_heads",
      \.keyValueHeadCount: "num_key_value_heads", \.headDimension: "head_dim",
      \.intermediateSize: "intermediate_size", \.vocabularySize: "vocab_size",
      \.contextLength: "max_position_embeddings", \.rmsNormEpsilon: "rms_norm_eps", \.ropeTheta: "rope_theta",
      \.ropeScaling: "rope_scaling", \.attentionWindows: "sliding_window", \.beginOfTextToken: "bos_token_id",
      \.endOfTextTokens: "eos_token_id", \.paddingToken: "pad_token_id",
    ]
  }

  /// Sizes a layer list must not ask for before the count is validated.
  static let maximumLayers = 1 << 12
}

extension ConfigurationReader {
  /// The top-level object of a JSON file. A configuration of more than a few megabytes is not one.
  fileprivate init(json path: String) throws(ModelFileError) {
    var limits = JSONParser.Limits()
    limits.bytes = 16 << 20
    limits.values = 1_000_000
    let document = try JSONParser.parse(contentsOf: path, limits: limits)
    guard let members = document.object else {
      throw ModelFileError(.malformed, file: path, "is \(document.typeName) instead of an object")
    }
    self.init(path, members: members)
  }
}

// MARK: - Architecture and head

extension ModelConfiguration.Architecture {
  fileprivate var defaultContextLength: Int {
    switch self {
    case .llama: 2048
    case .mistral: 131_072
    case .qwen2, .qwen3: 32_768
    }
  }

  fileprivate func defaultKeyValueHeads(_ headCount: Int) -> Int {
    switch self {
    case .llama: headCount
    case .mistral: 8
    case .qwen2, .qwen3: 32
    }
  }

  fileprivate func defaultHeadDimension(hiddenSize: Int, headCount: Int) -> Int {
    self == .qwen3 ? 128 : hiddenSize / max(1, headCount)
  }

  /// As in the class names of transformers.
  fileprivate var className: String {
    switch self {
    case .llama: "Llama"
    case .mistral: "Mistral"
    case .qwen2: "Qwen2"
    case .qwen3: "Qwen3"
    }
  }
}

extension ModelConfiguration {
  private static func identity(_ values: ConfigurationReader) throws(ModelFileError) -> (Architecture, Head) {
    let names = try values.strings("architectures") ?? []
    guard names.count <= 1 else { throw values.fault(.unsupported, "architectures", "names \(names.count) classes") }
    let modelType = try values.string("model_type")
    let supported = Architecture.allCases.map(\.rawValue).joined(separator: ", ")
    let named = names.first.flatMap { name in Architecture.allCases.first { name.hasPrefix($0.className + "For") } }
    if let modelType, Architecture(rawValue: modelType) == nil {
      throw values.fault(
        .unsupported, "model_type", "is \(modelType.quotedForMessage); supported architectures are \(supported)")
    }
    if let name = names.first, named == nil {
      throw values.fault(
        .unsupported, "architectures", "is \(name.quotedForMessage); supported architectures are \(supported)")
    }
    guard let architecture = modelType.flatMap(Architecture.init(rawValue:)) ?? named else {
      throw values.fault(.missing, "model_type", "is absent, and so is 'architectures'")
    }
    guard let name = names.first else { return (architecture, .languageModel) }
    guard named == architecture else {
      throw values.fault(.inconsistent, "architectures", "is \(name) but model_type is \(architecture.rawValue)")
    }
    switch name.dropFirst(architecture.className.count) {
    case "ForCausalLM": return (architecture, .languageModel)
    case "ForSequenceClassification": return (architecture, .sequenceClassification(labels: try labels(values)))
    case "ForTokenClassification": return (architecture, .tokenClassification(labels: try labels(values)))
    // The classes that Qwen2.5-Math-PRM, Qwen2.5-Math-RM and Skywork-o1-Open-PRM bring along.
    case "ForProcessRewardModel": return (architecture, .processReward)
    case "ForRewardModel": return (architecture, .outcomeReward)
    case "ForPrmModel": return (architecture, .value)
    default:
      throw values.fault(
        .unsupported, "architectures",
        "is \(name.quotedForMessage); supported heads are ForCausalLM, ForSequenceClassification, "
          + "ForTokenClassification, ForProcessRewardModel, ForRewardModel, ForPrmModel"
      )
    }
  }

  /// `id2label` in the order of its numbers; transformers takes two labels where a configuration has none.
  private static func labels(_ values: ConfigurationReader) throws(ModelFileError) -> [String] {
    let key = "id2label"
    guard let value = values.value(key) else {
      let count = try values.integer("num_labels") ?? 2
      guard (1...1024).contains(count) else { throw values.fault(.outOfRange, "num_labels", "is \(count)") }
      return (0..<count).map { "LABEL_\($0)" }
    }
    guard let members = value.object else { throw values.fault(.wrongType, key, "is \(value.typeName)") }
    guard (1...1024).contains(members.count) else {
      throw values.fault(.outOfRange, key, "has \(members.count) labels")
    }
    var labels: [String] = []
    for number in 0..<members.count {
      guard let label = members[String(number)]?.string else {
        throw values.fault(.malformed, key, "does not number its \(members.count) labels from 0")
      }
      labels.append(label)
    }
    return labels
  }

  /// Keys whose presence changes the graph in a way that the forward pass does not know.
  private static func refuseVariants(_ values: ConfigurationReader) throws(ModelFileError) {
    if let activation = try values.string("hidden_act"), activation != "silu", activation != "swish" {
      throw values.fault(.unsupported, "hidden_act", "is \(activation.quotedForMessage); only silu is supported")
    }
    if values.value("quantization_config") != nil {
      throw values.fault(
        .unsupported, "quantization_config", "says the weights are quantized; use the float weights or a GGUF file")
    }
    if let fraction = try values.number("partial_rotary_factor"), fraction != 1 {
      throw values.fault(.unsupported, "partial_rotary_factor", "is \(fraction); only whole heads are rotated")
    }
  }
}
