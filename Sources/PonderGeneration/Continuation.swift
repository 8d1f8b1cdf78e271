/// A point in an answer from which a model can go on: opaque to strategies, exact for the model that made it.
///
/// A local model goes on from its own tokens, never from text tokenised again, which may fall apart differently.
/// ``appending(text:)`` adds text ("Wait", a critic's feedback) behind them. Another model reads the text
/// (``text``), or refuses when the tokens do not spell whole characters: it never misreads foreign tokens.
public struct Continuation: Sendable, Hashable, Codable {
  /// A run of the answer: tokens of the model that made them, or text.
  public enum Piece: Sendable, Hashable, Codable {
    /// `text` is what the tokens spell; `nil` when they end in the middle of a character.
    case tokens([Token], text: String?)
    case text(String)
  }

  /// Whose tokens these are: ``ModelDescription/fingerprint``, or `nil` when there are none.
  public let fingerprint: String?
  /// In the order in which they are read; never empty ones.
  public let pieces: [Piece]

  /// The beginning of an answer given as text.
  public init(text: String) {
    fingerprint = nil
    pieces = text.isEmpty ? [] : [.text(text)]
  }

  /// Tokens of the model with this fingerprint, and the text that they spell.
  public init(tokens: [Token], text: String?, fingerprint: String) {
    self.fingerprint = fingerprint
    pieces = tokens.isEmpty ? [] : [.tokens(tokens, text: text)]
  }

  private init(fingerprint: String?, pieces: [Piece]) {
    self.fingerprint = fingerprint
    self.pieces = pieces
  }

  /// Nothing yet: the answer begins at its beginning.
  public static let empty = Continuation(text: "")

  /// Whether the answer begins at its beginning.
  public var isEmpty: Bool { pieces.isEmpty }

  /// The whole answer so far, or `nil` when some tokens do not spell whole characters.
  public var text: String? {
    var whole = ""
    for piece in pieces {
      switch piece {
      case .text(let text), .tokens(_, text: .some(let text)): whole += text
      case .tokens(_, text: .none): return nil
      }
    }
    return whole
  }

  /// The same with text behind it, which the model tokenises by itself, apart from what stands before.
  public func appending(text: String) -> Continuation {
    text.isEmpty ? self : Continuation(fingerprint: fingerprint, pieces: pieces + [.text(text)])
  }

  /// The same with tokens behind it, made by the model with `fingerprint`.
  ///
  /// Throws ``GenerationError/foreignContinuation(expected:found:)`` when earlier tokens are another model's.
  public func appending(tokens: [Token], text: String?, fingerprint: String) throws(GenerationError) -> Continuation {
    if let mine = self.fingerprint, mine != fingerprint {
      throw .foreignContinuation(expected: fingerprint, found: mine)
    }
    guard !tokens.isEmpty else { return self }
    return Continuation(fingerprint: fingerprint, pieces: pieces + [.tokens(tokens, text: text)])
  }

  /// What the model with `fingerprint` is to read: these pieces, or, if the tokens are another's, their text.
  ///
  /// Throws ``GenerationError/foreignContinuation(expected:found:)`` when they do not spell whole characters.
  public func pieces(for fingerprint: String) throws(GenerationError) -> [Piece] {
    guard let mine = self.fingerprint, mine != fingerprint else { return pieces }
    guard let text else { throw .foreignContinuation(expected: fingerprint, found: mine) }
    return text.isEmpty ? [] : [.text(text)]
  }
}
