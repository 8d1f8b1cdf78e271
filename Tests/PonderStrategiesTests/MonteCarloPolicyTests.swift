import PonderGeneration
import PonderStrategies
import PonderTesting
import Testing

@Suite struct MonteCarloPolicyTests {
  @Test func valuesAreBackedUpToTheRoot() {
    var policy = MonteCarloPolicy(iterations: 3, branching: 2, selection: .uct(exploration: 0.1))
    policy.begin(seed: 1)
    #expect(policy.ask().map(\.parent) == [nil, nil])
    // The better of two leaves is expanded; its children's values lower its mean to (0.8 + 0.1 + 0.1) / 3.
    #expect(
      policy.tell([Observation(node: 0, score: 0.6), Observation(node: 1, score: 0.8)]) == [.expand(1, children: 2)])
    _ = policy.tell([Observation(node: 2, score: 0.1), Observation(node: 3, score: 0.1)])
    #expect(policy.statistics(of: 1).visits == 3 && abs(policy.statistics(of: 1).mean - 1.0 / 3) < 1e-12)
    #expect(policy.statistics(of: nil).visits == 4 && abs(policy.statistics(of: nil).mean - 0.4) < 1e-12)
    // UCT: 0.6 + 0.1·√(ln 4) against 0.33 + 0.1·√(ln 4 / 3).
    #expect(policy.ask().map(\.parent) == [0, 0])
    _ = policy.tell([Observation(node: 4, score: 0.5), Observation(node: 5, score: 0.5)])
    #expect(policy.ask().isEmpty)
  }

  @Test func exploringMuchVisitsTheWorseChildToo() {
    var policy = MonteCarloPolicy(iterations: 9, branching: 2, selection: .uct(exploration: 10))
    policy.begin(seed: 1)
    _ = policy.tell([Observation(node: 0, score: 0.9), Observation(node: 1, score: 0.1)])
    #expect(policy.ask().map(\.parent) == [0, 0])
    _ = policy.tell([Observation(node: 2, score: 0.9), Observation(node: 3, score: 0.9)])
    #expect(policy.ask().map(\.parent) == [1, 1])
  }

  @Test func thePriorDrawsTheSearchWhereMereVisitsWouldNot() {
    // After 0.9 and 0.1, and two children of 0 below the first: means 0.3 after 3 visits, 0.1 after 1; 4 at the root.
    for (selection, expected) in [
      // 0.3 + 10 · 0.9 · 2 / 4 = 4.8 against 0.1 + 10 · 0.1 · 2 / 2 = 1.1
      (MonteCarloPolicy.Selection.puct(exploration: 10), 2),
      // 0.3 + 10 · √(ln 4 / 3) = 7.1 against 0.1 + 10 · √(ln 4) = 11.9
      (.uct(exploration: 10), 1),
    ] {
      var policy = MonteCarloPolicy(iterations: 9, branching: 2, selection: selection)
      policy.begin(seed: 1)
      _ = policy.tell([Observation(node: 0, score: 0.9), Observation(node: 1, score: 0.1)])
      #expect(policy.ask().map(\.parent) == [0, 0])
      _ = policy.tell([Observation(node: 2, score: 0), Observation(node: 3, score: 0)])
      #expect(policy.ask().map(\.parent) == [expected, expected])
    }
  }

  @Test func aTreeInWhichEverythingIsFinishedEndsTheSearch() {
    var policy = MonteCarloPolicy(iterations: 100, branching: 2)
    policy.begin(seed: 1)
    _ = policy.tell([Observation(node: 0, score: 0.5), Observation(node: 1, status: .finished, score: 0.5)])
    #expect(policy.ask().map(\.parent) == [0, 0])
    _ = policy.tell([Observation(node: 2, status: .finished, score: 1), Observation(node: 3, status: .dead)])
    #expect(policy.ask().isEmpty)
  }

  @Test func rolloutsValueStepsByTheirEnds() {
    var policy = MonteCarloPolicy(iterations: 2, branching: 2, selection: .puct(exploration: 0), rollsOut: true)
    policy.begin(seed: 1)
    _ = policy.tell([Observation(node: 0, score: 0.9), Observation(node: 1, score: 0.1)])
    #expect(policy.ask() == [Expansion(parent: 0, runsToEnd: true), Expansion(parent: 1, runsToEnd: true)])
    _ = policy.tell([
      Observation(node: 2, status: .finished, score: 0.2), Observation(node: 3, status: .finished, score: 0.7),
    ])
    #expect(policy.ask().map(\.parent) == [1, 1])
  }

  @Test(arguments: [false, true])
  func itFindsTheAnswerWithAGoodRewardModel(rollsOut: Bool) async throws {
    let search = MonteCarloTreeSearch(
      iterations: 12, rollsOut: rollsOut, guidedBy: SimulatedRewardModel(discrimination: 8, noise: 0))
    var right = 0
    for number in 0..<10 {
      let problem = SimulatedProblem(number, steps: 3).problem
      let outcome = try await search.solve(problem, on: SimulatedReasoner(successByLevel: [0.7]), seed: 2)
      if outcome.selected?.text.contains("\\boxed{\(problem.reference ?? "")}") == true { right += 1 }
    }
    // One sample is right with 0.34.
    #expect(right >= 9)
  }
}
