import PonderGeneration

/// A SentencePiece BPE vocabulary, from `tokenizer.model` or from GGUF: pieces with scores, the best score merges first.
struct SentencePieceVocabulary {
  struct Piece {
    /// As written, with U+2581 for a space.
    var text: String
    var score: Float
    var kind: TokenKind
  }

  let file: String
  var pieces: [Piece] = []
  var addsDummyPrefix = true
  var removesExtraWhitespace = false
  /// What an unknown token decodes to; nil leaves its spelling.
  var unknownSurface: String?

  init(file: String) { self.file = file }

  func blueprint() throws(TokenizerError) -> TokenizerBlueprint {
    guard !pieces.isEmpty else { throw .malformed(file: file, reason: "there are no pieces") }
    var table = TokenTable(file: file, capacity: pieces.count)
    var added: [AddedToken] = []
    var unknown: Int32?
    for (index, piece) in pieces.enumerated() {
      let id = Int32(index)
      let spelling = Array(piece.text.utf8)
      switch piece.kind {
      case .byte:
        guard let byte = TokenTable.byte(piece.text) else {
          throw .malformed(file: file, reason: "token \(id) is marked as a byte and is \"\(piece.text)\"")
        }
        try table.set(id, [byte], .byte, isReachable: false)
      case .control:
        try table.set(id, spelling, .control, isReachable: false)
        added.append(AddedToken(content: spelling, id: id))
      case .unknown:
        try table.set(id, unknownSurface.map { Array($0.utf8) } ?? spelling, .unknown, isReachable: false)
        added.append(AddedToken(content: spelling, id: id))
        unknown = unknown ?? id
      case .userDefined:
        try table.set(id, Self.unmarked(spelling), .userDefined)
        added.append(AddedToken(content: Self.unmarked(spelling), id: id, isSpecial: false))
      case .normal, .unused, .missing:
        guard piece.score.isFinite else {
          throw .malformed(file: file, reason: "the score of token \(id) is not finite")
        }
        try table.set(id, Self.unmarked(spelling), .normal)
      }
    }
    return try blueprint(table, added, unknown)
  }

  private func blueprint(
    _ table: TokenTable, _ added: [AddedToken], _ unknown: Int32?
  ) throws(TokenizerError) -> TokenizerBlueprint {
    // Merging starts from characters, some of which may be in the vocabulary only inside of longer pieces: those get
    // symbols of their own past the end.
    var table = table
    let known = Vocabulary(table.pieces)
    for character in Self.characters(of: table.pieces) where known.id(of: character) < 0 {
      try table.set(Int32(table.pieces.count), character, .normal)
    }
    let vocabulary = Vocabulary(table.pieces)
    let tokenCount = pieces.count
    let order = Set(pieces.indices.filter { pieces[$0].kind == .normal }.map { pieces[$0].score }).sorted(by: >)
    let rankOfScore = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, UInt32($0)) })
    let ranks = pieces.map { $0.kind == .normal || $0.kind == .userDefined ? rankOfScore[$0.score] : nil }
    let encoder = BytePairEncoder(
      vocabulary: vocabulary, tokenCount: tokenCount,
      merges: MergeTable(splitting: vocabulary, ranks: ranks, cutsCharacters: false),
      symbols: .characters(
        .init(
          byteTokens: HuggingFaceTokenizerFile.byteTokens(table.pieces), unknown: unknown, fusesUnknown: true)),
      prefersWholeWords: false)
    var steps: [Normalizer.Step] = []
    if removesExtraWhitespace { steps.append(.collapseSpaces) }
    if addsDummyPrefix { steps.append(.prepend([UInt8(ascii: " ")])) }
    steps.append(.replace(Array("\u{2581}".utf8), with: [UInt8(ascii: " ")]))
    return TokenizerBlueprint(
      encoder: encoder, addedTokens: added, normalizer: Normalizer(steps: steps),
      preTokenizer: PreTokenizer(steps: vocabulary.hasSpacesOnlyInFront ? [.spaceStarts] : []),
      decoding: .sentencePiece(strips: addsDummyPrefix ? .one : .no, replacesWholeRuns: false))
  }

  private static func unmarked(_ bytes: [UInt8]) -> [UInt8] {
    let step = Normalizer(steps: [.replace(Array("\u{2581}".utf8), with: [UInt8(ascii: " ")])])
    return bytes.withUnsafeBufferPointer { step.normalize($0) } ?? bytes
  }

  /// The characters of all reachable pieces, each once, in order of appearance.
  private static func characters(of pieces: [Vocabulary.Piece]) -> [[UInt8]] {
    var seen = Set<UInt32>()
    var result: [[UInt8]] = []
    for piece in pieces where piece.isReachable {
      for scalar in String(decoding: piece.bytes, as: UTF8.self).unicodeScalars where seen.insert(scalar.value).inserted
      {
        result.append(Array(String(scalar).utf8))
      }
    }
    return result
  }
}
