import OrderedCollections

/// Where a checkpoint keeps its tokenizer.
public enum TokenizerSource: Sendable {
  /// In the metadata of the GGUF file, under `tokenizer.ggml.*`.
  case gguf(OrderedDictionary<String, GGUFValue>)
  /// In files beside the weights.
  case files(TokenizerFiles)
}

/// The paths of the tokenizer files in a folder, those that exist.
public struct TokenizerFiles: Sendable, Hashable {
  /// The folder all of them are in.
  public var folder: String
  /// `tokenizer.json` of Hugging Face tokenizers.
  public var tokenizerJSON: String?
  /// `tokenizer.model`, here or in `original/`: SentencePiece for Llama 2 and Mistral, tiktoken text for Llama 3.
  public var tokenizerModel: String?
  /// A `*.tiktoken` file (Qwen).
  public var tiktoken: String?
  /// `vocab.json`: tokens to ids.
  public var vocabularyJSON: String?
  /// `merges.txt`: the merges of byte-level BPE in order.
  public var merges: String?
  /// `tokenizer_config.json`: special tokens and chat template.
  public var tokenizerConfiguration: String?
  /// `special_tokens_map.json`.
  public var specialTokensMap: String?
  /// `added_tokens.json`.
  public var addedTokens: String?

  /// Whether any of the files holds a vocabulary.
  public var hasVocabulary: Bool {
    tokenizerJSON != nil || tokenizerModel != nil || tiktoken != nil || (vocabularyJSON != nil && merges != nil)
  }
}

extension TokenizerFiles {
  init(_ files: CheckpointFiles) {
    folder = files.folder
    tokenizerJSON = files.path(of: "tokenizer.json")
    tokenizerModel = files.path(of: "tokenizer.model") ?? files.path(of: "original/tokenizer.model")
    tiktoken = files.path(of: "qwen.tiktoken") ?? files.path(of: "tokenizer.tiktoken")
    vocabularyJSON = files.path(of: "vocab.json")
    merges = files.path(of: "merges.txt")
    tokenizerConfiguration = files.path(of: "tokenizer_config.json")
    specialTokensMap = files.path(of: "special_tokens_map.json")
    addedTokens = files.path(of: "added_tokens.json")
  }
}

extension TokenizerSource {
  /// What kind of tokenizer it is, as far as its container tells, for a person to read.
  public var kind: String {
    switch self {
    case .gguf(let metadata):
      guard let model = metadata["tokenizer.ggml.model"]?.string else { return "none" }
      let family = ["gpt2": "byte-level BPE", "llama": "SentencePiece BPE"][model] ?? model
      let count = metadata["tokenizer.ggml.tokens"]?.strings?.count ?? 0
      let rule = metadata["tokenizer.ggml.pre"]?.string.map { ", pre-tokenizer \($0.quotedForMessage)" } ?? ""
      return "\(family) in GGUF metadata, \(count) tokens\(rule)"
    case .files(let files):
      if files.tokenizerJSON != nil { return "tokenizer.json" }
      if files.tokenizerModel != nil { return "tokenizer.model" }
      if files.tiktoken != nil { return "tiktoken" }
      if files.vocabularyJSON != nil && files.merges != nil { return "byte-level BPE in vocab.json and merges.txt" }
      return "none"
    }
  }
}
