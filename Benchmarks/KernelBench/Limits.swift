import CPonderPeaks
import Dispatch
import PonderCore

/// What the machine can do at most, all threads together.
struct Limits: Codable {
  /// Single-precision multiply-adds, in 10⁹ operations a second.
  let floatPeak: Double
  /// Products of bytes, likewise.
  let bytePeak: Double
  /// Bytes read from memory, in 10⁹ a second.
  let bandwidth: Double

  init(threads: Int) {
    let name = Kernels.best.name
    floatPeak = 1e-9 * Self.total(threads) { _ in pk_peak_float(name, 0.3) }
    bytePeak = 1e-9 * Self.total(threads) { _ in pk_peak_bytes(name, 0.3) }
    // Larger than any cache in reach.
    let words = [UInt64](repeating: 1, count: 1 << 25)
    bandwidth =
      1e-9
      * Self.total(threads) { thread in
        words.withUnsafeBufferPointer { words in
          let part = words.count / threads
          let clock = ContinuousClock()
          var best = Double.infinity
          var sum: UInt64 = 0
          for _ in 0..<5 {
            let start = clock.now
            sum &+= pk_read(words.baseAddress! + thread * part, part)
            best = min(best, (clock.now - start) / .seconds(1))
          }
          // The sum is used, so that the reading is not optimised away.
          return sum == 0 ? 0 : Double(part * 8) / best
        }
      }
  }

  private static func total(_ threads: Int, _ measure: @Sendable (Int) -> Double) -> Double {
    let rates = UnsafeMutableBufferPointer<Double>.allocate(capacity: threads)
    rates.initialize(repeating: 0)
    defer { rates.deallocate() }
    nonisolated(unsafe) let shared = rates
    DispatchQueue.concurrentPerform(iterations: threads) { shared[$0] = measure($0) }
    return rates.reduce(0, +)
  }
}
