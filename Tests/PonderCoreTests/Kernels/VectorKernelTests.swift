import Foundation
import PonderCore
import Testing

@Suite struct VectorKernelTests {
  @Test func theBestKernelsAreAvailableAndScalarOnesAlways() {
    #expect(instructionSets.first == Kernels.best.name)
    #expect(instructionSets.last == "scalar")
    #expect(Kernels(named: "altivec") == nil)
  }

  @Test(arguments: instructionSets) func dotProductsAndSumsAreExactUpToRounding(_ name: String) throws {
    let kernels = try #require(Kernels(named: name))
    var generator = SplitMix64(1)
    for n in oddSizes + [1000, 4099] {
      let a = generator.floats(n)
      let b = generator.floats(n, in: -100...100)
      #expect(exactDot(a, b).admits(kernels.dot(a, b, n), terms: n), "\(n)")
      #expect(exactDot(a, repeatElement(1, count: n)).admits(kernels.sum(a, n), terms: n), "\(n)")
    }
    #expect(kernels.dot([], [], 0) == 0)
    #expect(kernels.sum([], 0) == 0)
  }

  @Test(arguments: instructionSets) func reductionsPassInfinityAndNaNOn(_ name: String) throws {
    let kernels = try #require(Kernels(named: name))
    for n in oddSizes {
      for at in [0, n / 2, n - 1] {
        var x = [Float](repeating: 1, count: n)
        x[at] = .infinity
        #expect(kernels.dot(x, x, n) == .infinity)
        #expect(kernels.sum(x, n) == .infinity)
        x[at] = .nan
        #expect(kernels.dot(x, x, n).isNaN)
        #expect(kernels.sum(x, n).isNaN)
      }
    }
  }

  @Test(arguments: instructionSets) func maximumAndArgmaxFindTheFirstLargestAndIgnoreNaN(_ name: String) throws {
    let kernels = try #require(Kernels(named: name))
    var generator = SplitMix64(2)
    for n in oddSizes {
      // Few different values, so that equals are common.
      var x = (0..<n).map { _ in Float(Int.random(in: -3...3, using: &generator)) }
      #expect(kernels.maximum(x, n) == x.max())
      #expect(kernels.argmax(x, n) == x.firstIndex(of: x.max()!))
      x[n / 2] = .nan
      let numbers = x.filter { !$0.isNaN }
      #expect(kernels.maximum(x, n) == numbers.max() ?? -.infinity)
      #expect(kernels.argmax(x, n) == numbers.max().map { x.firstIndex(of: $0)! } ?? 0)
      x[n - 1] = .infinity
      #expect(kernels.argmax(x, n) == n - 1)
    }
    let none = [Float](repeating: -.infinity, count: 5)
    #expect(kernels.maximum(none, 5) == -.infinity)
    #expect(kernels.argmax(none, 5) == 0)
    #expect(kernels.maximum([], 0) == -.infinity)
  }

  @Test(arguments: instructionSets) func elementwiseKernelsRoundOncePerElement(_ name: String) throws {
    let kernels = try #require(Kernels(named: name))
    var generator = SplitMix64(3)
    for n in oddSizes {
      let a = generator.floats(n)
      let b = generator.floats(n)
      var out = [Float](repeating: 7, count: n + 1)
      kernels.add(&out, a, b, n)
      #expect(out == zip(a, b).map { $0 + $1 } + [7])
      kernels.multiply(&out, a, b, n)
      #expect(out == zip(a, b).map { $0 * $1 } + [7])
      out = b + [7]
      kernels.axpy(&out, 0.3, a, n)
      for i in 0..<n {
        let expected = Double(b[i]) + Double(Float(0.3)) * Double(a[i])
        #expect((Double(out[i]) - expected).magnitude <= 2e-7)
      }
      #expect(out[n] == 7)
    }
  }

  @Test(arguments: instructionSets) func exponentialKeepsItsErrorBound(_ name: String) throws {
    let kernels = try #require(Kernels(named: name))
    let x = (0...2_000_000).map { -87.3 + 176.0 * Float($0) / 2_000_000 }
    var out = x
    kernels.exponential(&out, x, x.count)
    var worst = 0.0
    for (input, result) in zip(x, out) where input < 88.72 {
      worst = max(worst, relativeError(result, Foundation.exp(Double(input))))
    }
    #expect(worst <= 2.5e-7)
  }

  @Test(arguments: instructionSets) func exponentialKeepsTheExtremes(_ name: String) throws {
    let kernels = try #require(Kernels(named: name))
    let x: [Float] = [
      0, -0.0, .infinity, -.infinity, .nan, 88.7228, 88.73, 89, 1e30, -87.4, -100, -103.9, -104.5, -1e30,
      .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1, -1, 0.5,
    ]
    for n in 1...x.count {
      var out = [Float](repeating: 7, count: n + 1)
      kernels.exponential(&out, x, n)
      for i in 0..<n {
        let expected = Float(Foundation.exp(Double(x[i])))
        // Where results are subnormal one unit in the last place is an absolute distance.
        let isSame = out[i] == expected || (out[i].isNaN && expected.isNaN)
        #expect(isSame || (out[i] - expected).magnitude <= max(2.5e-7 * expected, .leastNonzeroMagnitude), "\(x[i])")
      }
      #expect(out[n] == 7)
    }
  }
}
