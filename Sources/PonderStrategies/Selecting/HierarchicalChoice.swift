/// A choice within each line of descent, and then one across the lines' winners: Snell et al. 2024 (arXiv:2408.03314) §6.
///
/// A line is a candidate without a parent among the candidates, with all that descends from it: a chain of revisions, say.
/// The lines are in the order in which they are first seen. The winner across is one of the winners within; a line in which
/// nothing can be chosen has none.
public struct HierarchicalChoice: Selector {
  /// Chooses from a line.
  public let within: any Selector
  /// Chooses from the lines' winners.
  public let across: any Selector

  /// Makes the selector.
  public init(within: any Selector, across: any Selector) {
    self.within = within
    self.across = across
  }

  /// The winner of the winners; `nil` if no line has any.
  public func select(from candidates: [Candidate]) -> Selection? {
    let winners = Self.lines(of: candidates).compactMap { within.select(from: $0)?.candidate }
    return across.select(from: winners)
  }

  /// The candidates by their line.
  public static func lines(of candidates: [Candidate]) -> [[Candidate]] {
    let places = Dictionary(candidates.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    var lineOf = [Int?](repeating: nil, count: candidates.count)
    var lines: [[Candidate]] = []
    for index in candidates.indices {
      // Up to a candidate whose line is known, or to one that has no parent here. No candidate is passed twice.
      var trail = [index]
      while let last = trail.last, lineOf[last] == nil, let parent = candidates[last].parent.flatMap({ places[$0] }),
        trail.count <= candidates.count
      {
        trail.append(parent)
      }
      let line = lineOf[trail[trail.count - 1]] ?? lines.count
      if line == lines.count { lines.append([]) }
      for place in trail { lineOf[place] = line }
      lines[line].append(candidates[index])
    }
    return lines
  }
}

extension Selector where Self == HierarchicalChoice {
  /// One choice within each chain of revisions, then one across the chains' winners.
  ///
  /// `.hierarchical(within: .weightedVote(of: answer), across: .weightedVote(of: answer))` is Snell et al.'s choice with a
  /// verifier.
  public static func hierarchical(within: some Selector, across: some Selector) -> HierarchicalChoice {
    HierarchicalChoice(within: within, across: across)
  }
}
