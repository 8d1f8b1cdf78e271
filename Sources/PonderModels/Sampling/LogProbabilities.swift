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
