import PonderCore
import Testing

@Suite struct PackedWeightMatrixTests {
  static let quantized = WeightFormat.allCases.filter { !$0.isFloat }

  private func product(
    _ matrix: PackedWeightMatrix, _ x: [Float], count: Int, outputRows: [Range<Int>]? = nil
  ) -> [Float] {
    var out = [Float](repeating: .nan, count: count * matrix.rows)
    for range in outputRows ?? [0..<matrix.rows] {
      out.withUnsafeMutableBufferPointer {
        matrix.multiply(x, count: count, outputRows: range, into: $0.baseAddress!, outputStride: matrix.rows)
      }
    }
    return out
  }

  /// Activations as the kernels round them, in floats.
  private func rounded(_ x: [Float]) -> [Float] {
    let rows = QuantizedRows(x, .best)
    return x.indices.map { rows.scales[$0 / 16] * Float(rows.bytes[$0]) }
  }

  @Test(arguments: instructionSets, quantized)
  func packedProductsMatchDoublePrecision(_ name: String, _ format: WeightFormat) throws {
    let kernels = try #require(Kernels(named: name))
    // Whole and partial panels, one chunk of inputs and more.
    for (rows, columns) in [(32, 256), (45, 768), (64, 1280), (1, 2304)] {
      let matrix = try format.randomMatrix(rows: rows, columns: columns, seed: 70)
      let packed = try PackedWeightMatrix(matrix, kernels: kernels)
      var generator = SplitMix64(71)
      let count = 7
      let x = rounded(generator.floats(count * columns))
      let weights = matrix.dequantized().elements
      let out = product(packed, x, count: count)
      // Scales that the format keeps in half precision are exact, the others rounded to 11 bits; where offsets are
      // subtracted from products of either size, the error counts against both.
      let isExact = [.q8_0, .q4_0, .q4_1, .q5_0, .q5_1, .iq4_NL].contains(format)
      let unit = isExact ? 0x1p-24 * Double(columns / 16 + 8) : 0x1p-11
      for m in 0..<count {
        for r in 0..<rows {
          let exact = exactDot(x[m * columns..<(m + 1) * columns], weights[r * columns..<(r + 1) * columns])
          let size = exact.magnitude * (format == .q4_1 || format == .q5_1 ? 8 : 1)
          #expect(
            (Double(out[m * rows + r]) - exact.value).magnitude <= unit * size,
            "[\(rows), \(columns)] at (\(m), \(r))")
        }
      }
    }
  }

  @Test(arguments: instructionSets, quantized)
  func aRowHasTheSameBitsWhateverElseIsInTheCall(_ name: String, _ format: WeightFormat) throws {
    let kernels = try #require(Kernels(named: name))
    // More panels than one turn of the kernel takes.
    let (rows, columns) = (161, 1280)
    let packed = try PackedWeightMatrix(
      format.randomMatrix(rows: rows, columns: columns, seed: 72), kernels: kernels)
    var generator = SplitMix64(73)
    let others = generator.floats(100 * columns)
    let row = generator.floats(columns)
    let alone = bits(product(packed, row, count: 1))
    for count in [2, 3, 4, 5, 6, 7, 16, 17, 100] {
      var x = Array(others.prefix(count * columns))
      let positions = Set([0, 1, count / 2, count - 1])
      for position in positions { x.replaceSubrange(position * columns..<(position + 1) * columns, with: row) }
      let out = product(packed, x, count: count)
      for position in positions {
        #expect(bits(out[position * rows..<(position + 1) * rows]) == alone, "row \(position) of \(count)")
      }
      if count == 7 {
        let parts = product(packed, x, count: count, outputRows: [64..<161, 0..<64])
        #expect(bits(parts) == bits(out))
      }
    }
  }

  @Test(arguments: instructionSets) func extremeBytesDoNotSaturate(_ name: String) throws {
    let kernels = try #require(Kernels(named: name))
    let columns = 96
    for byte in [Int8.min, -127, -1, 0, 127] {
      // Q8_0 blocks: the half 1.0, then 32 equal bytes.
      let block = [UInt8(0), 0x3c] + [UInt8](repeating: UInt8(bitPattern: byte), count: 32)
      let bytes = Array(repeating: block, count: 40 * columns / 32).flatMap(\.self)
      let matrix = try WeightMatrix(
        format: .q8_0, rows: 40, columns: columns, storage: bytes.withUnsafeBytes { WeightStorage(copying: $0) })
      let packed = try PackedWeightMatrix(matrix, kernels: kernels)
      for value: Float in [127, -127] {
        let out = product(packed, [Float](repeating: value, count: columns), count: 1)
        #expect(out.allSatisfy { $0 == Float(byte) * value * Float(columns) })
      }
    }
  }

  @Test(arguments: instructionSets, [WeightFormat.f32, .f16, .bf16])
  func floatsQuantizeWithinHalfAStep(_ name: String, _ format: WeightFormat) throws {
    let kernels = try #require(Kernels(named: name))
    let (rows, columns) = (33, 256)
    let matrix = try format.randomMatrix(rows: rows, columns: columns, seed: 74)
    let weights = matrix.dequantized().elements
    for (layout, steps) in [(PackedLayout.int8, 127.0), (.int4, 8.0)] {
      let packed = try PackedWeightMatrix(matrix, layout: layout, kernels: kernels)
      // A one in place c and zeros elsewhere read column c back, exactly: the activation's step is 1/127.
      for c in [0, 1, 31, 32, 100, 255] {
        var x = [Float](repeating: 0, count: columns)
        x[c] = 127
        let column = product(packed, x, count: 1)
        for r in 0..<rows {
          let group = weights[r * columns + c / 32 * 32..<r * columns + c / 32 * 32 + 32]
          let largest = Double(group.map(\.magnitude).max()!)
          let error = (Double(column[r]) / 127 - Double(weights[r * columns + c])).magnitude
          // Four bits reach 7 steps on one side and 8 on the other: there the largest may lack a whole step.
          let bound = (layout.bits == 8 ? 0.54 : 1.01) / steps
          #expect(error <= bound * largest)
        }
      }
    }
  }

  @Test func tinyAndHugeScalesSurviveHalfPrecision() throws {
    let columns = 64
    for size: Float in [1e-20, 1e-6, 1, 1e6, 1e20] {
      let matrix = WeightMatrix(Tensor(repeating: size, shape: [3, columns]))
      let packed = try matrix.packed(.int8)
      #expect(packed.isPacked && !matrix.isPacked)
      let out = packed.multiply(Tensor.ones(columns))
      for value in out.elements { #expect(relativeError(value, Double(size) * Double(columns)) < 1e-3) }
    }
  }

  @Test func nonFiniteNumbersStayVisible() throws {
    var weights = Tensor.ones(40, 64)
    weights[3, 5] = .nan
    let matrix = try WeightMatrix(weights).packed(.int8)
    let out = matrix.multiply(Tensor.ones(2, 64))
    for r in 0..<40 { #expect(out[0, r].isNaN == (r == 3)) }
    var x = Tensor.ones(2, 64)
    x[1, 40] = .infinity
    let broken = matrix.multiply(x)
    for r in 0..<40 { #expect(broken[0, r].isNaN == (r == 3) && broken[1, r].isNaN) }
  }

  @Test(arguments: WeightFormat.allCases) func packingKeepsAMatrixWhatItIs(_ format: WeightFormat) throws {
    let matrix = try format.randomMatrix(rows: 70, columns: 256, seed: 75)
    let packed = try matrix.packed()
    #expect(packed.isPacked == !format.isFloat)
    #expect(packed.dequantized() == matrix.dequantized())
    var generator = SplitMix64(76)
    let x = Tensor(shape: [3, 256], elements: generator.floats(3 * 256))
    let difference = (packed.multiply(x) - matrix.multiply(x)).magnitude().max()
    #expect(difference <= 1e-3 * matrix.multiply(x).magnitude().max())
  }

  @Test func rowsThatAreNoMultipleOf32AreRefused() throws {
    let matrix = WeightMatrix(Tensor.zeros(4, 40))
    #expect(throws: WeightError.columns(format: .f32, columns: 40, elementsPerBlock: 32)) {
      try matrix.packed(.int8)
    }
    #expect(try !matrix.packed(.asStored).isPacked)
  }
}
