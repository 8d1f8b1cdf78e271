/// Why a completion ended. Four different things.
public enum FinishReason: Sendable, Hashable, Codable {
  /// The model said that it is done.
  case endOfText
  /// This stop string was completed.
  case stop(String)
  /// The request's token limit, or the model's context, is used up.
  case length
  /// The task was cancelled; the tokens until then are kept.
  case cancelled
}

/// What a call cost.
public struct Usage: Sendable, Hashable, Codable {
  /// Tokens of the prompt, the continuation included.
  public var promptTokens: Int
  /// Those of them that the model did not have to compute again.
  public var cachedPromptTokens: Int
  /// Those that the model chose.
  public var generatedTokens: Int

  /// A cost; nothing by default.
  public init(promptTokens: Int = 0, cachedPromptTokens: Int = 0, generatedTokens: Int = 0) {
    self.promptTokens = promptTokens
    self.cachedPromptTokens = cachedPromptTokens
    self.generatedTokens = generatedTokens
  }

  /// Tokens that went through the model: those of the prompt that were not cached, and those generated.
  public var computedTokens: Int { promptTokens - cachedPromptTokens + generatedTokens }

  /// The cost of both.
  public static func + (a: Usage, b: Usage) -> Usage {
    Usage(
      promptTokens: a.promptTokens + b.promptTokens,
      cachedPromptTokens: a.cachedPromptTokens + b.cachedPromptTokens,
      generatedTokens: a.generatedTokens + b.generatedTokens)
  }

  /// Adds a cost.
  public static func += (a: inout Usage, b: Usage) { a = a + b }
}

/// What a model answered to one ``GenerationRequest``.
public struct Completion: Sendable, Hashable, Codable {
  /// The generated text, a user's stop string cut off. Never half a character.
  public var text: String
  /// From here the same model goes on with exactly these tokens. Holds the request's continuation and *all* generated
  /// tokens, those of a stop string too; the end-of-text token is left out.
  public var continuation: Continuation
  /// The generated tokens, those of a stop string and the end-of-text token included; empty if the model has none.
  public var tokens: [Token]
  /// The natural logarithm of each token's probability under the model itself: before bias, penalty, temperature and
  /// filters. Parallel to ``tokens``; `nil` if not asked for.
  public var logProbabilities: [Float]?
  /// Why it ended.
  public var finishReason: FinishReason
  /// What it cost.
  public var usage: Usage

  /// A completion, as a model makes it.
  public init(
    text: String, continuation: Continuation, tokens: [Token] = [], logProbabilities: [Float]? = nil,
    finishReason: FinishReason, usage: Usage
  ) {
    self.text = text
    self.continuation = continuation
    self.tokens = tokens
    self.logProbabilities = logProbabilities
    self.finishReason = finishReason
    self.usage = usage
  }
}
