/// Amounts of everything that a ledger counts, ∞ where there is no limit.
///
/// Lanes: tokens, samples, FLOPs, verifier tokens. Counts are exact up to 2^53.
typealias Amounts = SIMD4<Double>

extension Amounts {
  static let unlimited = Amounts(repeating: .infinity)

  init(tokens: Int = 0, samples: Int = 0, flops: Double = 0, verifierTokens: Int = 0) {
    self.init(Double(tokens), Double(samples), flops, Double(verifierTokens))
  }

  /// The limits of a budget.
  init(_ budget: Budget) {
    self.init(
      budget.tokens.map(Double.init) ?? .infinity, budget.samples.map(Double.init) ?? .infinity,
      budget.flops ?? .infinity, budget.verifierTokens.map(Double.init) ?? .infinity)
  }

  init(_ spending: Spending) {
    self.init(
      Double(spending.tokens), Double(spending.samples), spending.flops, Double(spending.verifierTokens))
  }

  var spending: Spending {
    Spending(tokens: Int(self[0]), samples: Int(self[1]), verifierTokens: Int(self[3]), flops: self[2])
  }

  func covers(_ other: Amounts) -> Bool { all(other .<= self) }

  /// The dimension of the first lane that does not cover `other`.
  func shortage(for other: Amounts) -> Budget.Dimension? {
    let dimensions: [Budget.Dimension] = [.tokens, .samples, .flops, .verifierTokens]
    return (0..<4).first { self[$0] < other[$0] }.map { dimensions[$0] }
  }
}
