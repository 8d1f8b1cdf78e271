/// Why a conversation could not be rendered.
public enum ChatTemplateError: Error, Equatable, Sendable {
  /// The checkpoint's template is of no known family; `excerpt` is its beginning.
  case unknownTemplate(excerpt: String)
  /// The checkpoint has no template at all.
  case missingTemplate
  /// The template refuses these messages, for the reason it gives itself.
  case refused(reason: String)
}

extension ChatTemplateError: CustomStringConvertible {
  /// One sentence for a person, with the way out.
  public var description: String {
    let wayOut = "give one explicitly, for example ChatTemplate(.chatML, beginningOfText: \"\", endOfText: \"\")"
    switch self {
    case .unknownTemplate(let excerpt):
      return "the checkpoint's chat template is of no known family (\(excerpt)…): \(wayOut)"
    case .missingTemplate: return "the checkpoint has no chat template: \(wayOut)"
    case .refused(let reason): return "the chat template refuses these messages: \(reason)"
    }
  }
}
