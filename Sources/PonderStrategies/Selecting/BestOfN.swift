/// The candidate with the highest score, the first on a tie.
public struct BestOfN: Selector, Hashable {
  /// Makes the selector.
  public init() {}

  /// The eligible candidate with the highest score; `nil` if none has a score.
  public func select(from candidates: [Candidate]) -> Selection? {
    var best: Candidate?
    for candidate in candidates.eligible {
      guard let score = candidate.score else { continue }
      if let highest = best?.score, highest >= score { continue }
      best = candidate
    }
    return best.map { Selection($0) }
  }
}

extension Selector where Self == BestOfN {
  /// The candidate with the highest score.
  public static var bestOfN: BestOfN { BestOfN() }
}
