extension Candidate {
  /// Names a candidate, or a step on the way to one, within a run: the stage that made it and a number there.
  public struct ID: Sendable, Hashable, Comparable {
    /// The stage that made it.
    public var path: TreePath
    /// Counts the stage's candidates or nodes from 0, in the order of the tree.
    public var number: Int

    /// Makes an id.
    public init(path: TreePath, number: Int) {
      self.path = path
      self.number = number
    }

    /// The order of the tree.
    public static func < (a: ID, b: ID) -> Bool { (a.path, a.number) < (b.path, b.number) }
  }
}

extension Candidate.ID: CustomStringConvertible {
  /// `ensemble/0/sample#3`
  public var description: String { "\(path)#\(number)" }
}

extension Candidate.ID: Codable {
  /// Reads the description from a single string.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let mark = text.lastIndex(of: "#"), let number = Int(text[text.index(after: mark)...]) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is no candidate's id")
    }
    self.init(path: TreePath(String(text[..<mark])), number: number)
  }

  /// Writes the description as a single string.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
