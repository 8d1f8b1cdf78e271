import Foundation
import PonderGeneration

/// A tiktoken rank file: a line for each token, its bytes in base64, a space, its rank, which is its id.
struct TiktokenFile {
  let name: String
  private let table: TokenTable

  /// Whether the first line looks like one of a rank file.
  static func matches(_ bytes: [UInt8]) -> Bool {
    let line = bytes.prefix(2048).prefix { $0 != UInt8(ascii: "\n") }
    return line.count < 2048 && parse(line) != nil
  }

  private static func parse(_ line: ArraySlice<UInt8>) -> ([UInt8], Int32)? {
    guard let space = line.firstIndex(of: UInt8(ascii: " ")),
      let bytes = Data(base64Encoded: Data(line[..<space])), !bytes.isEmpty,
      let rank = Int32(String(decoding: line[(space + 1)...].prefix { $0 != UInt8(ascii: "\r") }, as: UTF8.self))
    else { return nil }
    return ([UInt8](bytes), rank)
  }

  init(_ bytes: [UInt8], name: String) throws(TokenizerError) {
    self.name = name
    var table = TokenTable(file: name, capacity: bytes.count / 16)
    for (number, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
      guard let (token, rank) = Self.parse(line) else {
        throw .malformed(file: name, reason: "line \(number + 1) is not a token and its rank")
      }
      try table.set(rank, token, .normal)
    }
    guard !table.pieces.isEmpty else { throw .malformed(file: name, reason: "there are no tokens") }
    self.table = table
  }

  /// - Parameter pattern: how text is split, which the file does not say; nil tells it by the number of ranks.
  func blueprint(pattern: SplitPattern?, addedTokens: [AddedToken]) throws(TokenizerError) -> TokenizerBlueprint {
    let pattern = if let pattern { pattern } else { try Self.pattern(ranks: table.pieces.count, name) }
    var table = table
    let ranks = table.pieces.indices.map { table.pieces[$0].kind == .missing ? nil : UInt32($0) }
    var added = addedTokens.filter { Int($0.id) >= ranks.count }
    if added.isEmpty, ranks.count == Self.llama3Ranks { added = Self.llama3SpecialTokens }
    for token in added { try table.add(token) }
    let vocabulary = Vocabulary(table.pieces)
    let encoder = BytePairEncoder(
      vocabulary: vocabulary, tokenCount: vocabulary.count,
      merges: MergeTable(splitting: vocabulary, ranks: ranks, cutsCharacters: true), symbols: .bytes,
      prefersWholeWords: true)
    var blueprint = TokenizerBlueprint(
      encoder: encoder, addedTokens: added, preTokenizer: PreTokenizer(steps: [.pattern(pattern)]),
      decoding: .bytes)
    if pattern == .llama3, let beginning = added.first(where: { $0.content.elementsEqual("<|begin_of_text|>".utf8) }) {
      blueprint.prefix = [beginning.id]
      blueprint.beginningOfText = beginning.id
      blueprint.endOfText = added.first { $0.content.elementsEqual("<|end_of_text|>".utf8) }?.id
    }
    return blueprint
  }

  private static func pattern(ranks: Int, _ name: String) throws(TokenizerError) -> SplitPattern {
    switch ranks {
    case llama3Ranks: return .llama3
    case 151_643: return .qwen2
    case 50_256, 50_257: return .gpt2
    default:
      throw .unknownPattern(
        file: name, pattern: "none is known for \(ranks) ranks; name one with load(from:pattern:)")
    }
  }

  private static let llama3Ranks = 128_000

  /// Llama 3's special tokens, which its rank file does not list (llama-models, `tokenizer.py`, as of 3.1).
  private static let llama3SpecialTokens: [AddedToken] = {
    var names = [
      "<|begin_of_text|>", "<|end_of_text|>", "<|reserved_special_token_0|>", "<|reserved_special_token_1|>",
      "<|finetune_right_pad_id|>", "<|reserved_special_token_2|>", "<|start_header_id|>", "<|end_header_id|>",
      "<|eom_id|>", "<|eot_id|>", "<|python_tag|>",
    ]
    names += (3...247).map { "<|reserved_special_token_\($0)|>" }
    return names.enumerated().map { AddedToken(content: Array($1.utf8), id: Token(llama3Ranks + $0)) }
  }()
}
