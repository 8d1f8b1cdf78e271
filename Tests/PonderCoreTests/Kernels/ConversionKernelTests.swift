import PonderCore
import Testing

@Suite struct ConversionKernelTests {
  @Test(arguments: instructionSets) func everyHalfWidensExactly(_ name: String) throws {
    let kernels = try #require(Kernels(named: name))
    let halves = (0...UInt16.max).map { $0 }
    var out = [Float](repeating: 0, count: halves.count)
    kernels.widenF16(&out, halves, halves.count)
    for (half, result) in zip(halves, out) {
      let expected = Float(Float16(bitPattern: half))
      #expect(result.bitPattern == expected.bitPattern || (result.isNaN && expected.isNaN), "\(half)")
    }
    kernels.widenBF16(&out, halves, halves.count)
    #expect(out.map(\.bitPattern) == halves.map { UInt32($0) << 16 })
  }

  @Test(arguments: instructionSets) func singlesNarrowToTheNearestHalfTiesToEven(_ name: String) throws {
    let kernels = try #require(Kernels(named: name))
    var generator = SplitMix64(4)
    // Any bits, every half, the points half-way between neighbouring halves, and the numbers next to those.
    var x = (0..<100_000).map { _ in Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &generator)) }
    for half in stride(from: UInt16(0), to: 0x7c00, by: 1) {
      let (low, high) = (Float(Float16(bitPattern: half)), Float(Float16(bitPattern: half + 1)))
      let middle = high.isFinite ? (low + high) / 2 : 65520
      x += [low, -low, middle, -middle, middle.nextUp, middle.nextDown]
    }
    x += [.infinity, -.infinity, .nan, .greatestFiniteMagnitude, .leastNonzeroMagnitude, -0.0]
    var out = [UInt16](repeating: 0, count: x.count)
    kernels.narrowF16(&out, x, x.count)
    for (single, result) in zip(x, out) {
      let expected = Float16(single)
      #expect(result == expected.bitPattern || (expected.isNaN && Float16(bitPattern: result).isNaN), "\(single)")
    }
  }

  @Test(arguments: instructionSets) func singlesNarrowToTheNearestBrainFloatTiesToEven(_ name: String) throws {
    let kernels = try #require(Kernels(named: name))
    var generator = SplitMix64(5)
    var x = (0..<100_000).map { _ in Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &generator)) }
    // 1.5 units above and below a tie, the tie itself with an even and an odd neighbour, and what must not overflow.
    x += [0x3f80_8000, 0x3f81_8000, 0x3f80_8001, 0x3f80_7fff, 0x7f7f_ffff, 0x7f80_0000, 0x7f80_0001, 0xffff_ffff]
      .map { Float(bitPattern: $0) }
    var out = [UInt16](repeating: 0, count: x.count)
    kernels.narrowBF16(&out, x, x.count)
    for (single, result) in zip(x, out) {
      let widened = Float(bitPattern: UInt32(result) << 16)
      if single.isNaN {
        #expect(widened.isNaN)
        continue
      }
      let below = Float(bitPattern: single.bitPattern & 0xffff_0000)
      let above = Float(bitPattern: (single.bitPattern & 0xffff_0000) &+ 0x1_0000)
      let rest = single.bitPattern & 0xffff
      let isOdd = below.bitPattern & 0x1_0000 != 0
      #expect(widened == (rest > 0x8000 || (rest == 0x8000 && isOdd) ? above : below), "\(single)")
    }
  }

  @Test(arguments: instructionSets) func conversionsOfAnyLengthWriteNothingElse(_ name: String) throws {
    let kernels = try #require(Kernels(named: name))
    for n in oddSizes {
      let halves = (0..<n).map { UInt16(0x3c00 + $0) }
      var wide = [Float](repeating: 7, count: n + 1)
      kernels.widenF16(&wide, halves, n)
      #expect(wide == halves.map { Float(Float16(bitPattern: $0)) } + [7])
      var narrow = [UInt16](repeating: 7, count: n + 1)
      kernels.narrowF16(&narrow, wide, n)
      #expect(narrow == halves + [7])
      kernels.widenBF16(&wide, halves, n)
      narrow[n] = 9
      kernels.narrowBF16(&narrow, wide, n)
      #expect(narrow == halves + [9])
      #expect(wide[n] == 7)
    }
  }
}
