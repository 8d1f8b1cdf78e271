import PonderGeneration

/// `tokenizer.json` as Hugging Face `tokenizers` writes it: byte-level BPE and SentencePiece-like BPE.
///
/// Saved truncation and padding are settings of a training run, not of the tokenizer, and are ignored.
struct HuggingFaceTokenizerFile {
  let name: String
  let root: TokenizerJSON

  init(_ bytes: [UInt8], name: String) throws(TokenizerError) {
    self.name = name
    root = try TokenizerFolder.json(bytes, name: name)
  }

  private func malformed(_ reason: String) -> TokenizerError { .malformed(file: name, reason: reason) }
  private func unsupported(_ feature: String) -> TokenizerError { .unsupported(file: name, feature: feature) }

  func blueprint() throws(TokenizerError) -> TokenizerBlueprint {
    guard let model = root["model"] else { throw malformed("there is no model") }
    guard let entries = model["vocab"]?.object else {
      if let type = model["type"]?.string, type != "BPE" { throw unsupported("the model type \(type)") }
      throw malformed("the model has no vocabulary")
    }
    if let type = model["type"]?.string, type != "BPE" { throw unsupported("the model type \(type)") }
    for option in ["continuing_subword_prefix", "end_of_word_suffix"] {
      if let value = model[option]?.string, !value.isEmpty { throw unsupported("\(option) \"\(value)\"") }
    }
    let isByteLevel = mentions(type: "ByteLevel")
    let marker = try isByteLevel ? "" : spaceMarker()
    let added = try addedTokens()

    var table = TokenTable(file: name, capacity: entries.count)
    for (spelling, value) in entries {
      guard let id = value.int32 else { throw malformed("the token \"\(spelling)\" has no id") }
      if isByteLevel {
        let bytes = ByteLevelAlphabet.decode(spelling[...].utf8)
        try table.set(id, bytes ?? Array(spelling.utf8), .normal, isReachable: bytes != nil)
      } else if let byte = TokenTable.byte(spelling) {
        try table.set(id, [byte], .byte, isReachable: false)
      } else {
        try table.set(id, Self.unmarked(spelling, marker), .normal)
      }
    }
    for token in added { try table.add(token) }
    let vocabulary = Vocabulary(table.pieces)
    let merges = try merges(model["merges"], vocabulary, isByteLevel: isByteLevel, marker)

    let unknown = try unknownToken(model, entries)
    let fallsBack = model["byte_fallback"]?.bool == true
    let symbols: BytePairEncoder.Symbols =
      isByteLevel
      ? .bytes
      : .characters(
        .init(
          byteTokens: fallsBack ? Self.byteTokens(table.pieces) : [], unknown: unknown,
          fusesUnknown: model["fuse_unk"]?.bool == true))
    let encoder = BytePairEncoder(
      vocabulary: vocabulary, tokenCount: vocabulary.count, merges: merges, symbols: symbols,
      prefersWholeWords: model["ignore_merges"]?.bool == true)
    let (prefix, suffix) = try specialTokens(vocabulary)
    var blueprint = TokenizerBlueprint(
      encoder: encoder, addedTokens: added, normalizer: Normalizer(steps: try normalizer(root["normalizer"], marker)),
      preTokenizer: PreTokenizer(steps: try preTokenizer(root["pre_tokenizer"], marker)),
      decoding: try isByteLevel ? .bytes : decoding(marker), prefix: prefix, suffix: suffix)
    blueprint.beginningOfText = prefix.first
    if !isByteLevel {
      if !marker.isEmpty {
        blueprint.normalizer.steps.append(.replace(Array(marker.utf8), with: [UInt8(ascii: " ")]))
      }
      if blueprint.preTokenizer.steps.isEmpty, vocabulary.hasSpacesOnlyInFront {
        blueprint.preTokenizer.steps = [.spaceStarts]
      }
    }
    return blueprint
  }

  // MARK: - The vocabulary

