import PonderGeneration

/// `vocab.json` with `merges.txt`, the byte-level format of GPT-2's time that Qwen still ships.
///
/// The files do not say how text is split; `tokenizer_config.json` names the class that does.
struct VocabularyAndMerges {
  let vocabulary: TokenizerJSON
  let merges: [UInt8]

  func blueprint(_ folder: TokenizerFolder) throws(TokenizerError) -> TokenizerBlueprint {
    let file = "vocab.json"
    guard let entries = vocabulary.object else { throw .malformed(file: file, reason: "it is not an object") }
    var table = TokenTable(file: file, capacity: entries.count)
    for (spelling, value) in entries {
      guard let id = value.int32 else { throw .malformed(file: file, reason: "\"\(spelling)\" has no id") }
      let bytes = ByteLevelAlphabet.decode(spelling[...].utf8)
      try table.set(id, bytes ?? Array(spelling.utf8), .normal, isReachable: bytes != nil)
    }
    let added = folder.addedTokens
    for token in added { try table.add(token) }
    let vocabulary = Vocabulary(table.pieces)

    guard let text = String(validating: merges, as: UTF8.self) else {
      throw .malformed(file: "merges.txt", reason: "it is not UTF-8")
    }
    var reader = MergeReader(vocabulary: vocabulary, file: "merges.txt", capacity: merges.count / 10) {
      ByteLevelAlphabet.decode($0.utf8)
    }
    for line in text.utf8.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
      let line = String(Substring(line))
      if !line.hasPrefix("#version") { try reader.add(line: line) }
    }

    var steps: [PreTokenizer.Step]
    var normalizer = Normalizer()
    switch folder.tokenizerConfig["tokenizer_class"]?.string {
    case "Qwen2Tokenizer", "Qwen2TokenizerFast":
      normalizer.steps = [.nfc]
      steps = [.pattern(.qwen2)]
    case "GPT2Tokenizer", "GPT2TokenizerFast", nil: steps = [.pattern(.gpt2)]
    case let name?:
      throw .unsupported(file: "tokenizer_config.json", feature: "the tokenizer class \(name) without tokenizer.json")
    }
    if folder.tokenizerConfig["add_prefix_space"]?.bool == true { steps.insert(.prefixSpace, at: 0) }
    let encoder = BytePairEncoder(
      vocabulary: vocabulary, tokenCount: vocabulary.count, merges: reader.table, symbols: .bytes,
      prefersWholeWords: false)
    return TokenizerBlueprint(
      encoder: encoder, addedTokens: added, normalizer: normalizer, preTokenizer: PreTokenizer(steps: steps),
      decoding: .bytes)
  }
}
