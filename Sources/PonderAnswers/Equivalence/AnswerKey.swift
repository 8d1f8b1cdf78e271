/// The canonical form of an answer: two answers are the same exactly when their keys are equal.
///
/// Comparing keys is transitive, and grouping n answers by key takes time linear in n. Keys are stable
/// across runs and machines, so that they can be stored.
public struct AnswerKey: Sendable, Hashable {
  /// The canonical form, readable: `12500`, `1/3`, `{1, 2}`, `text:evelyn`.
  public let canonical: String

  /// Makes a key; equivalences of your own do.
  public init(_ canonical: String) { self.canonical = canonical }
}

extension AnswerKey: CustomStringConvertible {
  /// The canonical form.
  public var description: String { canonical }
}

extension AnswerKey: Codable {
  /// Reads a key from a single string.
  public init(from decoder: any Decoder) throws {
    canonical = try decoder.singleValueContainer().decode(String.self)
  }

  /// Writes the key as a single string.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(canonical)
  }
}
