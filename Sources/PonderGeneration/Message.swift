/// The index of a token in a model's vocabulary, 0 ≤ token < vocabulary size.
public typealias Token = Int32

/// Who speaks in a ``Message``.
public enum Role: String, Sendable, Hashable, Codable, CaseIterable {
  case system, user, assistant
}

/// One turn of a conversation.
public struct Message: Sendable, Hashable, Codable {
  /// Who speaks.
  public var role: Role
  /// What is said, without any markup of a template.
  public var content: String

  /// A turn.
  public init(role: Role, content: String) {
    self.role = role
    self.content = content
  }

  /// A turn of the system.
  public static func system(_ content: String) -> Message { Message(role: .system, content: content) }
  /// A turn of the user.
  public static func user(_ content: String) -> Message { Message(role: .user, content: content) }
  /// A turn of the assistant.
  public static func assistant(_ content: String) -> Message { Message(role: .assistant, content: content) }
}
