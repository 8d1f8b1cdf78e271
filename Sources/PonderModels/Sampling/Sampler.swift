import Foundation
import PonderCore
import PonderGeneration

/// Chooses one sequence's next token from the model's logits.
///
/// The random number belongs to the seed and to the token's position in the sequence, not to an order of draws: a
/// sequence that is interrupted and goes on from its tokens with the same seed goes on as it would have.
package struct Sampler: Sendable {
  package struct Choice: Sendable, Hashable {
    package var token: Token
    /// Under the model itself, before bias, penalty, temperature and filters; `nil` where nobody asked for it.
    package var logProbability: Float?
  }

  package let parameters: SamplingParameters
  private let generator: Philox4x32
  /// The tokens so far, kept only for the repetition penalty, which treats each by itself.
  private var seen: Set<Token> = []

  /// - Parameter prompt: tokens before the first choice, which the repetition penalty counts.
  package init(_ parameters: SamplingParameters, seed: Seed, prompt: [Token]) {
    self.parameters = parameters
    generator = seed.generator
    if parameters.repetitionPenalty != 1 { seen = Set(prompt) }
  }

  /// The token at `position` of the sequence.
  ///
  /// Throws ``GenerationError/nonFiniteOutput(_:)`` when a logit is not a number or +∞, or when all are −∞, and
  /// ``GenerationError/invalidRequest(_:)`` when the bias forbids every token.
  /// - Parameters:
  ///   - logits: [vocabulary]; overwritten.
  ///   - wantsLogProbability: costs as much as drawing the token.
  package mutating func choose(
    from logits: UnsafeMutableBufferPointer<Float>, position: Int, wantsLogProbability: Bool = true
  ) throws(GenerationError) -> Choice {
    var normalizer: LogProbabilities?
    if wantsLogProbability {
      normalizer = try LogProbabilities(logits, at: position)
    } else {
      _ = try LogProbabilities.maximum(of: logits, at: position)
    }
    let adjusted = apply(to: logits)
    let token = parameters.temperature == 0 ? likeliest(logits) : try draw(from: logits, at: position)
    guard logits[Int(token)] > -.infinity else {
      throw .invalidRequest("the logit bias forbids every token that the model allows")
    }
    if parameters.repetitionPenalty != 1 { seen.insert(token) }
    let own = adjusted[token] ?? logits[Int(token)]
    return Choice(token: token, logProbability: normalizer?.logProbability(ofLogit: own))
  }

  /// Adds the bias and applies the penalty. Returns the model's own logits of the tokens that changed.
  private func apply(to logits: UnsafeMutableBufferPointer<Float>) -> [Token: Float] {
    var original: [Token: Float] = [:]
    for entry in parameters.logitBias where Int(entry.token) < logits.count {
      if original[entry.token] == nil { original[entry.token] = logits[Int(entry.token)] }
      logits[Int(entry.token)] += entry.bias
    }
    for token in seen where Int(token) < logits.count {
      let logit = logits[Int(token)]
      if original[token] == nil { original[token] = logit }
      let penalty = parameters.repetitionPenalty
      logits[Int(token)] = logit > 0 ? logit / penalty : logit * penalty
    }
    return original
  }

  private func likeliest(_ logits: UnsafeMutableBufferPointer<Float>) -> Token {
    Token(Kernels.best.argmax(logits.baseAddress!, logits.count))
  }

  private func draw(
    from logits: UnsafeMutableBufferPointer<Float>, at position: Int
  ) throws(GenerationError) -> Token {
    let maximum = logits[Int(likeliest(logits))]
    guard maximum > -.infinity else { return 0 }  // refused by the caller
    let uniform = generator.uniform(at: position)
    guard hasFilters(logits.count) else {
      let sums = ExponentialSums(logits, maximum: maximum, temperature: parameters.temperature)
      return Token(sums.index(at: uniform))
    }
    let inverse = 1 / Double(parameters.temperature)
    // Relative to the likeliest token, whose weight is 1.
    let weights = logits.map { exp(Double($0 - maximum) * inverse) }
    return Token(Self.pick(uniform, of: filtered(logits, weights), weights))
  }

  /// Whether any token can be left out.
  private func hasFilters(_ vocabularySize: Int) -> Bool {
    (parameters.topK ?? vocabularySize) < vocabularySize || parameters.topP < 1 || parameters.minP > 0
  }

  /// The tokens that top-k, then top-p, then min-p leave.
  private func filtered(_ logits: UnsafeMutableBufferPointer<Float>, _ weights: [Double]) -> [Int] {
    var candidates: [Int]
    if let k = parameters.topK, k < weights.count {
      candidates = topTokens(k, of: logits)
    } else {
      candidates = Array(weights.indices)
    }
    if parameters.topP < 1 {
      let topP = Double(parameters.topP)
      let total = candidates.reduce(0) { $0 + weights[$1] }
      if candidates.count == weights.count {
        // A token below this weight cannot be among the likeliest whose sum reaches p (llama2.c): fewer to sort.
        let cutoff = total * (1 - topP) / Double(max(candidates.count - 1, 1))
        candidates.removeAll { weights[$0] < cutoff }
        candidates.sort { logits[$0] != logits[$1] ? logits[$0] > logits[$1] : $0 < $1 }
      }
      var sum = 0.0
      let last = candidates.firstIndex { index in
        sum += weights[index]
        return sum >= topP * total
      }
      if let last { candidates.removeLast(candidates.count - 1 - last) }
    }
    if parameters.minP > 0 { candidates.removeAll { weights[$0] < Double(parameters.minP) } }
    return candidates
  }

  /// The first candidate at which the running sum of weights exceeds `uniform` of their total.
  private static func pick(_ uniform: Double, of candidates: [Int], _ weights: [Double]) -> Int {
    let target = uniform * candidates.reduce(0) { $0 + weights[$1] }
    var sum = 0.0
    for index in candidates {
      sum += weights[index]
      if sum > target { return index }
    }
    // Rounding kept the sum at or below the target: the last candidate that has a weight.
    return candidates.last { weights[$0] > 0 } ?? candidates[0]
  }
}
