import Foundation
import PonderGeneration
import PonderStrategies
import Testing

/// Open nodes with these scores, numbered from `first`.
private func open(_ scores: [Double?], from first: Int = 0) -> [Observation] {
  scores.enumerated().map { Observation(node: first + $0, score: $1) }
}

@Suite struct TreePolicyTests {
  @Test func aBeamKeepsTheBestAndDealsChildrenInTurn() {
    var policy = BeamPolicy(width: 8, branching: 4)
    policy.begin(seed: 1)
    #expect(policy.ask() == Array(repeating: Expansion(parent: nil), count: 8))
    // Node 2 finishes: 7 slots, so ⌈7/4⌉ = 2 paths stay, nodes 5 and 0, with 4 and 3 children.
    var told = open([0.8, 0.1, 0.7, 0.2, 0.3, 0.9, nil, 0.8])
    told[2].status = .finished
    #expect(policy.tell(told) == [.expand(5, children: 4), .expand(0, children: 3), .prune([1, 3, 4, 6, 7])])
    #expect(policy.ask().map(\.parent) == [5, 5, 5, 5, 0, 0, 0])
  }

  @Test func aMergedBeamFreesItsSlot() {
    var policy = BeamPolicy(width: 4, branching: 2)
    policy.begin(seed: 1)
    var told = open([0.5, nil, 0.4, 0.3])
    told[1].status = .duplicate(of: 0)
    _ = policy.tell(told)
    #expect(policy.ask().map(\.parent) == [0, 0, 2, 2])
  }

  @Test func theLastStepRunsToTheEnd() {
    var policy = BeamPolicy(width: 2, branching: 1, maximumSteps: 2)
    policy.begin(seed: 1)
    #expect(policy.ask().allSatisfy { !$0.runsToEnd })
    _ = policy.tell(open([0.5, 0.6]))
    #expect(policy.ask() == [Expansion(parent: 1, runsToEnd: true), Expansion(parent: 0, runsToEnd: true)])
    _ = policy.tell(open([0.5, 0.6], from: 2))
    #expect(policy.ask().isEmpty)
  }

  @Test func whenAllFinishAtOnceTheSearchIsOver() {
    var policy = BeamPolicy(width: 4, branching: 2)
    policy.begin(seed: 1)
    #expect(policy.tell((0..<4).map { Observation(node: $0, status: .finished, score: 1) }) == [])
    #expect(policy.ask().isEmpty)
  }

  @Test func subtreesAreGreedyAndEndByThemselves() {
    var policy = DiverseTreePolicy(subtrees: 2, branching: 2)
    policy.begin(seed: 1)
    #expect(policy.ask().count == 4)
    var told = open([0.4, 0.6, 0.5, 0.5])
    told[1].status = .finished  // the best of the first subtree: it ends
    #expect(policy.tell(told) == [.expand(2, children: 2), .prune([0, 3])])
    #expect(policy.ask().map(\.parent) == [2, 2])
  }

