import PonderAnswers
import PonderGeneration
import PonderStrategies
import PonderTesting

/// A strategy at every N, guided by a reward model.
struct Contestant: Sendable {
  let name: String
  /// Whether its models run side by side: their times cannot be taken off, and all of its time counts as own.
  var isParallel = false
  let make: @Sendable (_ n: Int, _ rewardModel: TimedRewardModel) -> any Strategy

  static let all = [
    Contestant(name: "sample") { n, _ in Sample(n) },
    Contestant(name: "best of N") { n, reward in
      Sample(n).scored(by: reward.reduced(.last)).selected(by: .bestOfN)
    },
    Contestant(name: "majority") { n, _ in Sample(n).selected(by: .majority(of: .boxedAnswer)) },
    Contestant(name: "sample, limited") { n, _ in Sample(n, maximumTokens: 4000).limited(to: .tokens(n * 4000)) },
    Contestant(name: "sample, tight limit") { n, _ in Sample(n, maximumTokens: 4000).limited(to: .tokens(n * 80)) },
    Contestant(name: "adaptive") { n, _ in
      AdaptiveSample(Sample(n), until: .beta(threshold: 0.999_999), of: .boxedAnswer, batch: 8)
    },
    Contestant(name: "rejection") { n, reward in
      SpeculativeRejection(n, scoredBy: reward.reduced(.last), roundTokens: 32, maximumTokens: 4000)
    },
    Contestant(name: "beam") { n, reward in BeamSearch(n, guidedBy: reward, maximumSteps: 100, settings: settings) },
    Contestant(name: "DVTS") { n, reward in
      DiverseTreeSearch(n, guidedBy: reward, maximumSteps: 100, settings: settings)
    },
    Contestant(name: "REBASE") { n, reward in
      RewardBalancedSearch(n, guidedBy: reward, maximumSteps: 100, settings: settings)
    },
    Contestant(name: "particles") { n, reward in
      ParticleFilter(n, guidedBy: reward, maximumSteps: 100, settings: settings)
    },
    Contestant(name: "MCTS") { n, reward in
      MonteCarloTreeSearch(iterations: n, guidedBy: reward, maximumSteps: 100, settings: settings)
    },
    Contestant(name: "nested", isParallel: true) { n, reward in
      Ensemble {
        BeamSearch(n / 2, guidedBy: reward, maximumSteps: 100, settings: settings).limited(to: .tokens(n * 2000))
        Sample(n / 2, maximumTokens: 4000)
      }
      .scored(by: reward.reduced(.min)).selected(by: .weightedVote(of: .boxedAnswer)).limited(to: .tokens(n * 8000))
    },
  ]

  /// Long enough for eighty simulated steps.
  private static let settings = SearchSettings(maximumStepTokens: 4000, maximumTokens: 4000)
}
