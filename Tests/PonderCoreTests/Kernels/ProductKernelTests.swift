import PonderCore
import Testing

@Suite struct ProductKernelTests {
  @Test(arguments: instructionSets, [WeightFormat.f32, .f16, .bf16])
  func floatProductsMatchDoublePrecision(_ name: String, _ format: WeightFormat) throws {
    let kernels = try #require(Kernels(named: name))
    for columns in oddSizes {
      for (rows, count) in [(1, 1), (3, 2), (4, 4), (5, 3), (7, 5), (9, 9)] {
        let w = try format.randomMatrix(rows: rows, columns: columns, seed: 12, backend: .kernels)
        var generator = SplitMix64(13)
        let x = generator.floats(count * columns)
        let weights = w.dequantized().elements
        let out = w.product(x, count: count, kernels: kernels)
        for m in 0..<count {
          for r in 0..<rows {
            let exact = exactDot(
              x[m * columns..<(m + 1) * columns], weights[r * columns..<(r + 1) * columns])
            #expect(exact.admits(out[m * rows + r], terms: columns))
          }
        }
      }
    }
  }

  @Test(arguments: instructionSets) func unalignedHalvesAreRead(_ name: String) throws {
    let kernels = try #require(Kernels(named: name))
    let bytes = [0] + WeightFormat.f16.randomBytes(rows: 5, columns: 37, seed: 14)
    var generator = SplitMix64(15)
    let x = generator.floats(37)
    let expected = try WeightFormat.f16.randomMatrix(rows: 5, columns: 37, seed: 14, backend: .kernels)
      .product(x, count: 1, kernels: kernels)
    var out = [Float](repeating: 0, count: 5)
    bytes.withUnsafeBytes {
      kernels.multiply(
        &out, outStride: 5, x: x, count: 1, weights: $0.baseAddress! + 1, format: .f16, rows: 5, columns: 37)
    }
    #expect(bits(out) == bits(expected))
  }

  @Test(arguments: instructionSets) func activationsQuantizeToTheNearestStep(_ name: String) throws {
    let kernels = try #require(Kernels(named: name))
    var generator = SplitMix64(16)
    let n = 32 * 9
    var x = generator.floats(n, in: -5...5)
    for i in 0..<32 {
      x[32 + i] = 0
      x[64 + i] *= 1e30
      x[96 + i] *= 1e-36
      x[128 + i] = i == 7 ? 1 : 0
    }
    let rows = QuantizedRows(x, kernels)
    for g in 0..<n / 32 {
      let group = g * 32..<g * 32 + 32
      let largest = x[group].map(\.magnitude).max()!
      let step = rows.scales[2 * g]
      #expect(step == rows.scales[2 * g + 1])
      if largest < 0x1p-100 {
        #expect(step == 0 && rows.bytes[group].allSatisfy { $0 == 0 })
        continue
      }
      #expect(step == largest / 127)
      for c in group {
        #expect((Double(x[c]) - Double(step) * Double(rows.bytes[c])).magnitude <= 0.50001 * Double(step))
        if x[c].magnitude == largest { #expect(rows.bytes[c] == (x[c] < 0 ? -127 : 127)) }
      }
      for half in 0..<2 {
        let total = rows.bytes[g * 32 + 16 * half..<g * 32 + 16 * half + 16].reduce(0) { $0 + Int($1) }
        #expect(rows.extras[2 * g + half] == step * Float(total))
      }
    }
  }

  @Test(arguments: instructionSets, [Float.nan, .infinity, -.infinity])
  func aNonFiniteActivationMakesItsGroupNaN(_ name: String, _ value: Float) throws {
    let kernels = try #require(Kernels(named: name))
    for at in [0, 13, 31] {
      var x = [Float](repeating: 1, count: 96)
      x[32 + at] = value
      let rows = QuantizedRows(x, kernels)
      #expect(rows.scales[2].isNaN && rows.scales[3].isNaN)
      #expect(rows.scales[0] == 1 / 127 && rows.scales[5] == 1 / 127)
    }
  }

  @Test(arguments: instructionSets) func byteProductsAreExactAtTheExtremes(_ name: String) throws {
    let kernels = try #require(Kernels(named: name))
    let columns = 96
    for (a, b) in [(-128, -128), (-128, 127), (127, 127), (-127, 127), (127, -128)] {
      let x = QuantizedRows(bytes: [Int8](repeating: Int8(a), count: columns), scale: 1)
      let w = QuantizedRows(bytes: [Int8](repeating: Int8(b), count: columns), scale: 1)
      let out = w.product(with: x, count: 1, rows: 1, columns: columns, hasOffsets: false, kernels)
      #expect(out == [Float(a * b * columns)])
    }
  }

  @Test(arguments: instructionSets, [32, 64, 96, 256, 288])
  func byteProductsMatchDoublePrecision(_ name: String, _ columns: Int) throws {
    let kernels = try #require(Kernels(named: name))
    let groups = columns / 16
    for (rows, count) in [(1, 1), (2, 3), (4, 1), (5, 2), (9, 5)] {
      let x = QuantizedRows(random: count, columns, seed: 17)
      let w = QuantizedRows(random: rows, columns, seed: 18)
      for hasOffsets in [false, true] {
        let out = w.product(with: x, count: count, rows: rows, columns: columns, hasOffsets: hasOffsets, kernels)
        for m in 0..<count {
          for r in 0..<rows {
            var exact = ExactSum()
            for g in 0..<groups {
              var whole = 0
              for i in 0..<16 {
                whole += Int(x.bytes[m * columns + g * 16 + i]) * Int(w.bytes[r * columns + g * 16 + i])
              }
              exact.add(Double(whole) * Double(x.scales[m * groups + g]) * Double(w.scales[r * groups + g]))
              if hasOffsets { exact.add(-Double(w.extras[r * groups + g]) * Double(x.extras[m * groups + g])) }
            }
            // Two roundings of the scales and the integer's own come on top of the sum's.
            #expect(exact.admits(out[m * rows + r], terms: columns / 4 + 3))
          }
        }
      }
    }
  }

  @Test(arguments: instructionSets, WeightFormat.allCases.filter { !$0.isFloat })
  func everyInstructionSetUnpacksTheSameBits(_ name: String, _ format: WeightFormat) throws {
    let kernels = try #require(Kernels(named: name))
    let scalar = try #require(Kernels(named: "scalar"))
    let columns = 3 * 256
    let bytes = format.randomBytes(rows: 1, columns: columns, seed: 19)
    let (a, b) = (
      QuantizedRows(unpacking: bytes, format, columns, kernels),
      QuantizedRows(unpacking: bytes, format, columns, scalar)
    )
    #expect(a.bytes == b.bytes)
    #expect(bits(a.scales) == bits(b.scales))
    #expect(a.extras == b.extras)
    #expect(bits(a.dequantized(columns, kernels)) == bits(b.dequantized(columns, scalar)))
  }
}