  @Test func rewardBalancedSharesAreThoseOfThePaper() {
    #expect(RewardBalancedPolicy.shares(of: [0.9, 0.6, 0.3], width: 8, temperature: 0.2) == [7, 1, 0])
    #expect(RewardBalancedPolicy.shares(of: [0.5, 0.5, 0.5, 0.5], width: 8, temperature: 0.2) == [2, 2, 2, 2])
    #expect(RewardBalancedPolicy.shares(of: [], width: 8, temperature: 0.2) == [])
    #expect(RewardBalancedPolicy.shares(of: [1, 0], width: 3, temperature: 1e-9) == [3, 0])
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func rewardBalancedSharesUseTheWholeWidth(seed: UInt64) {
    var generator = Seed(seed).generator
    let scores = (0..<Int.random(in: 1...20, using: &generator)).map { _ in Double.random(in: 0...1, using: &generator)
    }
    let shares = RewardBalancedPolicy.shares(of: scores.sorted(by: >), width: 16, temperature: 0.3)
    #expect(shares.reduce(0, +) == 16 && shares.allSatisfy { $0 >= 0 })
  }

  @Test(arguments: ParticlePolicy.Resampling.allCases)
  func particlesAreDrawnByTheirWeights(resampling: ParticlePolicy.Resampling) {
    var policy = ParticlePolicy(count: 400, resampling: resampling)
    policy.begin(seed: 5)
    #expect(policy.ask().count == 400)
    // Odds 3 : 1 for a quarter of the particles against odds 1 : 1 for the rest: their weight is 3/6 of all.
    _ = policy.tell(open((0..<400).map { $0 < 100 ? 0.75 : 0.5 }))
    let chosen = policy.ask().count { ($0.parent ?? 0) < 100 }
    // Systematic draws are off by one at most; four standard deviations of a binomial are 40.
    #expect(abs(chosen - 200) <= (resampling == .systematic ? 1 : 40))
  }

  @Test func particlesAreDrawnOnlyWhenTheEffectiveSampleSizeHasFallen() {
    // Odds 9 : 1 and 1 : 1 weigh 0.9 and 0.1: the effective size is 1 / (0.81 + 0.01) = 1.2195 of 2.
    for (fraction, isDrawn) in [(0.6, false), (0.62, true)] {
      var policy = ParticlePolicy(count: 2, effectiveFraction: fraction)
      policy.begin(seed: 5)
      #expect(policy.tell(open([0.9, 0.5])).isEmpty == !isDrawn)
      if !isDrawn { #expect(policy.ask().map(\.parent) == [0, 1]) }
    }
  }

  @Test func theTemperatureFallsFromTheFirstStepToTheLast() {
    // Logits ln 3 and 0 for 100 and 300 particles. At temperature 4 the first weigh 3^¼ · 100 of 3^¼ · 100 + 300, that is
    // 0.305; halfway, at 2.5, 3^0.4 · 100 of …, 0.341. Systematic draws are off by one at most.
    var policy = ParticlePolicy(count: 400, temperature: 1...4, maximumSteps: 3)
    policy.begin(seed: 5)
    for (step, expected) in [(0, 122), (1, 136)] {
      _ = policy.tell(open((0..<400).map { $0 < 100 ? 0.75 : 0.5 }, from: 400 * step))
      let chosen = policy.ask().count { ($0.parent ?? 0) < 400 * step + 100 }
      #expect(abs(chosen - expected) <= 1)
    }
  }

  @Test func finishedParticlesKeepTheirPlace() {
    var policy = ParticlePolicy(count: 2, effectiveFraction: 0.1)
    policy.begin(seed: 5)
    #expect(policy.tell([Observation(node: 0, status: .finished, score: 0.5), Observation(node: 1, score: 0.5)]) == [])
    #expect(policy.ask() == [Expansion(parent: 1)])
  }

  /// Runs a policy on made-up scores, and a copy of it that is written and read back at every turn.
  private func expectStorable<Policy: TreePolicy & Equatable>(_ policy: Policy) throws {
    var policy = policy
    policy.begin(seed: 3)
    var generator = Seed(8).generator
    var nodes = 0
    for _ in 0..<12 {
      var copy = try JSONDecoder().decode(Policy.self, from: JSONEncoder().encode(policy))
      #expect(copy == policy)
      let asked = policy.ask()
      #expect(copy.ask() == asked)
      let told = asked.map { _ in
        nodes += 1
        let status: Observation.Status = Int.random(in: 0..<8, using: &generator) == 0 ? .finished : .open
        return Observation(node: nodes - 1, status: status, score: Double.random(in: 0...1, using: &generator))
      }
      #expect(copy.tell(told) == policy.tell(told))
      #expect(copy == policy)
    }
    #expect(nodes >= 12)
  }

  @Test func everyPolicysStateCanBeStoredAtEveryTurn() throws {
    try expectStorable(BeamPolicy(width: 8, branching: 2))
    try expectStorable(DiverseTreePolicy(subtrees: 4, branching: 2))
    try expectStorable(RewardBalancedPolicy(width: 8))
    try expectStorable(ParticlePolicy(count: 8))
    try expectStorable(ParticlePolicy(count: 8, resampling: .multinomial, effectiveFraction: 0.7, temperature: 0.5...2))
    try expectStorable(MonteCarloPolicy(iterations: 9, branching: 2))
    try expectStorable(MonteCarloPolicy(iterations: 9, selection: .puct(exploration: 2), rollsOut: true))
    try expectStorable(AdaptiveBranchingPolicy(expansions: 20, batch: 2))
    try expectStorable(AdaptiveBranchingPolicy(expansions: 20, prior: .beta(), batch: 2))
  }
}
