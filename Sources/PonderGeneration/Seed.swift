/// The root of everything random, splittable by name.
///
/// A seed is derived from *what* is computed (the run's seed, the problem's id, a labelled stage, a path in the tree)
/// and never from when or where: not from an index in a batch, an order of arrival or a hash table.
/// So the same request gives the same result whatever runs beside it.
///
/// ```swift
/// let seed = Seed(7).derived("problem-12").derived("sample").derived(3)
/// ```
public struct Seed: Sendable, Hashable, Codable {
  /// The key of the Philox generator that this seed starts.
  public let value: UInt64

  /// The seed of a run.
  public init(_ value: UInt64) {
    self.value = value
  }

  /// The seed of the part called `label`. Different labels give statistically independent seeds.
  public func derived(_ label: String) -> Seed {
    // FNV-1a turns the label into a counter; the Philox block makes the result depend on every bit of both.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in label.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return derived(domain: 1, hash)
  }

  /// The seed of part number `index`.
  public func derived(_ index: Int) -> Seed {
    derived(domain: 2, UInt64(bitPattern: Int64(index)))
  }

  /// The random numbers of this seed, from the first on.
  public var generator: Philox4x32 { Philox4x32(key: value) }

  private func derived(domain: UInt32, _ counter: UInt64) -> Seed {
    let block = Philox4x32.block(
      counter: [UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32), 0, domain], key: value)
    return Seed(UInt64(block[0]) | UInt64(block[1]) << 32)
  }
}

extension Seed: ExpressibleByIntegerLiteral {
  /// So that a seed can be written as a number.
  public init(integerLiteral value: UInt64) { self.init(value) }
}
