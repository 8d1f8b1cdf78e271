import OrderedCollections

/// What the files of a checkpoint hold, before anyone asks whether it makes a model.
///
/// The formats are checked, the configuration is not yet read: a vocabulary without weights or an architecture that
/// cannot be run can still be inspected.
struct CheckpointContents: Sendable {
  enum Weights: Sendable {
    case gguf(GGUFFile)
    case safetensors(ShardedSafetensors)
  }

  let path: String
  let weights: Weights
  /// Under Hugging Face names, in the order of the files.
  let tensors: OrderedDictionary<String, TensorRecord>
  let tokenizer: TokenizerSource
  private let files: CheckpointFiles

  init(_ path: String) throws(ModelFileError) {
    self.path = path
    let files = try CheckpointFiles(path)
    self.files = files
    switch files.weights {
    case .gguf(let file):
      let gguf = try GGUFFile(file)
      weights = .gguf(gguf)
      tensors = try Self.canonical(gguf)
      tokenizer = .gguf(gguf.metadata)
    case .safetensors(let file):
      (weights, tensors) = Self.named(ShardedSafetensors(try SafetensorsFile(file)))
      tokenizer = .files(TokenizerFiles(files))
    case .index(let file):
      (weights, tensors) = Self.named(try ShardedSafetensors(index: file))
      tokenizer = .files(TokenizerFiles(files))
    }
  }

  /// "GGUF v3" or "safetensors", with the number of shards.
  var formatName: String {
    switch weights {
    case .gguf(let gguf): "GGUF v\(gguf.version)"
    case .safetensors(let sharded):
      sharded.shards.count == 1 ? "safetensors" : "safetensors in \(sharded.shards.count) shards"
    }
  }

  /// Bytes of all tensors; cannot overflow, because tensors do not share bytes of a file.
  var byteCount: Int { tensors.values.reduce(0) { $0 + $1.byteCount } }

  var parameterCount: Int {
    tensors.reduce(0) { sum, entry in
      let isBuffer = entry.key == "rope_freqs.weight" || entry.key.hasSuffix("rotary_emb.inv_freq")
      return isBuffer ? sum : sum + entry.value.elementCount
    }
  }

  /// - Throws: `.missing`.
  func tensor(_ name: String) throws(ModelFileError) -> (file: MappedFile, record: TensorRecord) {
    switch weights {
    case .gguf(let gguf):
      if let record = tensors[name] { return (gguf.file, record) }
      throw ModelFileError(.missing, file: gguf.file.path, part: .tensor(TensorNames.gguf(name)), "is not in the file")
    case .safetensors(let sharded):
      if let tensor = sharded[name] { return tensor }
      throw ModelFileError(.missing, file: files.weights.path, part: .tensor(name), "is not in the file")
    }
  }

  func configuration() throws(ModelFileError) -> ModelConfiguration {
    switch weights {
    case .gguf(let gguf):
      let split = "split.count"
      if let parts = gguf.metadata[split]?.integer, parts > 1 {
        throw ModelFileError(
          .unsupported, file: gguf.file.path, part: .key(split),
          "says this is one of \(parts) parts; merge them with llama-gguf-split")
      }
      return try ModelConfiguration(gguf: gguf)
    case .safetensors:
      guard let path = files.path(of: "config.json") else {
        throw ModelFileError(.notFound, file: files.folder.appendingPathComponent("config.json"), "does not exist")
      }
      return try ModelConfiguration(json: path, generation: files.path(of: "generation_config.json"))
    }
  }

  func chatTemplates() throws(ModelFileError) -> ChatTemplateTexts {
    if case .gguf(let gguf) = weights { return ChatTemplateTexts(gguf: gguf) }
    return try ChatTemplateTexts(files)
  }

  private static func canonical(
    _ gguf: GGUFFile
  ) throws(ModelFileError) -> OrderedDictionary<String, TensorRecord> {
    var tensors = OrderedDictionary<String, TensorRecord>(minimumCapacity: gguf.tensors.count)
    for (name, record) in gguf.tensors {
      guard tensors.updateValue(record, forKey: TensorNames.canonical(gguf: name)) == nil else {
        throw ModelFileError(.duplicate, file: gguf.file.path, part: .tensor(name), "occurs twice, under two spellings")
      }
    }
    return tensors
  }

  private static func named(
    _ sharded: ShardedSafetensors
  ) -> (Weights, OrderedDictionary<String, TensorRecord>) {
    let records = sharded.tensorNames.compactMap { name in sharded[name].map { (name, $0.record) } }
    return (.safetensors(sharded), OrderedDictionary(uniqueKeysWithValues: records))
  }
}
