import PonderGeneration

/// The tokens of a file by id while it is being read, with the bounds that keep a hostile one from taking the memory.
struct TokenTable {
  let file: String
  private(set) var pieces: [Vocabulary.Piece] = []

  /// No published vocabulary has a twentieth of this.
  static let largestID: Int32 = 1 << 23
  /// No published token has a quarter of this. Bounds the work of cutting tokens into pairs.
  static let longestToken = 1024

  init(file: String, capacity: Int = 0) {
    self.file = file
    pieces.reserveCapacity(min(capacity, Int(Self.largestID)))
  }

  /// - Parameter replacing: whether a second token with this id takes the place of the first or is an error.
  mutating func set(
    _ id: Int32, _ bytes: [UInt8], _ kind: TokenKind, isReachable: Bool = true, replacing: Bool = false
  ) throws(TokenizerError) {
    guard id >= 0, id < Self.largestID else { throw .malformed(file: file, reason: "token id \(id) is out of range") }
    guard bytes.count <= Self.longestToken else {
      throw .malformed(file: file, reason: "token \(id) has \(bytes.count) bytes, more than \(Self.longestToken)")
    }
    while pieces.count <= Int(id) { pieces.append(.missing) }
    guard replacing || pieces[Int(id)].kind == .missing else {
      throw .malformed(file: file, reason: "two tokens have the id \(id)")
    }
    pieces[Int(id)] = Vocabulary.Piece(bytes: bytes, kind: kind, isReachable: isReachable)
  }

  /// Puts an added token at its place in the vocabulary, unless a token with its bytes is there already.
  mutating func add(_ token: AddedToken) throws(TokenizerError) {
    if token.id >= 0, Int(token.id) < pieces.count, pieces[Int(token.id)].kind != .missing { return }
    try set(token.id, token.content, token.isSpecial ? .control : .userDefined, isReachable: false)
  }

  /// The byte a token like `<0x0A>` stands for.
  static func byte(_ spelling: some StringProtocol) -> UInt8? {
    let utf8 = Array(spelling.utf8)
    guard utf8.count == 6, utf8.starts(with: "<0x".utf8), utf8[5] == UInt8(ascii: ">") else { return nil }
    return UInt8(String(decoding: utf8[3..<5], as: UTF8.self), radix: 16)
  }
}
