import PonderGeneration

/// Text to tokens and back, exactly as the checkpoint's own tokenizer does it.
///
/// Loaded from `tokenizer.json`, a SentencePiece or tiktoken `tokenizer.model`, `vocab.json` with `merges.txt`, or GGUF
/// metadata (`load(from:)`). A value that is cheap to copy and can be used from any number of threads at once.
public struct Tokenizer: Sendable {
  let vocabulary: Vocabulary
  let encoder: BytePairEncoder
  let normalizer: Normalizer
  let preTokenizer: PreTokenizer
  let decoding: TokenizerDecoding
  let prefix: [Token]
  let suffix: [Token]
  private let caches = WordCachePool()
  /// Matchers over the original text, then over the normalised; with special tokens or without.
  private let matchers: (all: Matchers, plain: Matchers)
  private let addedTokenIDs: [[UInt8]: Token]
  private let specialIDs: Set<Token>

  private struct Matchers: Sendable {
    var original: AddedTokenMatcher
    var normalized: AddedTokenMatcher

    init(_ tokens: [AddedToken], _ normalizer: Normalizer) {
      original = AddedTokenMatcher(tokens.filter { !$0.isNormalized })
      normalized = AddedTokenMatcher(
        tokens.filter(\.isNormalized).map { token in
          var token = token
          token.content = token.content.withUnsafeBufferPointer { normalizer.normalize($0) } ?? token.content
          return token
        })
    }
  }

  /// How many ids there are: valid tokens are in `0 ..< vocabularySize`. A model's output may be padded to more.
  public let vocabularySize: Int
  /// The token that begins a text, `<s>` or `<|begin_of_text|>`, if the checkpoint has one.
  public let beginningOfText: Token?
  /// The token that ends a text.
  public let endOfText: Token?
  /// The token that ends a turn of a conversation, `<|eot_id|>` or `<|im_end|>`.
  public let endOfTurn: Token?
  /// Every token that ends a generation, in ascending order: end of text, end of turn, and what the checkpoint's
  /// generation settings add.
  public let endingTokens: [Token]

  init(_ blueprint: TokenizerBlueprint) {
    encoder = blueprint.encoder
    vocabulary = blueprint.encoder.vocabulary
    normalizer = blueprint.normalizer
    preTokenizer = blueprint.preTokenizer
    decoding = blueprint.decoding
    prefix = blueprint.prefix
    suffix = blueprint.suffix
    vocabularySize = blueprint.encoder.tokenCount
    let plain = blueprint.addedTokens.filter { !$0.isSpecial }
    matchers = (Matchers(blueprint.addedTokens, normalizer), Matchers(plain, normalizer))
    addedTokenIDs = Dictionary(
      blueprint.addedTokens.map { ($0.content, $0.id) }, uniquingKeysWith: { first, _ in first })
    specialIDs = Set(blueprint.addedTokens.filter(\.isSpecial).map(\.id))
    beginningOfText = blueprint.beginningOfText
    endOfText = blueprint.endOfText
    let endOfTurn =
      blueprint.endOfTurn
      ?? ["<|eot_id|>", "<|im_end|>"].lazy.compactMap { [addedTokenIDs] in addedTokenIDs[Array($0.utf8)] }.first
    self.endOfTurn = endOfTurn
    endingTokens = Set([endOfText, endOfTurn].compactMap { $0 } + blueprint.alsoEnding).sorted()
  }

  // MARK: - Encoding

  /// The tokens of `text`.
  ///
  /// - Parameters:
  ///   - addSpecialTokens: whether the tokens that the checkpoint puts around a text (usually `<s>` in front) are added.
  ///   - parseSpecialTokens: whether the spelling of a special token, `<|eot_id|>`, becomes that token. Leave it false
  ///     for text from outside: whoever writes it could otherwise end a turn. Added tokens that are not special are
  ///     found always.
  public func encode(
    _ text: String, addSpecialTokens: Bool = false, parseSpecialTokens: Bool = false
  ) -> [Token] {
    var output: [Token] = addSpecialTokens ? prefix : []
    var text = text
    text.withUTF8 { encode($0, parseSpecialTokens ? matchers.all : matchers.plain, into: &output) }
    if addSpecialTokens { output += suffix }
    return output
  }

