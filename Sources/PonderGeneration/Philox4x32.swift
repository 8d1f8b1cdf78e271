/// The counter-based generator Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
///
/// A block of 128 random bits is a pure function of a 64-bit key and a 128-bit counter, so the random number of token
/// 57 of a sequence needs none of the numbers before it. Equal to Random123's `philox4x32` with ten rounds.
public struct Philox4x32: RandomNumberGenerator, Sendable {
  /// Four words: a counter, or a block of random bits.
  public typealias Block = SIMD4<UInt32>

  private let key: UInt64
  private var counter: UInt64 = 0
  private var spare: UInt64?

  /// The generator of a key, at its beginning.
  public init(key: UInt64) {
    self.key = key
  }

  /// The next 64 random bits. Consecutive calls walk counters 0, 1, 2 …, two numbers a block.
  public mutating func next() -> UInt64 {
    if let value = spare {
      spare = nil
      return value
    }
    let block = Self.block(counter: Self.words(of: counter), key: key)
    counter += 1
    spare = UInt64(block[2]) | UInt64(block[3]) << 32
    return UInt64(block[0]) | UInt64(block[1]) << 32
  }

  /// A number in [0, 1), uniform, with 53 random bits, that belongs to `index` alone.
  ///
  /// Independent of ``next()`` and of every other index.
  public func uniform(at index: Int) -> Double {
    var words = Self.words(of: UInt64(bitPattern: Int64(index)))
    words[3] = 1  // apart from the counters of `next()`
    let block = Self.block(counter: words, key: key)
    return Double((UInt64(block[0]) | UInt64(block[1]) << 32) >> 11) * 0x1p-53
  }

  /// The random block of a counter under a key.
  public static func block(counter: Block, key: UInt64) -> Block {
    var c = counter
    var k0 = UInt32(truncatingIfNeeded: key)
    var k1 = UInt32(truncatingIfNeeded: key >> 32)
    for _ in 0..<10 {
      let p0 = c[0].multipliedFullWidth(by: 0xD251_1F53)
      let p1 = c[2].multipliedFullWidth(by: 0xCD9E_8D57)
      c = Block(p1.high ^ c[1] ^ k0, p1.low, p0.high ^ c[3] ^ k1, p0.low)
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return c
  }

  private static func words(of counter: UInt64) -> Block {
    Block(UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32), 0, 0)
  }
}
