/// How the next token is chosen from the model's distribution.
///
/// The steps run in this order: logit bias, repetition penalty, temperature, top-k, top-p, min-p, then one draw.
public struct SamplingParameters: Sendable, Hashable, Codable {
  /// A number added to one token's logit.
  public struct LogitBias: Sendable, Hashable, Codable {
    /// Whose logit.
    public var token: Token
    /// −∞ forbids the token; +∞ is refused.
    public var bias: Float

    /// A bias for one token.
    public init(token: Token, bias: Float) {
      self.token = token
      self.bias = bias
    }
  }

  /// ≥ 0; 0 is greedy: the likeliest token, the lowest index on a tie.
  public var temperature: Float
  /// Keep the k likeliest tokens; `nil` keeps all. ≥ 1.
  public var topK: Int?
  /// Keep the smallest set of likeliest tokens whose probability reaches p (nucleus sampling, arXiv:1904.09751). 0 < p ≤ 1.
  public var topP: Float
  /// Keep the tokens at least this fraction as likely as the likeliest (arXiv:2407.01082). 0 ≤ p ≤ 1.
  public var minP: Float
  /// Divides positive and multiplies negative logits of tokens already in prompt or text (CTRL, arXiv:1909.05858). > 0; 1 is off.
  public var repetitionPenalty: Float
  /// Each token at most once.
  public var logitBias: [LogitBias]

  /// Sampling at temperature 0.8 from the whole distribution, unless said otherwise.
  public init(
    temperature: Float = 0.8, topK: Int? = nil, topP: Float = 1, minP: Float = 0, repetitionPenalty: Float = 1,
    logitBias: [LogitBias] = []
  ) {
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.minP = minP
    self.repetitionPenalty = repetitionPenalty
    self.logitBias = logitBias
  }

  /// Always the likeliest token.
  public static let greedy = SamplingParameters(temperature: 0)

  /// Throws ``GenerationError/invalidRequest(_:)`` with the first value that is out of its range.
  public func validate() throws(GenerationError) {
    func require(_ holds: Bool, _ message: @autoclosure () -> String) throws(GenerationError) {
      if !holds { throw .invalidRequest(message()) }
    }
    try require(temperature >= 0 && temperature.isFinite, "temperature is \(temperature), must be finite and ≥ 0")
    try require(topK.map { $0 >= 1 } ?? true, "topK is \(topK ?? 0), must be ≥ 1")
    try require(topP > 0 && topP <= 1, "topP is \(topP), must be in (0, 1]")
    try require(minP >= 0 && minP <= 1, "minP is \(minP), must be in [0, 1]")
    try require(
      repetitionPenalty > 0 && repetitionPenalty.isFinite,
      "repetitionPenalty is \(repetitionPenalty), must be finite and > 0")
    for entry in logitBias {
      try require(
        entry.bias < .infinity && entry.token >= 0,
        "logit bias \(entry.bias) of token \(entry.token): the token must be ≥ 0, the bias a number below +∞")
    }
  }
}
