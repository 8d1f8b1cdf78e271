/// What a model can do beyond turning a prompt into text.
public struct ModelCapabilities: OptionSet, Sendable, Hashable, Codable {
  /// One bit for each capability.
  public let rawValue: UInt32

  /// The capabilities of these bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Completions carry tokens, and text can be turned into tokens and back.
  public static let tokens = Self(rawValue: 1 << 0)
  /// Completions carry log-probabilities.
  public static let logProbabilities = Self(rawValue: 1 << 1)
  /// A request may go on from a ``Continuation``.
  public static let continuations = Self(rawValue: 1 << 2)
  /// The same request with the same seed gives the same completion.
  public static let seeds = Self(rawValue: 1 << 3)
  /// A request may bias logits.
  public static let logitBias = Self(rawValue: 1 << 4)
  /// ``ScoringModel``: logits and log-probabilities of given tokens.
  public static let tokenScores = Self(rawValue: 1 << 5)
  /// ``ScoringModel``: outputs of a reward or classification head.
  public static let head = Self(rawValue: 1 << 6)
  /// ``ScoringModel``: the last hidden states.
  public static let hiddenStates = Self(rawValue: 1 << 7)

  private static let names: [(Self, String)] = [
    (.tokens, "tokens"), (.logProbabilities, "log-probabilities"), (.continuations, "continuations"),
    (.seeds, "seeds"), (.logitBias, "logit bias"), (.tokenScores, "token scores"), (.head, "head outputs"),
    (.hiddenStates, "hidden states"),
  ]
}

extension ModelCapabilities: CustomStringConvertible {
  /// The names, with commas between them.
  public var description: String {
    Self.names.filter { contains($0.0) }.map(\.1).joined(separator: ", ")
  }
}

/// What stands on top of a model besides, or instead of, the matrix that makes logits.
public enum ModelHead: Sendable, Hashable, Codable {
  /// So many scores for a sequence, read at its last token.
  case sequence(outputs: Int)
  /// So many scores for every token, one a class.
  case token(outputs: Int)
  /// One value for every token.
  case value
}

/// What one needs to know of a model without running it.
public struct ModelDescription: Sendable, Hashable, Codable {
  /// For people; not unique.
  public var name: String
  /// The same for the same weights, format and tokenizer; different for any other model.
  public var fingerprint: String
  /// Parameters that take part in a forward pass, for FLOP counts of 2 · parameters · tokens.
  public var parameterCount: Int
  /// Tokens that a sequence can hold at most, prompt and completion together.
  public var contextLength: Int
  /// Logits a position; 0 if unknown.
  public var vocabularySize: Int
  /// What it can do beyond turning a prompt into text.
  public var capabilities: ModelCapabilities
  /// Its reward or classification head; `nil` if it has none or does not say.
  public var head: ModelHead?

  /// A description, as a model gives it.
  public init(
    name: String, fingerprint: String, parameterCount: Int = 0, contextLength: Int, vocabularySize: Int = 0,
    capabilities: ModelCapabilities, head: ModelHead? = nil
  ) {
    self.name = name
    self.fingerprint = fingerprint
    self.parameterCount = parameterCount
    self.contextLength = contextLength
    self.vocabularySize = vocabularySize
    self.capabilities = capabilities
    self.head = head
  }
}
