import Foundation
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
      return try encode(prompt.messages) { template throws(ChatTemplateError) in
        if let last = prompt.messages.last, last.role == .assistant {
          return try template.render(prompt.messages.dropLast(), continuing: last.content)
        }
        return try template.render(prompt.messages)
      }
    }
  }

  /// The tokens of a text that stands inside an answer; special tokens in it are not recognised.
  public func encode(_ text: String) throws(GenerationError) -> [Token] {
    try requireTokenizer().encodeInside(text)
  }

  /// The text that tokens spell, special tokens included; half a character becomes U+FFFD.
  public func decode(_ tokens: [Token]) throws(GenerationError) -> String {
    // As inside an answer: SentencePiece's first space is kept.
    var detokenizer = StreamingDetokenizer(try requireTokenizer(), skipsSpecialTokens: false)
    return tokens.map { detokenizer.append($0) }.joined() + detokenizer.finish()
  }

  /// Turns that are all closed.
  func encode(dialogue: [Message]) throws(GenerationError) -> [Token] {
    try encode(dialogue) { template throws(ChatTemplateError) in
      try template.render(dialogue, addGenerationPrompt: false)
    }
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

  /// The template spells its special tokens out, that of the beginning of text too. Spellings of special tokens in
  /// the messages stay text: whoever writes a question must not be able to end the turn.
  private func encode(
    _ messages: [Message], _ render: (ChatTemplate) throws(ChatTemplateError) -> String
  ) throws(GenerationError) -> [Token] {
    let tokenizer = try requireTokenizer()
    let text: String
    do throws(ChatTemplateError) {
      text = try render(try chatTemplate.get())
    } catch {
      throw .unrenderablePrompt(error.description)
    }
    let hidesSpecialTokens = messages.contains { message in
      tokenizer.encode(message.content, parseSpecialTokens: true).contains { tokenizer.isSpecial($0) }
    }
    guard hidesSpecialTokens else { return tokenizer.encode(text, parseSpecialTokens: true) }
    // Tokenised apart, which may cut words at the seams otherwise than the whole text would: only where it must be.
    var tokens: [Token] = []
    var rest = text[...]
    for message in messages {
      guard let range = rest.range(of: message.content) ?? rest.range(of: message.content.stripped) else {
        throw .unrenderablePrompt("the template changes a message that spells a special token out")
      }
      tokens += tokenizer.encode(String(rest[..<range.lowerBound]), parseSpecialTokens: true)
      tokens += tokenizer.encode(String(rest[range]))
      rest = rest[range.upperBound...]
    }
    return tokens + tokenizer.encode(String(rest), parseSpecialTokens: true)
  }
}

extension Tokenizer {
  /// The tokens of a text that goes on from other tokens: without the space that SentencePiece puts in front of a text.
  func encodeInside(_ text: String) -> [Token] {
    guard case .sentencePiece = decoding else { return encode(text) }
    // Behind a line break, which is no part of any longer token, and that taken away again.
    let opening = encode("\n")
    let tokens = encode("\n" + text)
    return tokens.starts(with: opening) ? Array(tokens.dropFirst(opening.count)) : encode(text)
  }
}
