import Foundation
import PonderCore
import PonderGeneration

/// The normalisation of one row of logits: log p = logit − log Σ e^logit.
package struct LogProbabilities: Sendable {
  private let maximum: Float
  private let logSum: Double

  /// Throws ``GenerationError/nonFiniteOutput(_:)`` when a logit is not a number or +∞, or when all are −∞.
  package init(_ logits: UnsafeMutableBufferPointer<Float>, at position: Int) throws(GenerationError) {
    maximum = try Self.maximum(of: logits, at: position)
    logSum = log(ExponentialSums(logits, maximum: maximum).total)
  }

  /// The largest logit, finite. Throws as the initializer does.
  static func maximum(
    of logits: UnsafeMutableBufferPointer<Float>, at position: Int
  ) throws(GenerationError) -> Float {
    // One sum finds what is no number; only then is it worth looking where.
    if !(Kernels.best.sum(logits.baseAddress!, logits.count) < .infinity),
      let stray = logits.first(where: { !($0 < .infinity) })
    {
      throw .nonFiniteOutput("a logit at position \(position) is \(stray)")
    }
    let maximum = Kernels.best.maximum(logits.baseAddress!, logits.count)
    guard maximum > -.infinity else { throw .nonFiniteOutput("all logits at position \(position) are −∞") }
    return maximum
  }

  package func logProbability(ofLogit logit: Float) -> Float {
    Float(Double(logit - maximum) - logSum)
  }

  /// KL(U ‖ p) = −log V − Σ log p / V, in nats; infinite when a token has no probability at all.
  package func divergenceFromUniform(of logits: UnsafeMutableBufferPointer<Float>) -> Float {
    var sum = 0.0
    for logit in logits { sum += Double(logit - maximum) - logSum }
    let count = Double(logits.count)
    return Float(max(0, -log(count) - sum / count))
  }

  /// −Σ p log p, in nats.
  package func entropy(of logits: UnsafeMutableBufferPointer<Float>) -> Float {
    var entropy = 0.0
    for logit in logits where logit > -.infinity {
      let logProbability = Double(logit - maximum) - logSum
      entropy -= exp(logProbability) * logProbability
    }
    return Float(entropy)
  }
}
