import PonderAnswers
import PonderGeneration
import PonderStrategies
import PonderTesting
import Testing

/// Every strategy and every combinator of the module, small, on simulated problems.
enum EveryStrategy: String, CaseIterable, Sendable {
  case sample, adaptive, window, rejection
  case beam, lookahead, dvts, rebase, particles, multinomial, uct, puct, rollouts
  case forcing, refined
  case bestOfN, weightedVote, majority, limited, otherwiseSelect, otherwiseRun, then, repeated, ensemble, mapProblem
  case usingModel

  static let rewardModel = SimulatedRewardModel(discrimination: 2, noise: 1)
  static let critic = CustomCritic("critic") { candidate, _ in
    Critique("Look again.", isApproval: candidate.text.isEmpty)
  }

  /// The strategy at width `n`; searches with branching 2 where they can.
  func strategy(_ n: Int = 4) -> AnyStrategy { AnyStrategy(make(n)) }

  private func make(_ n: Int) -> any Strategy {
    let reward = Self.rewardModel
    let verifier = reward.reduced(.last)
    let branching = n.isMultiple(of: 2) ? 2 : 1
    let samples = Sample(n, maximumTokens: 300)
    return switch self {
    case .sample: samples
    case .adaptive: AdaptiveSample(samples, until: .beta(threshold: 0.8), of: .boxedAnswer)
    case .window: AdaptiveSample(samples, until: .window(2), of: .boxedAnswer)
    case .rejection: SpeculativeRejection(n, scoredBy: verifier, roundTokens: 24, maximumTokens: 300)
    case .beam: BeamSearch(n, branching: branching, guidedBy: reward, maximumSteps: 8)
    case .lookahead:
      BeamSearch(
        n, branching: branching, guidedBy: reward, maximumSteps: 8, settings: SearchSettings(lookahead: 2))
    case .dvts: DiverseTreeSearch(n, branching: branching, guidedBy: reward, maximumSteps: 8)
    case .rebase: RewardBalancedSearch(n, guidedBy: reward, maximumSteps: 8)
    case .particles: ParticleFilter(n, guidedBy: reward, maximumSteps: 8)
    case .multinomial:
      ParticleFilter(
        n, resampling: .multinomial, effectiveFraction: 0.7, temperature: 0.5...2, guidedBy: reward, maximumSteps: 8)
    case .uct: MonteCarloTreeSearch(iterations: n, branching: 2, guidedBy: reward, maximumSteps: 8)
    case .puct:
      MonteCarloTreeSearch(
        iterations: n, branching: 2, selection: .puct(exploration: 1), guidedBy: reward, maximumSteps: 8)
    case .rollouts:
      MonteCarloTreeSearch(iterations: n, branching: 2, rollsOut: true, guidedBy: reward, maximumSteps: 8)
    case .forcing: BudgetForcing(extensions: n, maximumTokens: 300)
    case .refined: samples.refined(by: Self.critic, acceptedBy: verifier, rounds: 2, maximumTokens: 300)
    case .bestOfN: samples.scored(by: verifier).selected(by: .bestOfN)
    case .weightedVote: samples.scored(by: verifier).selected(by: .weightedVote(of: .boxedAnswer))
    case .majority: samples.selected(by: .majority(of: .boxedAnswer))
    case .limited: samples.limited(to: .tokens(200))
    case .otherwiseSelect: samples.selected(by: .bestOfN).otherwise(.majority(of: .boxedAnswer))
    case .otherwiseRun: samples.selected(by: .bestOfN).otherwise(samples)
    case .then: samples.then(BeamSearch(n, branching: branching, guidedBy: reward, maximumSteps: 8))
    case .repeated: BeamSearch(n, branching: branching, guidedBy: reward, maximumSteps: 8).repeated(2)
    case .ensemble:
      Ensemble {
        samples
        DiverseTreeSearch(n, branching: branching, guidedBy: reward, maximumSteps: 8).limited(to: .tokens(300))
      }
    case .mapProblem: samples.mapProblem { Problem($0.question, id: $0.id + "′") }
    case .usingModel: samples.using(SimulatedReasoner(successByLevel: [0.5]))
    }
  }
}

@Suite struct EveryStrategyTests {
  let model = SimulatedReasoner(successByLevel: [0.7])
  let problem = SimulatedProblem(5, steps: 3).problem

  @Test(arguments: EveryStrategy.allCases)
  func aModelWithoutTokensGivesTheSameTexts(kind: EveryStrategy) async throws {
    let textOnly = TextOnlyModel(hiding: model)
    for seed in [1, 2, 3] as [Seed] {
      let expected = try await kind.strategy().solve(problem, on: model, seed: seed)
      let outcome = try await kind.strategy().solve(problem, on: textOnly, seed: seed)
      #expect(outcome.candidates.map(\.text) == expected.candidates.map(\.text))
      #expect(outcome.candidates.map(\.ending) == expected.candidates.map(\.ending))
      #expect(outcome.candidates.map(\.score) == expected.candidates.map(\.score))
      #expect(outcome.selected?.text == expected.selected?.text)
      #expect(outcome.stop == expected.stop)
      #expect(outcome.usage.charged == expected.usage.charged)
      if kind != .usingModel { #expect(outcome.candidates.allSatisfy { $0.tokens.isEmpty }) }
    }
  }

  @Test(arguments: EveryStrategy.allCases)
  func tokensAreConservedAndBudgetsHoldUnderRandomSeeds(kind: EveryStrategy) async throws {
    for seed in 0..<12 {
      var generator = Seed(UInt64(seed)).derived(kind.rawValue).generator
      let tokens = Int.random(in: 0...500, using: &generator)
      let strategy = kind.strategy(Int.random(in: 1...6, using: &generator)).limited(to: .tokens(tokens))
      let outcome = try await strategy.solve(problem, on: model, seed: Seed(UInt64(seed)))
      #expect(outcome.trace.violations(of: .invariants) == [], "seed \(seed)")
      // Greedy rollouts of a lookahead may meet.
      if kind != .lookahead { #expect(outcome.trace.violations(of: .nothingPaidTwice) == [], "seed \(seed)") }
      #expect(outcome.usage.charged.tokens <= tokens)
      #expect(outcome.usage.charged.tokens == outcome.usage.policy.generatedTokens)
      if let selected = outcome.selected { #expect(outcome.candidates.contains(selected), "seed \(seed)") }
      #expect(Set(outcome.candidates.map(\.id)).count == outcome.candidates.count)
    }
  }
}

extension Trace {
  /// Completions in the journal that were not broken off.
  var completions: Int {
    events.count { if case .called(let call) = $0.kind, case .completion = call.answer { true } else { false } }
  }
}
