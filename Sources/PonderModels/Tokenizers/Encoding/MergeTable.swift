/// The merges of a byte-pair encoding: (left, right) → (rank, merged token), in one flat table.
///
/// Open addressing with linear probing at most half full; a key and its value share a cache line, so that a look-up
/// costs one miss.
struct MergeTable: Sendable {
  /// A merge: `rank` in the upper half, the merged token in the lower, so that comparing compares ranks.
  typealias Packed = UInt64

  /// What `merge(_:_:)` returns for a pair that does not merge. Larger than every merge.
  static let none = Packed.max

  private struct Entry {
    var key: UInt64
    var value: Packed
  }

  private var entries: [Entry]
  private var shift: Int
  private(set) var count = 0

  /// - Parameter capacity: how many merges to make room for; more than that can be inserted.
  init(capacity: Int) {
    var bits = 4
    while 1 << bits < capacity * 2 { bits += 1 }
    entries = [Entry](repeating: Entry(key: .max, value: .max), count: 1 << bits)
    shift = 64 - bits
  }

  static func rank(of merge: Packed) -> UInt32 { UInt32(truncatingIfNeeded: merge &>> 32) }
  static func token(of merge: Packed) -> Int32 { Int32(truncatingIfNeeded: merge) }

  @inline(__always)
  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) &<< 32 | UInt64(UInt32(bitPattern: right))
  }

  @inline(__always)
  private func slot(of key: UInt64) -> Int {
    // The halves are mixed before the multiplication: otherwise the left token would hardly reach the upper bits.
    Int(truncatingIfNeeded: ((key ^ (key &>> 29)) &* 0x9E37_79B9_7F4A_7C15) &>> UInt64(shift))
  }

  /// Adds a merge; a later one for the same pair replaces an earlier.
  mutating func insert(_ left: Int32, _ right: Int32, rank: UInt32, token: Int32) {
    if (count + 1) * 2 > entries.count { grow() }
    insert(Entry(key: Self.key(left, right), value: UInt64(rank) << 32 | UInt64(UInt32(bitPattern: token))))
  }

  private mutating func insert(_ entry: Entry) {
    var slot = slot(of: entry.key)
    while entries[slot].key != .max && entries[slot].key != entry.key {
      slot = (slot + 1) & (entries.count - 1)
    }
    if entries[slot].key == .max { count += 1 }
    entries[slot] = entry
  }

  private mutating func grow() {
    let old = entries
    entries = [Entry](repeating: Entry(key: .max, value: .max), count: old.count * 2)
    shift -= 1
    count = 0
    for entry in old where entry.key != .max { insert(entry) }
  }

  /// The merge of two neighbours, or `none`.
  @inline(__always)
  func merge(_ left: Int32, _ right: Int32) -> Packed {
    entries.withUnsafeBufferPointer { entries in
      let key = Self.key(left, right)
      var slot = slot(of: key)
      while true {
        let entry = entries[slot]
        if entry.key == key { return entry.value }
        if entry.key == .max { return Self.none }
        slot = (slot &+ 1) & (entries.count &- 1)
      }
    }
  }
}

extension MergeTable {
  /// The table of an encoding that joins two neighbours whenever their concatenation is a token, as tiktoken and
  /// SentencePiece do: every way of cutting each token into two tokens is a merge.
  ///
  /// - Parameters:
  ///   - ranks: by token, smaller first; nil where a token is never the result of a merge.
  ///   - cutsCharacters: false keeps the cuts on UTF-8 boundaries.
  init(splitting vocabulary: Vocabulary, ranks: [UInt32?], cutsCharacters: Bool) {
    self.init(capacity: vocabulary.count * 3)
    for (token, rank) in ranks.enumerated() {
      guard let rank else { continue }
      vocabulary.bytes(of: Int32(token)).withUnsafeBufferPointer { bytes in
        guard bytes.count > 1 else { return }
        for cut in 1..<bytes.count where cutsCharacters || bytes[cut] & 0xC0 != 0x80 {
          let left = vocabulary.id(of: UnsafeBufferPointer(rebasing: bytes[..<cut]))
          guard left >= 0 else { continue }
          let right = vocabulary.id(of: UnsafeBufferPointer(rebasing: bytes[cut...]))
          guard right >= 0 else { continue }
          insert(left, right, rank: rank, token: Int32(token))
        }
      }
    }
  }
}
