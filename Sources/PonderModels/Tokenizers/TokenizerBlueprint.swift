import PonderGeneration

/// Everything a file says about a tokenizer, whatever its format: loaders make one, `Tokenizer` is built from it.
struct TokenizerBlueprint {
  var encoder: BytePairEncoder
  var addedTokens: [AddedToken]
  var normalizer = Normalizer()
  var preTokenizer: PreTokenizer
  var decoding: TokenizerDecoding
  /// Tokens around a text that is encoded with special tokens.
  var prefix: [Token] = []
  var suffix: [Token] = []
  var beginningOfText: Token?
  var endOfText: Token?
  var endOfTurn: Token?
  /// Further tokens that end a generation.
  var alsoEnding: [Token] = []
}

/// How tokens' bytes become text again.
enum TokenizerDecoding: Sendable, Equatable {
  /// The bytes one after another.
  case bytes
  /// SentencePiece: bytes, less the space that encoding put in front; byte tokens that form no character become one
  /// replacement character each.
  case sentencePiece(strips: LeadingSpace, replacesWholeRuns: Bool)

  enum LeadingSpace: Sendable, Equatable {
    case no
    case one
    /// Every space of the first token, which is what Hugging Face's Metaspace decoder drops.
    case firstToken
  }
}
