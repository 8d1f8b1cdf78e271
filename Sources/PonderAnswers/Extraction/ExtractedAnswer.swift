/// A final answer found in a text: what it is, which rule found it and where it stands.
public struct ExtractedAnswer: Sendable, Hashable, Codable {
  /// The answer as written, without the wrapping that marked it (`\boxed{…}`, `$…$`, "The answer is").
  /// Several boxes that belong together are joined by ", ".
  public var text: String
  /// The rule that found it.
  public var rule: ExtractionRule
  /// Where it stands, as offsets into the text's UTF-8 bytes. Joined boxes span from the first to the last.
  public var range: Range<Int>

  /// Makes an extracted answer; extractors of your own do.
  public init(text: String, rule: ExtractionRule, range: Range<Int>) {
    self.text = text
    self.rule = rule
    self.range = range
  }
}
