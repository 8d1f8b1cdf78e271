import Foundation

/// How rotary frequencies are stretched for contexts longer than those of pre-training.
public enum RopeScaling: Sendable, Hashable {
  case none
  /// Positions divided by `factor` (Chen et al. 2023, arXiv:2306.15595).
  case linear(factor: Double)
  /// Llama 3.1: wavelengths above `originalContextLength / lowFrequencyFactor` are stretched by `factor`, those below
  /// `originalContextLength / highFrequencyFactor` are kept, in between the two are blended.
  case llama3(factor: Double, lowFrequencyFactor: Double, highFrequencyFactor: Double, originalContextLength: Int)
  /// A divisor for each frequency, d/2 of them: GGUF's `rope_freqs.weight`, which holds the Llama 3.1 rule worked out.
  case divisors([Float])

  /// The names Hugging Face uses under `rope_type`, of those that are supported.
  static let supportedTypes = ["default", "linear", "llama3"]

  /// The angle in radians by which one position turns each pair of a head.
  ///
  /// - Parameters:
  ///   - headDimension: d, even.
  ///   - theta: base of the frequencies.
  /// - Returns: d/2 frequencies, the fastest first: θ^(−2i/d) before scaling.
  public func frequencies(headDimension: Int, theta: Double) -> [Double] {
    let unscaled = (0..<headDimension / 2).map { pow(theta, -2 * Double($0) / Double(headDimension)) }
    switch self {
    case .none: return unscaled
    case .linear(let factor): return unscaled.map { $0 / factor }
    case .divisors(let divisors):
      precondition(divisors.count == unscaled.count, "\(divisors.count) divisors for \(unscaled.count) frequencies")
      return zip(unscaled, divisors).map { $0 / Double($1) }
    case .llama3(let factor, let low, let high, let originalContextLength):
      return unscaled.map { frequency in
        let turns = Double(originalContextLength) * frequency / (2 * .pi)  // within the original context
        let kept = min(max((turns - low) / (high - low), 0), 1)
        return frequency * (kept + (1 - kept) / factor)
      }
    }
  }

  /// What is wrong with the parameters, if anything is.
  func problem(headDimension: Int) -> String? {
    switch self {
    case .none: return nil
    case .linear(let factor):
      return factor.isFinite && factor > 0 ? nil : "has the factor \(factor)"
    case .llama3(let factor, let low, let high, let originalContextLength):
      guard factor.isFinite, factor > 0 else { return "has the factor \(factor)" }
      guard low.isFinite, high.isFinite, low > 0, high > low else {
        return "has the frequency factors \(low) and \(high); the first must be positive and below the second"
      }
      return originalContextLength > 0 ? nil : "has the original context length \(originalContextLength)"
    case .divisors(let divisors):
      guard divisors.count == headDimension / 2 else {
        return "has \(divisors.count) divisors; a head of \(headDimension) needs \(headDimension / 2)"
      }
      return divisors.allSatisfy { $0.isFinite && $0 > 0 } ? nil : "has a divisor that is not positive"
    }
  }
}
