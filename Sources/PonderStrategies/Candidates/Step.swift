/// One step of a solution, its delimiter included: a solution's text is exactly its steps' texts, joined.
public struct Step: Sendable, Hashable, Codable {
  /// The text, with the delimiter that ended it.
  public var text: String
  /// What a process reward model thinks of the solution up to here, in [0, 1]; `nil` if it was not asked.
  public var score: Double?

  /// Makes a step.
  public init(_ text: String, score: Double? = nil) {
    self.text = text
    self.score = score
  }

  /// What ends a step unless a strategy says otherwise: a blank line.
  public static let delimiter = "\n\n"

  /// The steps of a whole solution.
  ///
  /// White space alone is no step: behind a delimiter it belongs to the step before, so a text that ends in a
  /// delimiter has no phantom step and "the last step" is a real one. An empty text has no steps.
  public static func split(_ text: String, at delimiter: String = Step.delimiter) -> [Step] {
    precondition(!delimiter.isEmpty, "a step's delimiter must not be empty")
    let bytes = Array(text.utf8)
    let mark = Array(delimiter.utf8)
    var steps: [Step] = []
    var start = 0
    func close(at end: Int) {
      let piece = bytes[start..<end]
      let words = String(decoding: piece, as: UTF8.self)
      if piece.allSatisfy({ $0 == 32 || (9...13).contains($0) }), let last = steps.indices.last {
        steps[last].text += words
      } else {
        steps.append(Step(words))
      }
      start = end
    }
    var index = 0
    while index + mark.count <= bytes.count {
      if bytes[index] == mark[0], bytes[index..<index + mark.count].elementsEqual(mark) {
        index += mark.count
        close(at: index)
      } else {
        index += 1
      }
    }
    if start < bytes.count { close(at: bytes.count) }
    return steps
  }
}

extension String {
  /// Whether there is nothing but white space.
  var isBlank: Bool {
    // Most texts begin with a letter, which is decided without Unicode's tables.
    if let first = utf8.first, first > 32, first < 127 { return false }
    return allSatisfy(\.isWhitespace)
  }
}
