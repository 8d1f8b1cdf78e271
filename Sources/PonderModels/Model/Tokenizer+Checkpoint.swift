import Foundation
import OrderedCollections
import PonderGeneration

extension Tokenizer {
  /// The tokenizer of a checkpoint; `nil` when it has none.
  ///
  /// - Throws: ``TokenizerError`` when there is one that cannot be read.
  public static func load(from source: TokenizerSource, file: String) throws(TokenizerError) -> Tokenizer? {
    switch source {
    case .gguf(let metadata):
      guard let fields = GGUFTokenizerFields(metadata) else { return nil }
      return try Tokenizer(fields, file: file)
    case .files(let files):
      guard files.hasVocabulary else { return nil }
      return try load(from: URL(filePath: files.folder))
    }
  }
}

extension GGUFTokenizerFields {
  /// The fields among all metadata of a file; `nil` for a file without a vocabulary.
  init?(_ metadata: OrderedDictionary<String, GGUFValue>) {
    func value(_ name: String) -> GGUFValue? { metadata["tokenizer.ggml." + name] }
    func token(_ name: String) -> Token? { value(name)?.integer.flatMap { Token(exactly: $0) } }
    guard let model = value("model")?.string, let tokens = value("tokens")?.strings else { return nil }
    self.init(
      model: model, pre: value("pre")?.string, tokens: tokens, scores: value("scores")?.floats ?? [],
      tokenTypes: (value("token_type")?.integers ?? []).map { Int32(clamping: $0) },
      merges: value("merges")?.strings ?? [], beginningOfText: token("bos_token_id"),
      endOfText: token("eos_token_id"), endOfTurn: token("eot_token_id"),
      addsBeginningOfText: value("add_bos_token")?.bool, addsEndOfText: value("add_eos_token")?.bool,
      addsSpacePrefix: value("add_space_prefix")?.bool)
  }
}
