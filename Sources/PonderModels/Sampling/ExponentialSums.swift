import PonderCore

/// Σ e^((logit − maximum) / temperature) over a row of logits, in parts of 512.
///
/// A part is summed by a kernel, in an order that depends on its length alone; the parts in double precision, in index
/// order. Nothing of a vocabulary's size is allocated.
struct ExponentialSums {
  private static let partSize = 512

  private let logits: UnsafeMutableBufferPointer<Float>
  private let maximum: Float
  private let inverseTemperature: Float
  private var parts: [Double] = []

  /// Of the whole row.
  private(set) var total = 0.0

  /// - Parameters:
  ///   - logits: none is a NaN or +∞; unchanged as long as this value is used.
  ///   - maximum: the largest of them, finite.
  init(_ logits: UnsafeMutableBufferPointer<Float>, maximum: Float, temperature: Float = 1) {
    self.logits = logits
    self.maximum = maximum
    inverseTemperature = min(1 / temperature, .greatestFiniteMagnitude)
    parts.reserveCapacity(logits.count / Self.partSize + 1)
    for part in 0..<(logits.count + Self.partSize - 1) / Self.partSize {
      let sum = withExponentials(of: part) { Double(Kernels.best.sum($0.baseAddress!, $0.count)) }
      parts.append(sum)
      total += sum
    }
  }

  /// The first index at which the running sum exceeds `fraction` of the total; one whose logit is not −∞.
  func index(at fraction: Double) -> Int {
    let target = fraction * total
    var (part, before, sum) = (0, 0.0, 0.0)
    for (candidate, weight) in parts.enumerated() where weight > 0 {
      (part, before) = (candidate, sum)
      sum += weight
      if sum > target { break }
    }
    // Where rounding keeps a sum at or below the target, the last index that weighs anything is taken.
    return withExponentials(of: part) { weights in
      var (last, running) = (0, before)
      for (index, weight) in weights.enumerated() where weight > 0 {
        last = index
        running += Double(weight)
        if running > target { break }
      }
      return part * Self.partSize + last
    }
  }

  private func withExponentials<Result>(of part: Int, _ body: (UnsafeMutableBufferPointer<Float>) -> Result) -> Result {
    let start = part * Self.partSize
    let count = min(Self.partSize, logits.count - start)
    return withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { weights in
      for index in 0..<count { weights[index] = (logits[start + index] - maximum) * inverseTemperature }
      Kernels.best.exponential(weights.baseAddress!, weights.baseAddress!, count)
      return body(weights)
    }
  }
}
