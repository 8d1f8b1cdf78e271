import Foundation
import PonderCore
import Testing

@Suite struct TransformerKernelTests {
  @Test(arguments: instructionSets) func rmsNormDividesByTheRootMeanSquare(_ name: String) throws {
    let kernels = try #require(Kernels(named: name))
    var generator = SplitMix64(6)
    for n in oddSizes {
      let x = generator.floats(n, in: -50...50)
      let weight = generator.floats(n)
      var out = [Float](repeating: 7, count: n + 1)
      kernels.rmsNorm(&out, x, weight: weight, n, epsilon: 1e-5)
      let scale = 1 / (exactDot(x, x).value / Double(n) + 1e-5).squareRoot()
      for i in 0..<n { #expect(relativeError(out[i], Double(x[i]) * scale * Double(weight[i])) < 1e-6) }
      #expect(out[n] == 7)
    }
    // Zeros stay zeros: epsilon keeps the root away from 0.
    var out = [Float](repeating: 7, count: 5)
    kernels.rmsNorm(&out, [0, 0, 0, 0, 0], weight: [1, 1, 1, 1, 1], 5, epsilon: 1e-5)
    #expect(out == [0, 0, 0, 0, 0])
  }

  @Test(arguments: instructionSets) func softmaxSumsToOneAndMasksExactly(_ name: String) throws {
    let kernels = try #require(Kernels(named: name))
    var generator = SplitMix64(7)
    for n in oddSizes {
      var x = generator.floats(n, in: -20...20)
      if n > 2 { x[n / 2] = -.infinity }
      // The difference is rounded once by any single-precision softmax: the oracle starts from it.
      let largest = x.max()!
      let terms = x.map { Foundation.exp(Double($0 - largest)) }
      let total = terms.reduce(0, +)
      var out = x + [7]
      kernels.softmax(&out, n)
      for i in 0..<n { #expect((Double(out[i]) - terms[i] / total).magnitude <= 1e-6 * terms[i] / total) }
      if n > 2 { #expect(out[n / 2] == 0) }
      #expect(out[n] == 7)
    }
  }

  @Test(arguments: instructionSets) func softmaxOfExtremesIsDefined(_ name: String) throws {
    let kernels = try #require(Kernels(named: name))
    for n in oddSizes {
      var masked = [Float](repeating: -.infinity, count: n)
      kernels.softmax(&masked, n)
      #expect(masked.allSatisfy { $0 == 0 })
      var huge = [Float](repeating: 3e38, count: n)
      kernels.softmax(&huge, n)
      #expect(huge.allSatisfy { relativeError($0, 1 / Double(n)) < 1e-6 })
      for at in [0, n - 1] {
        var broken = [Float](repeating: at == 0 ? -.infinity : 0, count: n)
        broken[at] = .nan
        kernels.softmax(&broken, n)
        #expect(broken.allSatisfy { $0.isNaN })
      }
    }
  }

  @Test(arguments: instructionSets) func siluMultiplyFollowsItsDefinition(_ name: String) throws {
    let kernels = try #require(Kernels(named: name))
    var generator = SplitMix64(8)
    for n in oddSizes {
      let gate = generator.floats(n, in: -80...80)
      let up = generator.floats(n)
      var out = [Float](repeating: 7, count: n + 1)
      kernels.siluMultiply(&out, gate: gate, up: up, n)
      for i in 0..<n {
        let g = Double(gate[i])
        #expect(relativeError(out[i], g / (1 + Foundation.exp(-g)) * Double(up[i])) < 1e-6)
      }
      #expect(out[n] == 7)
    }
    var out = [Float](repeating: 7, count: 4)
    kernels.siluMultiply(&out, gate: [.infinity, -1e30, .nan, 0], up: [1, 1, 1, 1], 4)
    #expect(out[0] == .infinity && out[1] == 0 && out[2].isNaN && out[3] == 0)
  }

  @Test(arguments: instructionSets, [2, 6, 8, 20, 64, 100, 128])
  func rotaryEmbeddingTurnsEachPair(_ name: String, _ rotary: Int) throws {
    let kernels = try #require(Kernels(named: name))
    var generator = SplitMix64(9)
    let heads = 3
    for dimension in [rotary, rotary + 3] {
      let x = generator.floats(heads * dimension)
      let angles = generator.floats(rotary / 2, in: -3...3)
      let cosines = angles.map { Float(Foundation.cos(Double($0))) }
      let sines = angles.map { Float(Foundation.sin(Double($0))) }
      var halves = x
      kernels.rotateHalves(
        &halves, cosines: cosines, sines: sines, heads: heads, dimension: dimension, rotary: rotary)
      var pairs = x
      kernels.rotatePairs(&pairs, cosines: cosines, sines: sines, heads: heads, dimension: dimension, rotary: rotary)
      var expectedHalves = x
      var expectedPairs = x
      for head in 0..<heads {
        for i in 0..<rotary / 2 {
          rotate(&expectedHalves, head * dimension + i, head * dimension + i + rotary / 2, cosines[i], sines[i])
          rotate(&expectedPairs, head * dimension + 2 * i, head * dimension + 2 * i + 1, cosines[i], sines[i])
        }
      }
      #expect(halves == expectedHalves)
      #expect(pairs == expectedPairs)
    }
  }

  private func rotate(_ x: inout [Float], _ i: Int, _ j: Int, _ cosine: Float, _ sine: Float) {
    (x[i], x[j]) = (x[i] * cosine - x[j] * sine, x[i] * sine + x[j] * cosine)
  }
}
