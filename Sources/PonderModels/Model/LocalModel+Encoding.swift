import PonderGeneration

// Text to this model's tokens and back.
extension LocalModel {
  /// The tokens of a prompt: rendered by the chat template, or raw behind what the tokenizer puts in front of a text.
  ///
  /// Throws ``GenerationError/unrenderablePrompt(_:)`` when there is no template, or it refuses the messages.
  public func encode(_ prompt: Prompt) throws(GenerationError) -> [Token] {
    let tokenizer = try requireTokenizer()
    switch prompt.rendering {
    case .raw:
      return tokenizer.encode(prompt.messages.map(\.content).joined(), addSpecialTokens: true)
    case .chatTemplate:
      return try encode { template throws(ChatTemplateError) in
        if let last = prompt.messages.last, last.role == .assistant {
          return try template.render(prompt.messages.dropLast(), continuing: last.content)
        }
        return try template.render(prompt.messages)
      }
    }
  }

  /// The tokens of a text that stands inside an answer; special tokens in it are not recognised.
  public func encode(_ text: String) throws(GenerationError) -> [Token] {
    try requireTokenizer().encode(text)
  }

  /// The text that tokens spell, special tokens included; half a character becomes U+FFFD.
  public func decode(_ tokens: [Token]) throws(GenerationError) -> String {
    try requireTokenizer().decode(tokens)
  }

  /// Turns that are all closed.
  func encode(dialogue: [Message]) throws(GenerationError) -> [Token] {
    try encode { template throws(ChatTemplateError) in try template.render(dialogue, addGenerationPrompt: false) }
  }

  /// A continuation's own tokens, and its text tokenised piece by piece.
  func encode(_ continuation: Continuation) throws(GenerationError) -> [Token] {
    var tokens: [Token] = []
    for piece in try continuation.pieces(for: description.fingerprint) {
      switch piece {
      case .tokens(let own, _): tokens += own
      case .text(let text): tokens += try encode(text)
      }
    }
    return tokens
  }

  /// Throws unless all are tokens of this model.
  func check(_ tokens: [Token]) throws(GenerationError) {
    if let stray = tokens.first(where: { $0 < 0 || Int($0) >= configuration.vocabularySize }) {
      throw .invalidRequest("token \(stray) is outside of the vocabulary of \(configuration.vocabularySize)")
    }
  }

  func requireTokenizer() throws(GenerationError) -> Tokenizer {
    guard let tokenizer else { throw .unsupported(.tokens, model: description.name) }
    return tokenizer
  }

  private func encode(
    _ render: (ChatTemplate) throws(ChatTemplateError) -> String
  ) throws(GenerationError) -> [Token] {
    let tokenizer = try requireTokenizer()
    do throws(ChatTemplateError) {
      // The template spells its special tokens out, that of the beginning of text too.
      return tokenizer.encode(try render(try chatTemplate.get()), parseSpecialTokens: true)
    } catch {
      throw .unrenderablePrompt(error.description)
    }
  }
}
