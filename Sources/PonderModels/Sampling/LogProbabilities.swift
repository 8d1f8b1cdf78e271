import Foundation
import PonderGeneration

/// The normalisation of one row of logits: log p = logit − log Σ e^logit, summed in double precision in index order.
package struct LogProbabilities: Sendable {
  private let maximum: Float
  private let logSum: Double

  /// Throws ``GenerationError/nonFiniteOutput(_:)`` when a logit is not a number or +∞, or when all are −∞.
  package init(_ logits: UnsafeMutableBufferPointer<Float>, at position: Int) throws(GenerationError) {
    var maximum = -Float.infinity
    for logit in logits {
      guard logit < .infinity else { throw .nonFiniteOutput("a logit at position \(position) is \(logit)") }
      if logit > maximum { maximum = logit }
    }
    guard maximum > -.infinity else { throw .nonFiniteOutput("all logits at position \(position) are −∞") }
    var sum = 0.0
    for logit in logits { sum += exp(Double(logit - maximum)) }
    self.maximum = maximum
    logSum = log(sum)
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