  private func addedTokens() throws(TokenizerError) -> [AddedToken] {
    var tokens: [AddedToken] = []
    for entry in root["added_tokens"]?.array ?? [] {
      guard let id = entry["id"]?.int32, let content = entry["content"]?.string else {
        throw malformed("an added token has no id or no content")
      }
      tokens.append(AddedToken(json: entry, content: Array(content.utf8), id: id))
    }
    return tokens
  }

  private func unknownToken(
    _ model: TokenizerJSON, _ entries: [(key: String, value: TokenizerJSON)]
  ) throws(TokenizerError) -> Int32? {
    guard let spelling = model["unk_token"]?.string else { return nil }
    guard let id = entries.first(where: { $0.key.utf8.elementsEqual(spelling.utf8) })?.value.int32 else {
      throw malformed("the unknown token \"\(spelling)\" is not in the vocabulary")
    }
    return id
  }

  /// The tokens of the 256 bytes, or none unless all are there.
  static func byteTokens(_ pieces: [Vocabulary.Piece]) -> [Int32] {
    var tokens = [Int32](repeating: -1, count: 256)
    for (id, piece) in pieces.enumerated() where piece.kind == .byte && tokens[Int(piece.bytes[0])] < 0 {
      tokens[Int(piece.bytes[0])] = Int32(id)
    }
    return tokens.contains(-1) ? [] : tokens
  }

  /// Merges in either spelling, `"a b"` or `["a", "b"]`; ranks are the order of the file.
  private func merges(
    _ json: TokenizerJSON?, _ vocabulary: Vocabulary, isByteLevel: Bool, _ marker: String
  ) throws(TokenizerError) -> MergeTable {
    guard let entries = json?.array else { throw malformed("the model has no merges") }
    var reader = MergeReader(vocabulary: vocabulary, file: name, capacity: entries.count) { part in
      isByteLevel ? ByteLevelAlphabet.decode(part.utf8) : Self.unmarked(String(part), marker)
    }
    for entry in entries {
      if let line = entry.string {
        try reader.add(line: line)
      } else if let pair = entry.array, pair.count == 2, let left = pair[0].string, let right = pair[1].string {
        try reader.add(left[...], right[...])
      } else {
        throw malformed("merge \(reader.rank) is not a pair")
      }
    }
    return reader.table
  }

  /// The spelling with SentencePiece's space marker turned back into the space it stands for.
  private static func unmarked(_ spelling: String, _ marker: String) -> [UInt8] {
    let bytes = Array(spelling.utf8)
    guard !marker.isEmpty else { return bytes }
    let step = Normalizer(steps: [.replace(Array(marker.utf8), with: [UInt8(ascii: " ")])])
    return bytes.withUnsafeBufferPointer { step.normalize($0) } ?? bytes
  }

  // MARK: - Special tokens around a text

  private func specialTokens(_ vocabulary: Vocabulary) throws(TokenizerError) -> ([Token], [Token]) {
    var prefix: [Token] = []
    var suffix: [Token] = []
    for processor in components(root["post_processor"], "processors") {
      switch processor["type"]?.string {
      case "ByteLevel": continue
      case "TemplateProcessing":
        var isAfterText = false
        for part in processor["single"]?.array ?? [] {
          if part["Sequence"] != nil { isAfterText = true }
          guard let label = part["SpecialToken"]?["id"]?.string else { continue }
          guard let ids = processor["special_tokens"]?[label]?["ids"]?.array?.compactMap(\.int32),
            ids.allSatisfy({ vocabulary.contains($0) })
          else { throw malformed("the post-processor's token \"\(label)\" has no valid id") }
          if isAfterText { suffix += ids } else { prefix += ids }
        }
      case "RobertaProcessing", "BertProcessing":
        guard let first = processor["cls"]?.array?.last?.int32, let last = processor["sep"]?.array?.last?.int32,
          vocabulary.contains(first), vocabulary.contains(last)
        else { throw malformed("the post-processor's tokens have no valid ids") }
        prefix.append(first)
        suffix.append(last)
      case let type: throw unsupported("the post-processor \(type ?? "without a type")")
      }
    }
    return (prefix, suffix)
  }
}
