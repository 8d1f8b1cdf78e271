import Foundation
import OrderedCollections
import PonderGeneration

extension Tokenizer {
  /// The tokenizer of an opened checkpoint, from its GGUF metadata or from the files beside its weights.
  ///
  /// - Throws: `TokenizerError.notFound` where it has none.
  public static func load(from checkpoint: Checkpoint) throws(TokenizerError) -> Tokenizer {
    guard let tokenizer = try load(from: checkpoint.tokenizer, file: checkpoint.path) else {
      throw .notFound(path: checkpoint.path, looked: ["tokenizer.json", "tokenizer.model", "vocab.json", "*.tiktoken"])
    }
    return tokenizer
  }

  /// The tokenizer at a checkpoint's source; nil where it has none.
  ///
  /// - Parameter file: what errors call a GGUF file.
  public static func load(from source: TokenizerSource, file: String) throws(TokenizerError) -> Tokenizer? {
    switch source {
    case .gguf(let metadata):
      if metadata["tokenizer.ggml.model"] == nil { return nil }
      return try Tokenizer(GGUFTokenizerFields(metadata: metadata, file: file), file: file)
    case .files(let files):
      let byteLevel = files.merges == nil ? nil : files.vocabularyJSON
      guard let file = files.tokenizerJSON ?? files.tokenizerModel ?? byteLevel ?? files.tiktoken else { return nil }
      return try load(from: URL(filePath: file))
    }
  }
}

extension GGUFTokenizerFields {
  /// From the metadata of a GGUF file.
  ///
  /// - Throws: `TokenizerError.malformed` where a key is missing or has the wrong type.
  init(metadata: OrderedDictionary<String, GGUFValue>, file: String) throws(TokenizerError) {
    func value<T>(_ name: String, _ read: (GGUFValue) -> T?) throws(TokenizerError) -> T? {
      let key = "tokenizer.ggml." + name
      guard let value = metadata[key] else { return nil }
      guard let result = read(value) else {
        throw .malformed(file: file, reason: "\(key) has the wrong type, \(value.typeName)")
      }
      return result
    }
    // Writers that have no such token write 2³² − 1.
    func token(_ name: String) throws(TokenizerError) -> Token? {
      try value(name, \.integer).flatMap { Token(exactly: $0) }
    }
    guard let model = try value("model", \.string) else {
      throw .malformed(file: file, reason: "tokenizer.ggml.model is missing")
    }
    let types = try value("token_type", \.integers) ?? []
    self.init(
      model: model, pre: try value("pre", \.string), tokens: try value("tokens", \.strings) ?? [],
      scores: try value("scores", \.floats) ?? [], tokenTypes: types.map { Token(exactly: $0) ?? -1 },
      merges: try value("merges", \.strings) ?? [], beginningOfText: try token("bos_token_id"),
      endOfText: try token("eos_token_id"), endOfTurn: try token("eot_token_id"),
      addsBeginningOfText: try value("add_bos_token", \.bool), addsEndOfText: try value("add_eos_token", \.bool),
      addsSpacePrefix: try value("add_space_prefix", \.bool))
  }
}