  private func encode(_ text: UnsafeBufferPointer<UInt8>, _ matchers: Matchers, into output: inout [Token]) {
    output.reserveCapacity(output.count + text.count / 3)
    // The closures below capture these, not `self`, whose many references would be counted for every word.
    let (normalizer, preTokenizer, encoder) = (self.normalizer, self.preTokenizer, self.encoder)
    UnicodeClasses.shared.withUnsafeTable { classes in
      caches.withCache { cache in
        matchers.original.forEachPart(of: text, classes) { stretch, isFirst in
          let normalized = normalizer.normalize(stretch)
          func encodeWords(_ text: UnsafeBufferPointer<UInt8>) {
            matchers.normalized.forEachPart(of: text, classes) { stretch, isFirstPart in
              preTokenizer.forEachWord(in: stretch, isFirst: isFirst && isFirstPart, classes) { word in
                encoder.encode(word, cache: &cache, into: &output)
              }
            } token: {
              output.append($0)
            }
          }
          if let normalized {
            normalized.withUnsafeBufferPointer(encodeWords)
          } else {
            encodeWords(stretch)
          }
        } token: {
          output.append($0)
        }
      }
    }
  }

  // MARK: - Decoding

  /// The text of `tokens`. Bytes that are no UTF-8 become U+FFFD; ids outside of the vocabulary are passed over.
  public func decode(_ tokens: [Token], skipSpecialTokens: Bool = false) -> String {
    let tokens = tokens.filter { vocabulary.contains($0) && !(skipSpecialTokens && isSpecial($0)) }
    guard case .sentencePiece(let strips, let replacesWholeRuns) = decoding else {
      return String(decoding: tokens.flatMap { vocabulary.bytes(of: $0) }, as: UTF8.self)
    }
    var bytes: [UInt8] = []
    var run: [UInt8] = []
    func endRun() {
      bytes += Self.text(ofByteRun: run, replacesWholeRun: replacesWholeRuns)
      run.removeAll()
    }
    for (index, token) in tokens.enumerated() {
      if vocabulary.kind(of: token) == .byte {
        run += vocabulary.bytes(of: token)
        continue
      }
      endRun()
      let piece = vocabulary.bytes(of: token)
      bytes +=
        index == 0 && strips == .firstToken && !isSpecial(token)
        ? piece.filter { $0 != UInt8(ascii: " ") } : [UInt8](piece)
    }
    endRun()
    if strips == .one, bytes.first == UInt8(ascii: " "), replacesWholeRuns || !startsWithByte(tokens) {
      bytes.removeFirst()
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// SentencePiece drops the space in front of a piece and keeps one that is a byte; Hugging Face drops either.
  private func startsWithByte(_ tokens: [Token]) -> Bool { tokens.first.map(isByte) ?? false }

  /// Byte tokens in a row: their text, with a replacement character for each byte that is in no character.
  private static func text(ofByteRun run: [UInt8], replacesWholeRun: Bool) -> [UInt8] {
    let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]
    if run.isEmpty || String(validating: run, as: UTF8.self) != nil { return run }
    if replacesWholeRun { return run.flatMap { _ in replacement } }
    var result: [UInt8] = []
    var rest = run[...]
    while let first = rest.first {
      let character = rest.prefix(UTF8Text.length(startingWith: first))
      if String(validating: character, as: UTF8.self) != nil {
        result += character
        rest.removeFirst(character.count)
      } else {
        result += replacement
        rest.removeFirst()
      }
    }
    return result
  }

  // MARK: - Single tokens

  /// The bytes a token stands for: part of a character, perhaps. Empty for an id outside of the vocabulary.
  public func bytes(of token: Token) -> [UInt8] {
    vocabulary.contains(token) ? Array(vocabulary.bytes(of: token)) : []
  }

  /// The token that is spelled like this, special or not, with plain spaces: `id(of: "<|eot_id|>")`, `id(of: " the")`.
  public func id(of token: String) -> Token? {
    let bytes = Array(token.utf8)
    if let id = addedTokenIDs[bytes] { return id }
    let id = vocabulary.id(of: bytes)
    return id < 0 || Int(id) >= vocabularySize ? nil : id
  }

  /// Whether a token marks structure rather than text.
  public func isSpecial(_ token: Token) -> Bool { specialIDs.contains(token) }

  /// Whether a token is one byte that SentencePiece falls back to.
  func isByte(_ token: Token) -> Bool { vocabulary.contains(token) && vocabulary.kind(of: token) == .byte }
}
