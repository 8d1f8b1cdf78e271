import Synchronization

/// Remembers the tokens of words: text repeats its words, and merging is the slow part of encoding.
///
/// A flat table with four places to look for each word. Bounded: when the arenas are full it forgets everything.
struct WordCache: Sendable {
  private struct Slot {
    var hash: UInt64 = 0
    var keyStart: UInt32 = 0
    var tokensStart: UInt32 = 0
    /// 0 where the slot is empty: no empty word is ever looked up.
    var keyCount: UInt16 = 0
    var tokenCount: UInt16 = 0
  }

  /// Longer words are rare and rarely repeat.
  static let longestWord = 64
  private static let slotCount = 1 << 15
  private static let probes = 4
  private static let arenaLimit = 1 << 20

  private var slots = [Slot](repeating: Slot(), count: slotCount)
  private var keys: [UInt8] = []
  private var tokens: [Int32] = []

  /// Appends the word's tokens and returns true if it is known.
  @inline(__always)
  func append(tokensOf word: UnsafeBufferPointer<UInt8>, hash: UInt64, to output: inout [Int32]) -> Bool {
    for probe in 0..<Self.probes {
      let slot = slots[(Int(truncatingIfNeeded: hash) &+ probe) & (Self.slotCount - 1)]
      if slot.keyCount == 0 { return false }
      guard slot.hash == hash, Int(slot.keyCount) == word.count else { continue }
      let start = Int(slot.keyStart)
      let isEqual = keys.withUnsafeBufferPointer { keys in
        UnsafeBufferPointer(rebasing: keys[start..<start &+ word.count]).elementsEqual(word)
      }
      guard isEqual else { continue }
      let first = Int(slot.tokensStart)
      if slot.tokenCount == 1 {
        output.append(tokens[first])
      } else {
        output.append(contentsOf: tokens[first..<first &+ Int(slot.tokenCount)])
      }
      return true
    }
    return false
  }

  /// - Precondition: `word` has 1 to `longestWord` bytes and at most as many tokens.
  mutating func insert(_ word: UnsafeBufferPointer<UInt8>, hash: UInt64, tokens: ArraySlice<Int32>) {
    if keys.count + word.count > Self.arenaLimit || self.tokens.count + tokens.count > Self.arenaLimit {
      slots = [Slot](repeating: Slot(), count: Self.slotCount)
      keys.removeAll(keepingCapacity: true)
      self.tokens.removeAll(keepingCapacity: true)
    }
    let home = Int(truncatingIfNeeded: hash) & (Self.slotCount - 1)
    var place = home
    for probe in 0..<Self.probes where slots[(home + probe) & (Self.slotCount - 1)].keyCount == 0 {
      place = (home + probe) & (Self.slotCount - 1)
      break
    }
    slots[place] = Slot(
      hash: hash, keyStart: UInt32(keys.count), tokensStart: UInt32(self.tokens.count),
      keyCount: UInt16(word.count), tokenCount: UInt16(tokens.count))
    keys.append(contentsOf: word)
    self.tokens.append(contentsOf: tokens)
  }
}

/// The caches of one tokenizer. Each call borrows one, so that threads never wait for each other inside a text.
final class WordCachePool: Sendable {
  private let idle = Mutex<[WordCache]>([])

  func withCache<Result>(_ body: (inout WordCache) -> Result) -> Result {
    var cache = idle.withLock { $0.popLast() } ?? WordCache()
    let result = body(&cache)
    idle.withLock { idle in
      if idle.count < 4 { idle.append(cache) }
    }
    return result
  }
}
