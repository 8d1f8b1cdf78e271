import PonderGeneration

/// Turns tokens into text one at a time and never hands out half a character: bytes wait until the character they
/// belong to is whole.
///
/// The pieces joined are `decode` of all tokens, but for broken bytes from SentencePiece byte tokens, where `decode`
/// writes a replacement character per byte and this one per broken character.
public struct StreamingDetokenizer: Sendable {
  private let tokenizer: Tokenizer
  private let skipsSpecialTokens: Bool
  private var isAtStart: Bool
  private var pending: [UInt8] = []

  /// - Parameters:
  ///   - skipsSpecialTokens: whether special tokens produce no text.
  ///   - startsText: whether the first token begins a text, so that the space SentencePiece puts in front is dropped;
  ///     false for a continuation of a prompt.
  public init(_ tokenizer: Tokenizer, skipsSpecialTokens: Bool = true, startsText: Bool = false) {
    self.tokenizer = tokenizer
    self.skipsSpecialTokens = skipsSpecialTokens
    isAtStart = startsText
  }

  /// The text that `token` completes, perhaps none.
  public mutating func append(_ token: Token) -> String {
    if skipsSpecialTokens && tokenizer.isSpecial(token) { return "" }
    var bytes = tokenizer.bytes(of: token)
    if isAtStart, !bytes.isEmpty {
      isAtStart = false
      if case .sentencePiece(let strips, let replacesWholeRuns) = tokenizer.decoding, !tokenizer.isSpecial(token) {
        let keepsSpace = !replacesWholeRuns && tokenizer.isByte(token)
        if strips == .firstToken { bytes.removeAll { $0 == UInt8(ascii: " ") } }
        if strips == .one, bytes.first == UInt8(ascii: " "), !keepsSpace { bytes.removeFirst() }
      }
    }
    pending += bytes
    let complete = pending.count - UTF8Text.incompleteSuffixLength(of: pending)
    defer { pending.removeFirst(complete) }
    return String(decoding: pending[..<complete], as: UTF8.self)
  }

  /// What is left when no more tokens come: U+FFFD if a character was cut off, else nothing.
  public mutating func finish() -> String {
    defer { pending.removeAll() }
    return String(decoding: pending, as: UTF8.self)
  }
}
