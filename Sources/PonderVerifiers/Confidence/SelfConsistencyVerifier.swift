import PonderAnswers
import PonderGeneration
import PonderStrategies

/// Self-consistency as a verifier (Wang et al. 2022, arXiv:2203.11171): a candidate's score is the share of the pool's
/// votes that its answer has.
///
/// The pool is the candidates of the call. Those that did not end by themselves have no vote while one that did exists;
/// an answer that cannot be read has no vote and scores 0.
public struct SelfConsistencyVerifier: Verifier {
  /// How answers are read and compared.
  public let convention: AnswerConvention

  /// Makes a verifier.
  public init(of convention: AnswerConvention = .math) { self.convention = convention }

  /// `self-consistency`
  public var name: String { "self-consistency" }

  /// A verdict for each candidate; no model is asked.
  public func verify(
    _ candidates: [Candidate], of problem: Problem, in context: RunContext
  ) async -> [Result<Verdict, StrategyFailure>] {
    let groups = AnswerVote(of: convention).groups(of: candidates)
    let votes = Dictionary(groups.map { ($0.key, $0.weight) }, uniquingKeysWith: +)
    let all = groups.reduce(0) { $0 + $1.weight }
    return candidates.map { candidate in
      guard all > 0, let key = convention.read(candidate.text)?.key else { return .success(Verdict(0)) }
      let share = (votes[key] ?? 0) / all
      return .success(Verdict(share, explanation: "\(Int(votes[key] ?? 0)) of \(Int(all)) votes"))
    }
  }
}

extension SelfConsistencyVerifier: CustomStringConvertible {
  /// What a strategy's fingerprint needs to know.
  public var description: String { "self-consistency of \(convention)" }
}
