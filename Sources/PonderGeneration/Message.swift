/// The index of a token in a model's vocabulary, 0 ≤ token < vocabulary size.
public typealias Token = Int32

/// Who speaks in a ``Message``.
public enum Role: String, Sendable, Hashable, Codable, CaseIterable {
  case system, user, assistant
}

/// One turn of a conversation.
public struct Message: Sendable, Hashable, Codable {
  public var role: Role
  public var content: String

  public init(role: Role, content: String) {
    self.role = role
    self.content = content
  }

  public static func system(_ content: String) -> Message { Message(role: .system, content: content) }
  public static func user(_ content: String) -> Message { Message(role: .user, content: content) }
  public static func assistant(_ content: String) -> Message { Message(role: .assistant, content: content) }
}
