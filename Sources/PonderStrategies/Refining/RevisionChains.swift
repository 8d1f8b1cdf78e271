import PonderGeneration

/// Attempts one after the other, each with the last of those before it in its prompt; one such chain or several side by
/// side: sequential revisions, and their mix with parallel samples, of Snell et al. 2024 (arXiv:2408.03314) §6.
///
/// A revision model turns many right answers wrong again (about 38 % there), so the last attempt is nothing special: all
/// attempts are candidates, and a selector chooses across them. `.selected(by: .majority(of: …))` or
/// `.scored(by: …).selected(by: .bestOfN)` choose from all at once;
/// ``Selector/hierarchical(within:across:)`` chooses from each chain and then from the chains' winners. Snell et al. find
/// the hierarchy better with a verifier and the flat choice better for the majority. Until a selector chooses, the first
/// complete attempt is the outcome's.
///
/// Round by round the attempts of all chains are written in one batch, so under a budget every chain has its first attempts
/// before any has its last. A chain goes on behind an attempt that failed. Chain i of four is chain i of two.
public struct RevisionChains: Strategy, Hashable {
  /// Chains side by side, ≥ 1.
  public var chains: Int
  /// Attempts of each chain, ≥ 1.
  public var length: Int
  /// How revisions are asked for, and how many attempts they see.
  public var format: RevisionFormat
  /// How tokens are chosen.
  public var sampling: SamplingParameters
  /// Tokens of an attempt at most, ≥ 1.
  public var maximumTokens: Int

  /// Makes chains; one chain unless said otherwise.
  public init(
    _ chains: Int = 1, length: Int, format: RevisionFormat = RevisionFormat(),
    sampling: SamplingParameters = SamplingParameters(), maximumTokens: Int = 2048
  ) {
    self.chains = chains
    self.length = length
    self.format = format
    self.sampling = sampling
    self.maximumTokens = maximumTokens
  }

  /// All ways to spend so many attempts, from fully parallel to fully sequential: chains whose length is a power of two
  /// that divides the total. 8 gives 8 × 1, 4 × 2, 2 × 4, 1 × 8.
  public static func mixes(
    of total: Int, format: RevisionFormat = RevisionFormat(), sampling: SamplingParameters = SamplingParameters(),
    maximumTokens: Int = 2048
  ) -> [RevisionChains] {
    guard total >= 1 else { return [] }
    return sequence(first: 1) { $0 * 2 }.prefix { $0 <= total && total % $0 == 0 }.map { length in
      RevisionChains(
        total / length, length: length, format: format, sampling: sampling, maximumTokens: maximumTokens)
    }
  }

  /// Length by chains: the sequential-to-parallel ratio of the paper. 1 is balanced.
  public var sequentialToParallelRatio: Double { Double(length) / Double(chains) }

  /// `revisions`
  public var label: String { "revisions" }

  /// Throws for numbers below 1 and for what the model refuses.
  public func validate(for model: ModelDescription) throws(StrategyError) {
    guard chains >= 1, length >= 1 else {
      throw .invalidConfiguration("RevisionChains: \(chains) chains of length \(length), both must be ≥ 1")
    }
    try format.validate(for: "RevisionChains")
    do throws(GenerationError) {
      try GenerationRequest(.chat(""), sampling: sampling, maximumTokens: maximumTokens, seed: 0).validate(for: model)
    } catch {
      throw .unsupported(error)
    }
  }

  /// Writes the chains. Candidates come chain by chain; a chain's attempts have the path `revisions/0`, and each is the
  /// next one's parent.
  public func run(_ problem: Problem, in context: RunContext) async -> Outcome {
    let stage = context.stage(label)
    var attempts = [[Candidate]](repeating: [], count: chains)
    var outcome = Outcome(candidates: [])
    var failure: StrategyFailure?
    for round in 0..<length where outcome.stop == .finished {
      let requests = attempts.enumerated().map { chain, attempts in
        GenerationRequest(
          format.prompt(for: problem, behind: attempts.map { RevisionFormat.Attempt($0.text) }, in: stage),
          sampling: sampling, maximumTokens: maximumTokens, seed: stage.seed.derived(chain).derived(round))
      }
      for (chain, result) in await stage.generate(requests).enumerated() {
        let id = Candidate.ID(path: stage.path.appending(chain), number: round)
        switch result {
        case .success(let generated):
          let candidate = Candidate(id: id, parent: attempts[chain].last?.id, generated)
          attempts[chain].append(candidate)
          stage.emit(.candidate(id: id, parent: candidate.parent, text: candidate.text, ending: candidate.ending))
          if candidate.ending == .budget { outcome.stop = outcome.stop.followed(by: .outOfBudget(.tokens)) }
          if candidate.ending == .cancelled { outcome.stop = outcome.stop.followed(by: Stop(stage.interruption)) }
        case .failure(let reason):
          stage.emit(.failed(id: id, reason))
          failure = failure ?? reason
          if Stop(reason) != .failed(reason) { outcome.stop = outcome.stop.followed(by: Stop(reason)) }
        }
      }
    }
    outcome.candidates = attempts.flatMap(\.self)
    outcome.selected = outcome.candidates.first(where: \.isComplete)
    if outcome.candidates.isEmpty, outcome.stop == .finished, let failure { outcome.stop = Stop(failure) }
    return outcome
  }
}
