/// A model that reads given text and tells what it thinks of it: reward models, judges, probes stand on this.
public protocol ScoringModel: Sendable {
  /// Known without running the model, and the same as long as it lives.
  var description: ModelDescription { get }

  /// Reads all requests, in one batch where it can. Results are in the order of the requests; one failure leaves the
  /// others as they are. Prefixes that were read before are not read again.
  func score(_ requests: [ScoringRequest]) async -> [Result<ScoringResult, GenerationError>]

  /// The one token that spells `text`, for captures of its logit.
  ///
  /// Throws ``GenerationError/invalidRequest(_:)`` when it takes several.
  func token(spelling text: String) throws(GenerationError) -> Token

  /// The tokens of a segment's content, as the model would read them.
  ///
  /// Throws ``GenerationError/unsupported(_:model:)`` without ``ModelCapabilities/tokens``, and
  /// ``GenerationError/unrenderablePrompt(_:)`` for messages that the model's template refuses.
  func encode(_ content: ScoringRequest.Content) throws(GenerationError) -> [Token]

  /// A bound on the tokens of a request, from above: what a budget reserves before it is read.
  func tokenBound(of request: ScoringRequest) -> Int
}

extension ScoringModel {
  /// No token spells less than a byte; each message and segment may bring a few special ones.
  public func tokenBound(of request: ScoringRequest) -> Int {
    func bound(_ messages: [Message]) -> Int { messages.reduce(0) { $0 + $1.content.utf8.count + 16 } }
    return request.segments.reduce(0) { sum, segment in
      let tokens =
        switch segment.content {
        case .prompt(let prompt): bound(prompt.messages)
        case .dialogue(let messages): bound(messages)
        case .text(let text), .markup(let text): text.utf8.count
        case .tokens(let tokens): tokens.count
        case .continuation(let continuation):
          continuation.pieces.reduce(0) { sum, piece in
            switch piece {
            case .tokens(let tokens, _): sum + tokens.count
            case .text(let text): sum + text.utf8.count
            }
          }
        }
      return sum + tokens + 4
    }
  }
}

/// A text to read, in segments, with what is wanted at each.
///
/// Segments are tokenised apart from each other. A segment's ``Segment/captures`` say what is read off, and where.
public struct ScoringRequest: Sendable, Hashable, Codable {
  /// What a segment says.
  public enum Content: Sendable, Hashable, Codable {
    /// Rendered as for generation. For a closed last message of the assistant use `.dialogue`.
    case prompt(Prompt)
    /// All messages closed, as in a dialogue that is over, without the opening of another turn.
    case dialogue([Message])
    case text(String)
    /// Text in which special tokens, spelled out, are recognised.
    case markup(String)
    case tokens([Token])
    case continuation(Continuation)
  }

  /// What is read off a position. A position's outputs are what the model says *after* reading its token.
  public enum Capture: Sendable, Hashable, Codable {
    /// The log-probability of each token of the segment, given all before it. For every token, whatever `positions` says.
    case logProbabilities
    /// The logits of these tokens as the next one.
    case logits(of: [Token])
    /// The outputs of the model's reward or classification head.
    case head
    /// The last hidden state, after the final normalisation.
    case hiddenState
    /// The mean of the last hidden states over the segment's marked positions.
    case meanHiddenState
    /// The entropy of the next token's distribution, in nats.
    case entropy
    /// The k likeliest next tokens.
    case topTokens(Int)
    /// The Kullback–Leibler divergence of the next token's distribution p from the uniform one, U, as
    /// KL(U ‖ p) = −log V − Σ log p(t) / V over the V tokens t, in nats: 0 where all tokens are equally likely
    /// (self-certainty, Kang et al. 2025, arXiv:2502.18581).
    case divergenceFromUniform
  }

  /// Where in a segment its captures are read off.
  public enum Positions: Sendable, Hashable, Codable {
    /// The last token of the segment.
    case last
    case every
    /// These tokens of the segment, counted from 0.
    case at([Int])
  }

  /// A part of the text, and what is wanted there.
  public struct Segment: Sendable, Hashable, Codable {
    /// What it says.
    public var content: Content
    /// What is read off; empty for a part that is only context.
    public var captures: [Capture]
    /// Where it is read off.
    public var positions: Positions

    /// A segment; without captures it is context only.
    public init(_ content: Content, captures: [Capture] = [], positions: Positions = .last) {
      self.content = content
      self.captures = captures
      self.positions = positions
    }
  }

  /// The text, part by part.
  public var segments: [Segment]

  /// A text in segments, of which at least one token must come.
  public init(_ segments: [Segment]) {
    self.segments = segments
  }

  /// What a model must be able to do to read this.
  public var requiredCapabilities: ModelCapabilities {
    var needs: ModelCapabilities = []
    for capture in segments.flatMap(\.captures) {
      switch capture {
      case .logProbabilities, .logits, .entropy, .topTokens, .divergenceFromUniform: needs.insert(.tokenScores)
      case .head: needs.insert(.head)
      case .hiddenState, .meanHiddenState: needs.insert(.hiddenStates)
      }
    }
    return needs
  }
}

/// What was read off the segments of a ``ScoringRequest``.
public struct ScoringResult: Sendable, Hashable, Codable {
  /// One of the likeliest next tokens.
  public struct TokenLogProbability: Sendable, Hashable, Codable {
    /// The token.
    public var token: Token
    /// The natural logarithm of its probability, ≤ 0.
    public var logProbability: Float

    /// A token and its log-probability.
    public init(token: Token, logProbability: Float) {
      self.token = token
      self.logProbability = logProbability
    }
  }

  /// One segment's captures. The outer arrays run over the segment's marked positions, in order; what was not asked
  /// for is empty.
  public struct Segment: Sendable, Hashable, Codable {
    /// The segment's tokens as the model read them.
    public var tokens: [Token]
    /// Parallel to ``tokens``; the first of the whole text has none before it and is 0.
    public var logProbabilities: [Float] = []
    /// [positions][tokens asked for]
    public var logits: [[Float]] = []
    /// [positions][labels]
    public var head: [[Float]] = []
    /// [positions][hidden size]
    public var hiddenStates: [[Float]] = []
    /// [hidden size]
    public var meanHiddenState: [Float] = []
    /// In nats.
    public var entropies: [Float] = []
    /// In nats.
    public var divergences: [Float] = []
    /// [positions][k], likeliest first
    public var topTokens: [[TokenLogProbability]] = []

    /// Nothing read off yet.
    public init(tokens: [Token]) { self.tokens = tokens }
  }

  /// Parallel to the request's segments.
  public var segments: [Segment]
  /// What the reading cost.
  public var usage: Usage

  /// What was read off, and what it cost.
  public init(segments: [Segment], usage: Usage) {
    self.segments = segments
    self.usage = usage
  }
}
