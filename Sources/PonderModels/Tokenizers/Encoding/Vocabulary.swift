/// What a token is for. Raw values are SentencePiece's and GGUF's `token_type`.
enum TokenKind: UInt8, Sendable {
  /// An id that no token has: a hole in the numbering.
  case missing = 0
  case normal = 1
  case unknown = 2
  case control = 3
  case userDefined = 4
  case unused = 5
  /// One raw byte, `<0x0A>`.
  case byte = 6
}

/// The tokens by id, and the ids by their bytes.
///
/// Tokens are kept as the bytes they stand for in text: neither the byte-level alphabet (`Ġthe`) nor SentencePiece's
/// space marker (`▁the`) survives loading, so that encoding and decoding never translate.
struct Vocabulary: Sendable {
  /// One token on its way into the vocabulary.
  struct Piece {
    var bytes: [UInt8]
    var kind: TokenKind
    /// Whether text with these bytes may become this token. Control and byte tokens share their bytes with others.
    var isReachable: Bool

    static let missing = Piece(bytes: [], kind: .missing, isReachable: false)
  }

  /// All tokens' bytes, end to end.
  private let storage: [UInt8]
  /// Token `i` lies in `storage[starts[i] ..< starts[i + 1]]`.
  private let starts: [Int]
  private let kinds: [TokenKind]
  /// Open addressing over reachable tokens, -1 where empty.
  private let slots: [Int32]
  private let mask: Int

  /// - Parameter pieces: in the order of their ids. Where two reachable ones are equal, the first is found by `id(of:)`.
  init(_ pieces: [Piece]) {
    var storage: [UInt8] = []
    storage.reserveCapacity(pieces.count * 8)
    var starts = [0]
    starts.reserveCapacity(pieces.count + 1)
    for piece in pieces {
      storage.append(contentsOf: piece.bytes)
      starts.append(storage.count)
    }
    var capacity = 16
    while capacity < pieces.count * 2 { capacity *= 2 }
    let mask = capacity - 1
    var slots = [Int32](repeating: -1, count: capacity)
    storage.withUnsafeBufferPointer { storage in
      for (id, piece) in pieces.enumerated() where piece.isReachable && !piece.bytes.isEmpty {
        let bytes = UnsafeBufferPointer(rebasing: storage[starts[id]..<starts[id + 1]])
        var slot = Int(truncatingIfNeeded: ByteHash.hash(bytes)) & mask
        while slots[slot] >= 0 {
          let other = Int(slots[slot])
          if storage[starts[other]..<starts[other + 1]].elementsEqual(bytes) { break }
          slot = (slot + 1) & mask
        }
        if slots[slot] < 0 { slots[slot] = Int32(id) }
      }
    }
    self.storage = storage
    self.starts = starts
    self.kinds = pieces.map(\.kind)
    self.slots = slots
    self.mask = mask
  }

  /// How many ids there are, holes included.
  var count: Int { kinds.count }

  func contains(_ id: Int32) -> Bool { id >= 0 && Int(id) < count && kinds[Int(id)] != .missing }

  /// - Precondition: `id` is in `0 ..< count`.
  func kind(of id: Int32) -> TokenKind { kinds[Int(id)] }

  /// - Precondition: `id` is in `0 ..< count`.
  func bytes(of id: Int32) -> ArraySlice<UInt8> { storage[starts[Int(id)]..<starts[Int(id) + 1]] }

  /// The reachable token with exactly these bytes, or -1.
  @inline(__always)
  func id(of bytes: UnsafeBufferPointer<UInt8>) -> Int32 { id(of: bytes, hash: ByteHash.hash(bytes)) }

  /// The same for a caller that has the hash already.
  func id(of bytes: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Int32 {
    var slot = Int(truncatingIfNeeded: hash) & mask
    while true {
      let id = slots[slot]
      if id < 0 { return -1 }
      let start = starts[Int(id)]
      if starts[Int(id) + 1] - start == bytes.count {
        let isEqual = storage.withUnsafeBufferPointer { storage in
          UnsafeBufferPointer(rebasing: storage[start..<start + bytes.count]).elementsEqual(bytes)
        }
        if isEqual { return id }
      }
      slot = (slot + 1) & mask
    }
  }

  func id(of bytes: some Collection<UInt8>) -> Int32 {
    bytes.withContiguousStorageIfAvailable { id(of: $0) }
      ?? Array(bytes).withUnsafeBufferPointer { id(of: $0) }
  }
}
