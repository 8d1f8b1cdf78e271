import PonderGeneration

/// The `tokenizer.ggml.*` metadata of a GGUF file, under the names of the format's specification.
public struct GGUFTokenizerFields: Sendable {
  /// `gpt2` for byte-level BPE, `llama` for SentencePiece.
  public var model: String
  /// Which pre-tokenizer a byte-level vocabulary needs.
  public var pre: String?
  /// The tokens' spellings by id.
  public var tokens: [String]
  /// SentencePiece scores by id.
  public var scores: [Float]
  /// Token types by id: 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte. Empty: all normal.
  public var tokenTypes: [Int32]
  /// Byte-level merges, `left right`.
  public var merges: [String]
  /// `bos_token_id`.
  public var beginningOfText: Token?
  /// `eos_token_id`.
  public var endOfText: Token?
  /// `eot_token_id`.
  public var endOfTurn: Token?
  /// `add_bos_token`; nil where the file does not say.
  public var addsBeginningOfText: Bool?
  /// `add_eos_token`; nil where the file does not say.
  public var addsEndOfText: Bool?
  /// `add_space_prefix`; nil where the file does not say.
  public var addsSpacePrefix: Bool?

  /// - Parameters: as the properties of the same names.
  public init(
    model: String, pre: String? = nil, tokens: [String], scores: [Float] = [], tokenTypes: [Int32] = [],
    merges: [String] = [], beginningOfText: Token? = nil, endOfText: Token? = nil, endOfTurn: Token? = nil,
    addsBeginningOfText: Bool? = nil, addsEndOfText: Bool? = nil, addsSpacePrefix: Bool? = nil
  ) {
    self.model = model
    self.pre = pre
    self.tokens = tokens
    self.scores = scores
    self.tokenTypes = tokenTypes
    self.merges = merges
    self.beginningOfText = beginningOfText
    self.endOfText = endOfText
    self.endOfTurn = endOfTurn
    self.addsBeginningOfText = addsBeginningOfText
    self.addsEndOfText = addsEndOfText
    self.addsSpacePrefix = addsSpacePrefix
  }

  // MARK: - Building

  func blueprint(file: String) throws(TokenizerError) -> TokenizerBlueprint {
    guard !tokens.isEmpty else { throw .malformed(file: file, reason: "tokenizer.ggml.tokens is empty") }
    guard tokenTypes.isEmpty || tokenTypes.count == tokens.count else {
      throw .malformed(
        file: file, reason: "tokenizer.ggml.token_type has \(tokenTypes.count) entries for \(tokens.count) tokens")
    }
    var kinds: [TokenKind] = []
    kinds.reserveCapacity(tokens.count)
    for (id, type) in tokenTypes.enumerated() {
      guard let kind = TokenKind(rawValue: UInt8(truncatingIfNeeded: type)), (0...6).contains(type) else {
        throw .malformed(file: file, reason: "token \(id) has the unknown type \(type)")
      }
      kinds.append(kind)
    }
    if kinds.isEmpty { kinds = [TokenKind](repeating: .normal, count: tokens.count) }
    var blueprint: TokenizerBlueprint
    let addsBeginningByDefault: Bool
    switch model {
    case "gpt2": (blueprint, addsBeginningByDefault) = try byteLevel(kinds, file)
    case "llama":
      blueprint = try sentencePiece(kinds, file)
      addsBeginningByDefault = true
    default: throw .unsupported(file: file, feature: "the tokenizer model \(model)")
    }
    func valid(_ id: Token?) -> Token? { id.flatMap { $0 >= 0 && Int($0) < tokens.count ? $0 : nil } }
    blueprint.beginningOfText = valid(beginningOfText)
    blueprint.endOfText = valid(endOfText)
    blueprint.endOfTurn = valid(endOfTurn)
    if addsBeginningOfText ?? addsBeginningByDefault, let id = blueprint.beginningOfText { blueprint.prefix = [id] }
    if addsEndOfText ?? false, let id = blueprint.endOfText { blueprint.suffix = [id] }
    return blueprint
  }

  private func sentencePiece(_ kinds: [TokenKind], _ file: String) throws(TokenizerError) -> TokenizerBlueprint {
    guard scores.count == tokens.count else {
      throw .malformed(
        file: file, reason: "tokenizer.ggml.scores has \(scores.count) entries for \(tokens.count) tokens")
    }
    var vocabulary = SentencePieceVocabulary(file: file)
    vocabulary.addsDummyPrefix = addsSpacePrefix ?? true
    vocabulary.pieces = tokens.indices.map { .init(text: tokens[$0], score: scores[$0], kind: kinds[$0]) }
    return try vocabulary.blueprint()
  }

  private func byteLevel(
    _ kinds: [TokenKind], _ file: String
  ) throws(TokenizerError) -> (TokenizerBlueprint, addsBeginning: Bool) {
    guard let pre else { throw .malformed(file: file, reason: "tokenizer.ggml.pre is missing") }
    var steps: [PreTokenizer.Step]
    // As llama.cpp has it, `llama_vocab::impl::load`.
    switch pre {
    case "llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2":
      steps = [.pattern(.llama3)]
    case "qwen2", "deepseek-r1-qwen", "stablelm2", "megrez": steps = [.pattern(.qwen2)]
    case "gpt-2", "phi-2", "jina-es", "jina-de", "gigachat", "roberta-bpe", "mpt", "olmo", "jais", "trillion",
      "granite-docling", "exaone4":
      steps = [.pattern(.gpt2)]
    case "smollm", "starcoder", "refact", "command-r", "codeshell":
      steps = [.digits(individually: true), .pattern(.gpt2)]
    default: throw .unknownPattern(file: file, pattern: "tokenizer.ggml.pre \(pre)")
    }
    let isLlama3 = steps == [.pattern(.llama3)]
    if addsSpacePrefix == true { steps.insert(.prefixSpace, at: 0) }

    var table = TokenTable(file: file, capacity: tokens.count)
    var added: [AddedToken] = []
    for (index, spelling) in tokens.enumerated() {
      let id = Int32(index)
      switch kinds[index] {
      case .control, .userDefined, .unknown:
        let content = Array(spelling.utf8)
        try table.set(id, content, kinds[index], isReachable: false)
        added.append(AddedToken(content: content, id: id, isSpecial: kinds[index] != .userDefined))
      default:
        let bytes = ByteLevelAlphabet.decode(spelling[...].utf8)
        try table.set(id, bytes ?? Array(spelling.utf8), .normal, isReachable: bytes != nil)
      }
    }
    let vocabulary = Vocabulary(table.pieces)
    var reader = MergeReader(vocabulary: vocabulary, file: file, capacity: merges.count) {
      ByteLevelAlphabet.decode($0.utf8)
    }
    for line in merges { try reader.add(line: line) }
    let encoder = BytePairEncoder(
      vocabulary: vocabulary, tokenCount: vocabulary.count, merges: reader.table, symbols: .bytes,
      prefersWholeWords: isLlama3)
    let blueprint = TokenizerBlueprint(
      encoder: encoder, addedTokens: added, preTokenizer: PreTokenizer(steps: steps), decoding: .bytes)
    return (blueprint, isLlama3)
  }
}
