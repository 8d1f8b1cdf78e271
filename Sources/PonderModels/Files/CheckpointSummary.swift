import OrderedCollections

/// What a person wants to know about a checkpoint before running it; the content of `ponder inspect`.
///
/// Made for every file that is intact, also for those that cannot be run: ``problem`` says why then.
public struct CheckpointSummary: Sendable, Hashable, Codable {
  /// As it was given.
  public var path: String
  /// The container: "GGUF v3", "safetensors in 2 shards".
  public var format: String
  /// Nil when the model cannot be run.
  public var model: Model?
  /// Why the model cannot be run.
  public var problem: String?
  /// The kind of tokenizer, "none" without one.
  public var tokenizer: String
  /// Nil without a chat template; "standard" and the names of others.
  public var chatTemplates: [String]
  /// The family of the standard template, if someone recognised it; ``init(_:templateFamily:)`` is told how.
  public var templateFamily: String?
  /// Weights and biases of all tensors.
  public var parameterCount: Int
  /// Bytes of all tensors.
  public var byteCount: Int
  /// Bytes of the tensors of each type.
  public var bytesByType: [String: Int]
  /// Every tensor, in the order of the files.
  public var tensors: [Tensor]

  /// One tensor.
  public struct Tensor: Sendable, Hashable, Codable {
    /// Hugging Face's name.
    public var name: String
    /// The outermost dimension first.
    public var shape: [Int]
    /// The element type by its format's name, "Q4_K".
    public var type: String
    /// Bytes of all tensors.
    public var byteCount: Int
  }

  /// The configuration in plain numbers.
  public struct Model: Sendable, Hashable, Codable {
    /// "llama", "mistral", "qwen2" or "qwen3".
    public var architecture: String
    /// "language model", "sequence classification", "token classification", "process reward", "outcome reward" or
    /// "value".
    public var head: String
    /// Of a classification head.
    public var labels: [String]
    /// Number of layers.
    public var layers: Int
    /// Width of the residual stream.
    public var hiddenSize: Int
    /// Query heads of a layer.
    public var heads: Int
    /// Key and value heads of a layer.
    public var keyValueHeads: Int
    /// Width of a head.
    public var headDimension: Int
    /// Width of the feed-forward layer.
    public var intermediateSize: Int
    /// Rows of the embedding matrix.
    public var vocabularySize: Int
    /// Positions the model was made for.
    public var contextLength: Int
    /// Whether the output matrix is the embedding matrix.
    public var tiedEmbeddings: Bool
    /// Base of the rotary frequencies.
    public var ropeTheta: Double
    /// How the rotary frequencies are stretched, in words.
    public var ropeScaling: String
    /// The narrowest attention window of a layer.
    public var slidingWindow: Int?
    /// Tokens that end a generation.
    public var endOfTextTokens: [Int]
  }

  /// Inspects the files at a path.
  ///
  /// - Parameters:
  ///   - path: as for ``Checkpoint/init(_:)-(String)``.
  ///   - templateFamily: names the family of a chat template, nil if it is unknown.
  /// - Throws: ``ModelFileError`` for a file that is broken; one that is merely not runnable is summarised.
  public init(_ path: String, templateFamily: (String) -> String? = { _ in nil }) throws(ModelFileError) {
    let contents = try CheckpointContents(path)
    do throws(ModelFileError) {
      model = Model(try Checkpoint(contents).configuration)
    } catch {
      problem = error.description
    }
    let templates = (try? contents.chatTemplates()) ?? ChatTemplateTexts()
    self.path = path
    format = contents.formatName
    tokenizer = contents.tokenizer.kind
    chatTemplates = (templates.standard == nil ? [] : ["standard"]) + templates.named.keys
    self.templateFamily = templates.standard.flatMap(templateFamily)
    parameterCount = contents.parameterCount
    byteCount = contents.byteCount
    tensors = contents.tensors.map { name, record in
      Tensor(name: name, shape: record.shape, type: record.type.rawValue, byteCount: record.byteCount)
    }
    bytesByType = Dictionary(tensors.map { ($0.type, $0.byteCount) }, uniquingKeysWith: +)
  }
}

extension CheckpointSummary.Model {
  init(_ configuration: ModelConfiguration) {
    architecture = configuration.architecture.rawValue
    switch configuration.head {
    case .languageModel: (head, labels) = ("language model", [])
    case .sequenceClassification(let names): (head, labels) = ("sequence classification", names)
    case .tokenClassification(let names): (head, labels) = ("token classification", names)
    case .processReward: (head, labels) = ("process reward", [])
    case .outcomeReward: (head, labels) = ("outcome reward", [])
    case .value: (head, labels) = ("value", [])
    }
    layers = configuration.layerCount
    hiddenSize = configuration.hiddenSize
    heads = configuration.headCount
    keyValueHeads = configuration.keyValueHeadCount
    headDimension = configuration.headDimension
    intermediateSize = configuration.intermediateSize
    vocabularySize = configuration.vocabularySize
    contextLength = configuration.contextLength
    tiedEmbeddings = configuration.tiedEmbeddings
    ropeTheta = configuration.ropeTheta
    switch configuration.ropeScaling {
    case .none: ropeScaling = "none"
    case .linear(let factor): ropeScaling = "linear, factor \(factor)"
    case .llama3(let factor, let low, let high, let original):
      ropeScaling = "llama3, factor \(factor), frequency factors \(low) and \(high), original context \(original)"
    case .divisors: ropeScaling = "a divisor for each frequency, in the file"
    }
    slidingWindow = configuration.attentionWindows.compactMap { $0 }.min()
    endOfTextTokens = configuration.endOfTextTokens
  }
}
