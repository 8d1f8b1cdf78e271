import OrderedCollections

extension ModelConfiguration {
  /// Reads the metadata of a GGUF file; what GGUF leaves to the tensors (biases, tied embeddings, rotary divisors,
  /// classification heads) is read off the tensor directory, as llama.cpp does.
  ///
  /// - Throws: `.missing`, `.wrongType`, `.outOfRange` or `.unsupported` with the key.
  public init(gguf: GGUFFile) throws(ModelFileError) {
    let file = gguf.file.path
    let values = ConfigurationReader(file, metadata: gguf.metadata)
    guard let name = try values.string("general.architecture") else {
      throw values.fault(.missing, "general.architecture", "is absent")
    }
    // Mistral is stored as llama; it has the same graph.
    let supported: [Architecture] = [.llama, .qwen2, .qwen3]
    guard let architecture = Architecture(rawValue: name), supported.contains(architecture) else {
      throw values.fault(
        .unsupported, "general.architecture",
        "is \(name.quotedForMessage); supported are \(supported.map(\.rawValue).joined(separator: ", "))")
    }
    func key(_ suffix: String) -> String { "\(name).\(suffix)" }
    try Self.refuseVariants(values, key)

    let hiddenSize = try values.requiredInteger(key("embedding_length"))
    let headCount = try values.uniform(key("attention.head_count")) ?? 0
    let layerCount = try values.requiredInteger(key("block_count"))
    let headDimension =
      try values.integer(key("attention.key_length"), key("rope.dimension_count")) ?? hiddenSize / max(1, headCount)
    let window = architecture == .llama ? try values.integer(key("attention.sliding_window")) : nil
    let hasTensor = { (name: String) in gguf.tensors[name] != nil }
    let configuration = Self(
      architecture: architecture,
      head: try Self.head(gguf, values, key),
      hiddenSize: hiddenSize,
      layerCount: layerCount,
      headCount: headCount,
      keyValueHeadCount: try values.uniform(key("attention.head_count_kv")) ?? headCount,
      headDimension: headDimension,
      intermediateSize: try values.uniform(key("feed_forward_length")) ?? 0,
      vocabularySize: try Self.vocabularySize(gguf, values, key),
      contextLength: try values.requiredInteger(key("context_length")),
      rmsNormEpsilon: Float(try values.requiredNumber(key("attention.layer_norm_rms_epsilon"))),
      ropeTheta: try values.number(key("rope.freq_base")) ?? 10_000,
      ropeScaling: try Self.ropeScaling(gguf, values, key),
      rotaryLayout: architecture == .llama ? .interleaved : .halfSplit,
      // 0 says that there is no window.
      attentionWindows: (0..<max(0, min(layerCount, Self.maximumLayers))).map { _ in window == 0 ? nil : window },
      tiedEmbeddings: !hasTensor("output.weight"),
      queryKeyValueBias: hasTensor("blk.0.attn_q.bias"),
      attentionOutputBias: hasTensor("blk.0.attn_output.bias"),
      feedForwardBias: hasTensor("blk.0.ffn_gate.bias"),
      queryKeyNormalization: architecture == .qwen3,
      beginOfTextToken: try values.token("tokenizer.ggml.bos_token_id"),
      endOfTextTokens: try Self.endOfTextTokens(gguf, values),
      paddingToken: try values.token("tokenizer.ggml.padding_token_id"))
    self = try configuration.validated(file: file) { key(Self.ggufKeys[$0] ?? "configuration") }
    try requireWholeRotation(values, key)
  }

  private static var ggufKeys: [PartialKeyPath<Self>: String] {
    [
      \.hiddenSize: "embedding_length", \.layerCount: "block_count", \.headCount: "attention.head_count",
      \.keyValueHeadCount: "attention.head_count_kv", \.headDimension: "attention.key_length",
      \.intermediateSize: "feed_forward_length", \.vocabularySize: "vocab_size", \.contextLength: "context_length",
      \.rmsNormEpsilon: "attention.layer_norm_rms_epsilon", \.ropeTheta: "rope.freq_base",
      \.ropeScaling: "rope.scaling", \.attentionWindows: "attention.sliding_window",
      \.beginOfTextToken: "bos_token_id", \.endOfTextTokens: "eos_token_id", \.paddingToken: "padding_token_id",
    ]
  }

  private static func refuseVariants(
    _ values: ConfigurationReader, _ key: (String) -> String
  ) throws(ModelFileError) {
    if let experts = try values.integer(key("expert_count")), experts > 0 {
      throw values.fault(.unsupported, key("expert_count"), "is \(experts); mixtures of experts are not supported")
    }
    if try values.bool(key("attention.causal")) == false {
      throw values.fault(.unsupported, key("attention.causal"), "is false; only causal attention is supported")
    }
  }

