/// One answer to generate: what is asked, from where to go on, how to choose tokens, when to stop.
public struct GenerationRequest: Sendable, Hashable, Codable {
  /// A text that ends generation.
  public struct Stop: Sendable, Hashable, Codable {
    /// Not empty.
    public var string: String
    /// Whether it stays in the completion's text.
    ///
    /// `false`, a user's stop string: the text is cut before it, its tokens stay in the record.
    /// `true`, the end of a step: generation ends with the whole token that completes it, and the text is exactly the
    /// tokens' text.
    public var isKept: Bool

    /// A user's stop string, unless kept.
    public init(_ string: String, isKept: Bool = false) {
      self.string = string
      self.isKept = isKept
    }

    /// The end of a reasoning step, kept in the text.
    public static func step(_ delimiter: String = "\n\n") -> Stop { Stop(delimiter, isKept: true) }
  }

  /// What is asked.
  public var prompt: Prompt
  /// The answer so far, behind which generation goes on.
  public var continuation: Continuation
  /// How tokens are chosen.
  public var sampling: SamplingParameters
  /// Tokens to generate at most, ≥ 1; behind it the finish reason is ``FinishReason/length``.
  public var maximumTokens: Int
  /// The first one completed ends generation.
  public var stops: [Stop]
  /// The token at position i of the completion is drawn with the seed's random number i.
  public var seed: Seed
  /// Whether the model's own log-probability of each token is wanted.
  public var wantsLogProbabilities: Bool

  /// A request; ``validate(for:)`` tells whether a model can run it.
  public init(
    _ prompt: Prompt, continuation: Continuation = .empty, sampling: SamplingParameters = SamplingParameters(),
    maximumTokens: Int = 2048, stops: [Stop] = [], seed: Seed, wantsLogProbabilities: Bool = false
  ) {
    self.prompt = prompt
    self.continuation = continuation
    self.sampling = sampling
    self.maximumTokens = maximumTokens
    self.stops = stops
    self.seed = seed
    self.wantsLogProbabilities = wantsLogProbabilities
  }

  /// What a model must be able to do to run this.
  public var requiredCapabilities: ModelCapabilities {
    var needs: ModelCapabilities = []
    if wantsLogProbabilities { needs.insert(.logProbabilities) }
    if !sampling.logitBias.isEmpty { needs.insert(.logitBias) }
    if !continuation.isEmpty { needs.insert(.continuations) }
    return needs
  }

  /// Throws ``GenerationError`` when a value is out of range or `model` lacks a capability: before anything is spent.
  public func validate(for model: ModelDescription) throws(GenerationError) {
    try sampling.validate()
    guard maximumTokens >= 1 else { throw .invalidRequest("maximumTokens is \(maximumTokens), must be ≥ 1") }
    guard stops.allSatisfy({ !$0.string.isEmpty }) else { throw .invalidRequest("a stop string is empty") }
    guard !prompt.messages.isEmpty else { throw .invalidRequest("the prompt has no message") }
    let missing = requiredCapabilities.subtracting(model.capabilities)
    guard missing.isEmpty else { throw .unsupported(missing, model: model.name) }
  }
}
