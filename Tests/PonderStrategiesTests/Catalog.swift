import PonderAnswers
import PonderGeneration
import PonderStrategies
import PonderTesting
import Testing

/// Every strategy and combinator of the package, small, for tests that hold for all of them.
enum Catalog: String, CaseIterable, Sendable {
  // Sampling.
  case sample, bestOfN, weighted, majority, confidence, adaptive, window, rejection
  // Searching.
  case beam, lookahead, dvts, rebase, systematic, multinomial, uct, puct, rollouts
  case branching, branchingBeta, branchingSteps
  // Refining.
  case selfRefined, chain, mix, forcing
  // Combining.
  case ensemble, repeated, then, otherwise, mapped, limited, optimal

  /// - Parameter n: Samples, beams, particles, answers: the width of the strategy, a multiple of 2 except for 1.
  func strategy(
    _ rewardModel: any ProcessRewardModel = SimulatedRewardModel(), n: Int = 4,
    critic: any Critic = ModelCritic(maximumTokens: 200)
  ) -> any Strategy {
    let verifier = rewardModel.reduced(.last)
    let branching = n == 1 ? 1 : 2
    let answer = AnswerConvention.boxedAnswer
    let sample = Sample(n, maximumTokens: 300, wantsLogProbabilities: self == .confidence)
    let settings = SearchSettings(maximumTokens: 300, lookahead: self == .lookahead ? 2 : 0)
    func beam(steps: Int = 6) -> BeamSearch {
      BeamSearch(n, branching: branching, guidedBy: rewardModel, maximumSteps: steps, settings: settings)
    }
    func monteCarlo(_ selection: MonteCarloPolicy.Selection, rollsOut: Bool = false) -> MonteCarloTreeSearch {
      MonteCarloTreeSearch(
        iterations: n, branching: branching, selection: selection, rollsOut: rollsOut, guidedBy: rewardModel,
        maximumSteps: 6, settings: settings)
    }
    switch self {
    case .sample: return sample
    case .bestOfN: return sample.scored(by: verifier).selected(by: .bestOfN)
    case .weighted: return sample.scored(by: verifier).selected(by: .weightedVote(of: answer))
    case .majority: return sample.selected(by: .majority(of: answer))
    case .confidence: return sample.selected(by: .confidenceVote(of: answer))
    case .adaptive: return AdaptiveSample(sample, until: .beta(threshold: 0.9), of: answer, batch: 2)
    case .window: return AdaptiveSample(sample, until: .window(2), of: answer)
    case .rejection: return SpeculativeRejection(n, scoredBy: verifier, roundTokens: 20, maximumTokens: 300)
    case .beam, .lookahead: return beam()
    case .dvts:
      return DiverseTreeSearch(n, branching: branching, guidedBy: rewardModel, maximumSteps: 6, settings: settings)
    case .rebase: return RewardBalancedSearch(n, guidedBy: rewardModel, maximumSteps: 6, settings: settings)
    case .systematic: return ParticleFilter(n, guidedBy: rewardModel, maximumSteps: 6, settings: settings)
    case .multinomial:
      return ParticleFilter(
        n, resampling: .multinomial, effectiveFraction: 0.7, temperature: 0.5...2, guidedBy: rewardModel,
        maximumSteps: 6, settings: settings)
    case .uct: return monteCarlo(.uct(exploration: 1))
    case .puct: return monteCarlo(.puct(exploration: 1))
    case .rollouts: return monteCarlo(.uct(exploration: 1), rollsOut: true)
    case .branching:
      return AdaptiveBranchingSearch(2 * n, scoredBy: verifier, criticizedBy: critic, maximumTokens: 300)
    case .branchingBeta:
      return AdaptiveBranchingSearch(2 * n, scoredBy: verifier, prior: .beta(), batch: 2, maximumTokens: 300)
    case .branchingSteps:
      return AdaptiveBranchingStepSearch(
        expansions: 4 * n, batch: 2, guidedBy: rewardModel, maximumSteps: 6, settings: settings)
    case .selfRefined:
      return Sample(1, maximumTokens: 300).refined(by: critic, acceptedBy: verifier, rounds: n, maximumTokens: 300)
    case .chain:
      return RevisionChains(length: n, maximumTokens: 300).scored(by: verifier).selected(by: .bestOfN)
    case .mix:
      return RevisionChains(2, length: n, maximumTokens: 300).scored(by: verifier)
        .selected(by: .hierarchical(within: .bestOfN, across: .weightedVote(of: answer)))
    case .forcing:
      return BudgetForcing(
        extensions: n, maximumTokens: 600, maximumConclusionTokens: 50, sampling: SamplingParameters())
    case .ensemble:
      return Ensemble {
        beam().limited(to: .tokens(300))
        sample.using(SimulatedReasoner(successByLevel: [0.5]))
        RevisionChains(length: 2, maximumTokens: 300)
      }
      .scored(by: verifier).selected(by: .weightedVote(of: answer))
    case .repeated: return beam(steps: 4).repeated(2)
    case .then: return sample.then(beam())
    case .otherwise: return sample.selected(by: .bestOfN).otherwise(beam())
    case .mapped: return sample.mapProblem { $0 }
    case .limited: return sample.then(sample).limited(to: .tokens(300)).limited(to: .samples(6))
    case .optimal:
      let table = try? ComputeOptimalTable(bounds: [0.3, 0.6], budgets: [1], choices: [["sample"], ["mix"], ["beam"]])
      return ComputeOptimal(
        tokens: 1200, pilot: Sample(2, maximumTokens: 300), scoredBy: verifier, table: table ?? .always("beam"),
        choosing: ["sample": sample, "mix": RevisionChains(2, length: 2, maximumTokens: 300), "beam": beam()])
    }
  }

  /// The strategies in which a verifier or reward model is asked.
  var asksAVerifier: Bool {
    switch self {
    case .sample, .majority, .confidence, .adaptive, .window, .forcing, .mapped, .limited: false
    default: true
    }
  }
}

/// What must be true of any outcome, whatever happened on the way.
func expectSound(_ outcome: Outcome, sourceLocation: SourceLocation = #_sourceLocation) {
  if let selected = outcome.selected {
    #expect(
      outcome.candidates.contains(selected), "the choice is none of the candidates", sourceLocation: sourceLocation)
  }
  #expect(Set(outcome.candidates.map(\.id)).count == outcome.candidates.count, sourceLocation: sourceLocation)
  #expect(
    outcome.candidates.allSatisfy { ($0.score ?? 0) >= 0 && ($0.score ?? 0) <= 1 && $0.multiplicity >= 1 },
    sourceLocation: sourceLocation)
  // Conservation: what is charged is what the calls in the trace generated, no more and no less.
  var spent = Spending()
  for event in outcome.trace.events {
    guard case .called(let call) = event.kind else { continue }
    switch call.answer {
    case .completion(let completion): spent += Spending(tokens: completion.usage.generatedTokens, samples: 1)
    case .failure(_, let usage): spent += Spending(tokens: usage.generatedTokens, samples: 1)
    case .scores, .verdicts, .stepScores, .critiques, .elsewhere: break
    }
  }
  #expect(outcome.usage.charged.tokens == spent.tokens, sourceLocation: sourceLocation)
  #expect(outcome.usage.charged.samples == spent.samples, sourceLocation: sourceLocation)
  #expect(outcome.usage.policy.generatedTokens == spent.tokens, sourceLocation: sourceLocation)
}
