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

    /// What it says; `nil` for tokens that do not spell whole characters.
    package var text: String? {
      switch self {
      case .text(let text): text
      case .tokens(_, let text): text
      }
    }
  }

  /// Whose tokens these are: ``ModelDescription/fingerprint``, or `nil` when there are none.
  public let fingerprint: String?
  /// The pieces, shared with what this goes on from.
  package let trail: Trail<Piece>

  private enum CodingKeys: String, CodingKey {
    case fingerprint
    case trail = "pieces"
  }

  /// The beginning of an answer given as text.
  public init(text: String) {
    fingerprint = nil
    trail = Trail(text.isEmpty ? [] : [.text(text)])
  }

  /// Tokens of the model with this fingerprint, and the text that they spell.
  public init(tokens: [Token], text: String?, fingerprint: String) {
    self.fingerprint = fingerprint
    trail = Trail(tokens.isEmpty ? [] : [.tokens(tokens, text: text)])
  }

  private init(fingerprint: String?, trail: Trail<Piece>) {
    self.fingerprint = fingerprint
    self.trail = trail
  }

  /// Nothing yet: the answer begins at its beginning.
  public static let empty = Continuation(text: "")

  /// In the order in which they are read; never empty ones.
  public var pieces: [Piece] { trail.elements }

  /// Whether the answer begins at its beginning.
  public var isEmpty: Bool { trail.isEmpty }

  /// The whole answer so far, or `nil` when some tokens do not spell whole characters.
  public var text: String? {
    var whole = ""
    for piece in pieces {
      guard let text = piece.text else { return nil }
      whole += text
    }
    return whole
  }

  /// The same with text behind it, which the model tokenises by itself, apart from what stands before.
  public func appending(text: String) -> Continuation {
    text.isEmpty ? self : Continuation(fingerprint: fingerprint, trail: trail.appending([.text(text)]))
  }

  /// The same with tokens behind it, made by the model with `fingerprint`.
  ///
  /// Throws ``GenerationError/foreignContinuation(expected:found:)`` when earlier tokens are another model's.
  public func appending(tokens: [Token], text: String?, fingerprint: String) throws(GenerationError) -> Continuation {
    if let mine = self.fingerprint, mine != fingerprint {
      throw .foreignContinuation(expected: fingerprint, found: mine)
    }
    guard !tokens.isEmpty else { return self }
    return Continuation(fingerprint: fingerprint, trail: trail.appending([.tokens(tokens, text: text)]))
  }

  /// What the model with `fingerprint` is to read: these pieces, or, if the tokens are another's, their text.
  ///
  /// Throws ``GenerationError/foreignContinuation(expected:found:)`` when they do not spell whole characters.
  public func pieces(for fingerprint: String) throws(GenerationError) -> [Piece] {
    guard let mine = self.fingerprint, mine != fingerprint else { return pieces }
    guard let text else { throw .foreignContinuation(expected: fingerprint, found: mine) }
    return text.isEmpty ? [] : [.text(text)]
  }

  /// This one as the model with `fingerprint` reads it; as it is where that model would refuse it.
  package func read(by fingerprint: String) -> Continuation {
    // Its own tokens, or none at all.
    if self.fingerprint == nil || self.fingerprint == fingerprint { return self }
    guard let pieces = try? pieces(for: fingerprint) else { return self }
    return Continuation(fingerprint: nil, trail: Trail(pieces))
  }

  /// What stands behind `beginning`, or `nil` if this does not begin so.
  package func part(behind beginning: Continuation) -> Continuation? {
    guard let pieces = trail.elements(behind: beginning.trail) else { return nil }
    let hasTokens = pieces.contains { if case .tokens = $0 { true } else { false } }
    return Continuation(fingerprint: hasTokens ? fingerprint : nil, trail: Trail(pieces))
  }

  /// This one and then `part`, of the same model.
  package func followed(by part: Continuation) -> Continuation {
    Continuation(fingerprint: fingerprint ?? part.fingerprint, trail: trail.appending(part.pieces))
  }
}
