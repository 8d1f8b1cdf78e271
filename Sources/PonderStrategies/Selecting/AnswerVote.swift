import PonderAnswers

/// Candidates vote for their answers; answers that are the same share their votes.
///
/// Self-consistency (Wang et al. 2022, arXiv:2203.11171) when every vote weighs the same; weighted best-of-N
/// (Li et al. 2022, arXiv:2206.02336) when it weighs the verifier's score. The group with the most weight wins, on a tie the
/// one seen first. An answer that cannot be read has no vote (in search-and-learn it has).
public struct AnswerVote: Selector {
  /// What a vote weighs.
  public enum Weight: Sendable {
    /// One for every candidate. The first of the winning group is selected.
    case one
    /// The candidate's score; without a score it has no vote. The best of the winning group is selected.
    case score
    /// What the closure says, ≥ 0; `nil` is no vote. The heaviest of the winning group is selected.
    case custom(@Sendable (Candidate) -> Double?)

    func callAsFunction(_ candidate: Candidate) -> Double? {
      switch self {
      case .one: 1
      case .score: candidate.score
      case .custom(let weight): weight(candidate).flatMap { $0 >= 0 ? $0 : nil }
      }
    }
  }

  /// One answer and who voted for it.
  public struct Group: Sendable {
    /// The answer's canonical form.
    public var key: AnswerKey
    /// The answer as its heaviest voter wrote it.
    public var answer: String
    /// The sum of its votes.
    public var weight: Double
    /// The heaviest voter, the first on a tie.
    public var representative: Candidate
    fileprivate var heaviest: Double
  }

  /// How answers are read and compared.
  public let convention: AnswerConvention
  /// What a vote weighs.
  public let weight: Weight

  /// Makes a vote.
  public init(of convention: AnswerConvention, weight: Weight = .one) {
    self.convention = convention
    self.weight = weight
  }

  /// The groups of the eligible candidates, in the order in which they were first seen.
  public func groups(of candidates: [Candidate]) -> [Group] {
    var groups: [Group] = []
    var places: [AnswerKey: Int] = [:]
    for candidate in candidates.eligible {
      guard let (answer, key) = convention.read(candidate.text), let weight = weight(candidate) else { continue }
      let vote = weight * Double(candidate.multiplicity)
      guard let place = places[key] else {
        places[key] = groups.count
        groups.append(
          Group(key: key, answer: answer.text, weight: vote, representative: candidate, heaviest: weight))
        continue
      }
      groups[place].weight += vote
      if weight > groups[place].heaviest {
        groups[place].heaviest = weight
        groups[place].representative = candidate
        groups[place].answer = answer.text
      }
    }
    return groups
  }

  /// The representative of the group with the most weight; `nil` if no candidate has a vote.
  public func select(from candidates: [Candidate]) -> Selection? {
    var winner: Group?
    for group in groups(of: candidates) where group.weight > winner?.weight ?? -1 { winner = group }
    return winner.map { Selection($0.representative, answer: $0.answer) }
  }
}

extension Selector where Self == AnswerVote {
  /// Every candidate has one vote (self-consistency).
  public static func majority(of convention: AnswerConvention) -> AnswerVote { AnswerVote(of: convention) }

  /// Every candidate votes with its score.
  public static func weightedVote(of convention: AnswerConvention) -> AnswerVote {
    AnswerVote(of: convention, weight: .score)
  }
}