  /// Heads must be rotated whole, and values be as wide as keys.
  private func requireWholeRotation(
    _ values: ConfigurationReader, _ key: (String) -> String
  ) throws(ModelFileError) {
    for name in ["rope.dimension_count", "attention.value_length"] {
      if let width = try values.integer(key(name)), width != headDimension {
        throw values.fault(.unsupported, key(name), "is \(width) where a head is \(headDimension) wide")
      }
    }
  }

  private static func ropeScaling(
    _ gguf: GGUFFile, _ values: ConfigurationReader, _ key: (String) -> String
  ) throws(ModelFileError) -> RopeScaling {
    let typeKey = key("rope.scaling.type")
    let type = try values.string(typeKey) ?? "none"
    let factor = try values.number(key("rope.scaling.factor"), key("rope.scale_linear")) ?? 1
    guard ["none", "linear"].contains(type) else {
      throw values.fault(.unsupported, typeKey, "is \(type.quotedForMessage); supported are none, linear")
    }
    let isLinear = factor != 1 && (type == "linear" || values.value(typeKey) == nil)
    guard let record = gguf.tensors["rope_freqs.weight"] else { return isLinear ? .linear(factor: factor) : .none }
    guard !isLinear else {
      throw values.fault(.unsupported, key("rope.scaling.factor"), "is \(factor) beside a tensor of rotary divisors")
    }
    guard record.type == .f32, record.shape.count == 1 else {
      throw ModelFileError(
        .wrongType, file: gguf.file.path, part: .tensor(record.name),
        "is not a vector of F32 but \(record.type.rawValue) \(record.shape)")
    }
    let bytes = gguf.bytes(of: record)
    return .divisors(
      (0..<record.elementCount).map {
        Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
      })
  }

  private static func vocabularySize(
    _ gguf: GGUFFile, _ values: ConfigurationReader, _ key: (String) -> String
  ) throws(ModelFileError) -> Int {
    // The embedding matrix has the last word: the tokenizer can be shorter than its padding.
    if let record = gguf.tensors["token_embd.weight"], record.shape.count == 2 { return record.shape[0] }
    if let size = try values.integer(key("vocab_size")) { return size }
    guard let tokens = gguf.metadata["tokenizer.ggml.tokens"]?.strings else {
      throw values.fault(.missing, key("vocab_size"), "is absent, and there is no list of tokens")
    }
    return tokens.count
  }

  private static func head(
    _ gguf: GGUFFile, _ values: ConfigurationReader, _ key: (String) -> String
  ) throws(ModelFileError) -> Head {
    guard let record = gguf.tensors["cls.output.weight"] else { return .languageModel }
    let count = record.shape.count == 2 ? record.shape[0] : 1
    guard (1...1024).contains(count) else {
      throw ModelFileError(.outOfRange, file: gguf.file.path, part: .tensor(record.name), "has \(count) rows")
    }
    let labels = try values.strings(key("classifier.output_labels")) ?? (0..<count).map { "LABEL_\($0)" }
    guard labels.count == count else {
      throw values.fault(.inconsistent, key("classifier.output_labels"), "has \(labels.count) labels for \(count) rows")
    }
    return .sequenceClassification(labels: labels)
  }

  /// The ids under their keys, and the control tokens that end a turn in known chat formats: many files name only the
  /// end of a document. The texts are those that llama.cpp looks for.
  private static func endOfTextTokens(
    _ gguf: GGUFFile, _ values: ConfigurationReader
  ) throws(ModelFileError) -> [Int] {
    var tokens = OrderedSet<Int>()
    for name in ["eos", "eot", "eom"] {
      if let token = try values.token("tokenizer.ggml.\(name)_token_id") { tokens.append(token) }
    }
    let texts: Set = [
      "<|eot_id|>", "<|eom_id|>", "<|im_end|>", "<|end|>", "<|end_of_text|>", "<|endoftext|>", "<end_of_turn>",
    ]
    for (token, text) in (gguf.metadata["tokenizer.ggml.tokens"]?.strings ?? []).enumerated() where texts.contains(text)
    {
      tokens.append(token)
    }
    return Array(tokens)
  }
}

extension ConfigurationReader {
  /// A number, or a list that repeats one: some converters write a number for each layer.
  fileprivate func uniform(_ key: String) throws(ModelFileError) -> Int? {
    guard let array = value(key)?.array else { return try integer(key) }
    guard let first = array.first?.integer, array.allSatisfy({ $0.integer == first }) else {
      throw fault(.unsupported, key, "differs between layers")
    }
    return first
  }
}
