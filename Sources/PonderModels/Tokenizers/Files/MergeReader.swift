/// Builds a merge table from pairs of spellings in the order of their ranks.
struct MergeReader {
  private let vocabulary: Vocabulary
  private let file: String
  private let bytes: (Substring) -> [UInt8]?
  private(set) var table: MergeTable
  private(set) var rank: UInt32 = 0

  /// - Parameter bytes: the bytes a spelling stands for.
  init(
    vocabulary: Vocabulary, file: String, capacity: Int, bytes: @escaping (Substring) -> [UInt8]?
  ) {
    self.vocabulary = vocabulary
    self.file = file
    self.bytes = bytes
    table = MergeTable(capacity: capacity)
  }

  /// A merge written as `left right`. Neither part of a byte-level merge contains a space.
  mutating func add(line: String) throws(TokenizerError) {
    let utf8 = line.utf8
    // A part may itself begin with the separator's byte only in vocabularies that are not byte-level.
    guard let space = utf8.dropFirst().firstIndex(of: UInt8(ascii: " ")) else {
      throw .malformed(file: file, reason: "merge \(rank) is not a pair")
    }
    try add(line[..<space], line[utf8.index(after: space)...])
  }

  mutating func add(_ left: Substring, _ right: Substring) throws(TokenizerError) {
    guard let left = bytes(left), let right = bytes(right) else {
      throw .malformed(file: file, reason: "merge \(rank) is not in the byte-level alphabet")
    }
    let (leftID, rightID, merged) = (
      vocabulary.id(of: left), vocabulary.id(of: right), vocabulary.id(of: left + right)
    )
    guard leftID >= 0, rightID >= 0, merged >= 0 else {
      throw .malformed(file: file, reason: "merge \(rank) names a token that is not in the vocabulary")
    }
    table.insert(leftID, rightID, rank: rank, token: merged)
    rank += 1
  }
}

extension Vocabulary {
  /// Whether no token has a space after another character, so that no merge crosses the beginning of a word.
  var hasSpacesOnlyInFront: Bool {
    (0..<Int32(count)).allSatisfy { id in
      guard kind(of: id) == .normal || kind(of: id) == .userDefined else { return true }
      let rest = bytes(of: id).drop { $0 == UInt8(ascii: " ") }
      return !rest.contains(UInt8(ascii: " "))
    }
  }
}
