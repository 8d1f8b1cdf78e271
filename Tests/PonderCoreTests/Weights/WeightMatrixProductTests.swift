import PonderCore
import Testing

@Suite struct WeightMatrixProductTests {
  static let formatsAndBackends: [(WeightFormat, MatrixBackend)] = WeightFormat.allCases.flatMap { format in
    format.isFloat ? [(format, .openBLAS), (format, .kernels)] : [(format, .kernels)]
  }

  @Test(arguments: formatsAndBackends)
  func aRowHasTheSameBitsWhateverElseIsInTheCall(_ format: WeightFormat, _ backend: MatrixBackend) throws {
    for (rows, columns) in [(64, 256), (200, 256), (129, 512)] {
      let matrix = try format.randomMatrix(rows: rows, columns: columns, seed: 23, backend: backend)
      var generator = SplitMix64(24)
      let others = generator.floats(64 * columns)
      let row = generator.floats(columns)
      let alone = bits(matrix.product(row, count: 1))
      for count in [2, 3, 7, 16, 17, 64] {
        // Any position matters where tiles have insides and edges.
        for position in Set([0, 1, count / 2, count - 2, count - 1, min(15, count - 1)]) {
          var x = Array(others.prefix(count * columns))
          x.replaceSubrange(position * columns..<(position + 1) * columns, with: row)
          let out = matrix.product(x, count: count)
          #expect(
            bits(out[position * rows..<(position + 1) * rows]) == alone,
            "row \(position) of \(count) with weights [\(rows), \(columns)]")
        }
      }
    }
  }

  @Test(arguments: formatsAndBackends)
  func everyPositionOfATileGivesTheSameBits(_ format: WeightFormat, _ backend: MatrixBackend) throws {
    let (rows, columns) = (96, 256)
    let matrix = try format.randomMatrix(rows: rows, columns: columns, seed: 25, backend: backend)
    var generator = SplitMix64(26)
    let row = generator.floats(columns)
    let out = matrix.product(Array(repeating: row, count: 35).flatMap(\.self), count: 35)
    let first = bits(out.prefix(rows))
    for m in 1..<35 { #expect(bits(out[m * rows..<(m + 1) * rows]) == first, "position \(m)") }
  }

  @Test(arguments: formatsAndBackends)
  func splittingTheOutputRowsChangesNoBit(_ format: WeightFormat, _ backend: MatrixBackend) throws {
    let (rows, columns) = (300, 256)
    let matrix = try format.randomMatrix(rows: rows, columns: columns, seed: 27, backend: backend)
    var generator = SplitMix64(28)
    let x = generator.floats(5 * columns)
    let whole = bits(matrix.product(x, count: 5))
    #expect(bits(matrix.product(x, count: 5, outputRows: [0..<64, 64..<192, 192..<300])) == whole)
    #expect(bits(matrix.product(x, count: 5, outputRows: [256..<300, 0..<128, 128..<256])) == whole)
  }

  @Test(arguments: formatsAndBackends)
  func theTensorProductMatchesDoublePrecision(_ format: WeightFormat, _ backend: MatrixBackend) throws {
    let (rows, columns) = (70, 512)
    let matrix = try format.randomMatrix(rows: rows, columns: columns, seed: 29, backend: backend)
    var generator = SplitMix64(30)
    let x = Tensor(shape: [2, 3, columns], elements: generator.floats(6 * columns))
    let out = matrix.multiply(x)
    #expect(out.shape == [2, 3, rows])
    let weights = matrix.dequantized()
    for m in 0..<6 {
      for r in 0..<rows {
        let w = weights.at(r).elements
        let exact = exactDot(x.elements[m * columns..<(m + 1) * columns], w)
        let result = out.elements[m * rows + r]
        if format.isFloat {
          #expect(exact.admits(result, terms: columns))
        } else {
          // Rounding an activation errs by half a step of 1/127 at most, evenly spread: deviation step/√12. Six
          // deviations of the sum.
          let noise = exactDot(w, w).value.squareRoot() / 127 / 12.0.squareRoot()
          #expect((Double(result) - exact.value).magnitude <= 6 * noise + 1e-4 * exact.magnitude * 0x1p-10)
        }
      }
    }
  }

  @Test(arguments: instructionSets, WeightFormat.allCases)
  func everyInstructionSetKeepsTheRowsApart(_ name: String, _ format: WeightFormat) throws {
    let kernels = try #require(Kernels(named: name))
    let (rows, columns) = (67, 256)
    let matrix = try format.randomMatrix(rows: rows, columns: columns, seed: 31, backend: .kernels)
    var generator = SplitMix64(32)
    let x = generator.floats(9 * columns)
    let together = matrix.product(x, count: 9, kernels: kernels)
    for m in 0..<9 {
      let alone = matrix.product(Array(x[m * columns..<(m + 1) * columns]), count: 1, kernels: kernels)
      #expect(bits(alone) == bits(together[m * rows..<(m + 1) * rows]))
    }
  }

  @Test func aTensorBecomesWeights() {
    let matrix = WeightMatrix(Tensor(rows: [[1, 2, 3], [4, 5, 6]]))
    #expect(matrix.format == .f32 && matrix.rows == 2 && matrix.columns == 3 && matrix.byteCount == 24)
    #expect(matrix.multiply(Tensor([1, 0, -1])) == Tensor([-2, -2]))
    #expect(matrix.multiply(Tensor.zeros(0, 3)).shape == [0, 2])
  }

  @Test func nonFiniteActivationsStayInTheirRow() throws {
    for (format, backend) in Self.formatsAndBackends {
      let matrix = try format.randomMatrix(rows: 64, columns: 256, seed: 33, backend: backend)
      var x = [Float](repeating: 0.5, count: 3 * 256)
      x[256 + 17] = .nan
      let out = matrix.product(x, count: 3)
      #expect(out[64..<128].allSatisfy { $0.isNaN }, "\(format)")
      #expect((out[0..<64] + out[128...]).allSatisfy { $0.isFinite }, "\(format)")
    }
  }
}
