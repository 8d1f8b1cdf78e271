import PonderCore

/// Lengths around every number of lanes, its multiples and the unrolled loops.
let oddSizes = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 127, 128, 129, 255, 257]

/// Every instruction set this machine runs: one test argument each.
let instructionSets = Kernels.available.map(\.name)

/// A sum in double precision and the sum of magnitudes that bounds its rounding in single.
struct ExactSum {
  var value = 0.0
  var magnitude = 0.0

  mutating func add(_ term: Double) {
    value += term
    magnitude += term.magnitude
  }

  /// Whether a sum in single precision, in any order, could have come out so: n roundings of 2⁻²⁴ at most.
  func admits(_ result: Float, terms: Int) -> Bool {
    (Double(result) - value).magnitude <= magnitude * Double(terms + 2) * 0x1p-24
  }
}

func exactDot(_ a: some Sequence<Float>, _ b: some Sequence<Float>) -> ExactSum {
  var sum = ExactSum()
  for (x, y) in zip(a, b) { sum.add(Double(x) * Double(y)) }
  return sum
}

/// Relative distance, 0 for equal numbers, both NaN and equal infinities included.
func relativeError(_ result: Float, _ expected: Double) -> Double {
  if Double(result) == expected || (result.isNaN && expected.isNaN) { return 0 }
  return (Double(result) - expected).magnitude / expected.magnitude
}

/// Bits, so that NaN equals itself and −0 differs from 0.
func bits(_ values: some Sequence<Float>) -> [UInt32] { values.map(\.bitPattern) }
