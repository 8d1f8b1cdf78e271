import PonderAnswers
import PonderGeneration
import PonderStrategies
import PonderTesting
import Testing

/// Models and reward models at the edges, for every strategy.
@Suite struct EdgeCaseTests {
  let flat = CustomRewardModel("flat") { _ in 0.5 }

  @Test(arguments: Catalog.allCases)
  func oneIsEnough(entry: Catalog) async throws {
    let model = SimulatedReasoner(successByLevel: [1])
    let problem = SimulatedProblem(1, steps: 3).problem
    let outcome = try await AnyStrategy(entry.strategy(n: 1)).solve(problem, on: model, seed: 1)
    expectSound(outcome)
    // So few expansions of a tree may not reach an answer.
    if ![.uct, .puct, .branchingSteps].contains(entry) {
      #expect(outcome.candidates.contains { $0.text.contains("\\boxed{\(problem.reference ?? "")}") })
    }
  }

  @Test(arguments: Catalog.allCases)
  func allMayFinishAtOnce(entry: Catalog) async throws {
    let outcome = try await AnyStrategy(entry.strategy(flat)).solve(
      "q", on: ClosureModel { _ in "\\boxed{1}" }, seed: 1)
    expectSound(outcome)
    if entry != .limited { #expect(outcome.stop == .finished || outcome.stop == .settledEarly) }
    #expect(outcome.selected?.text.contains("\\boxed{1}") == true)
  }

  @Test(arguments: Catalog.allCases)
  func noneMayEverFinish(entry: Catalog) async throws {
    // Text without an end and without a step's end, and steps without an end.
    for endless in [String(repeating: "on and ", count: 1000), String(repeating: "A step.\n\n", count: 1000)] {
      let outcome = try await AnyStrategy(entry.strategy(flat)).solve(
        "q", on: ClosureModel { _ in .text(endless) }, seed: 1)
      expectSound(outcome)
      #expect(!outcome.candidates.isEmpty)
      #expect(outcome.candidates.allSatisfy { !$0.isComplete && $0.tokens.count <= 650 })
    }
  }

  @Test(arguments: Catalog.allCases)
  func completionsMayBeEmpty(entry: Catalog) async throws {
    let outcome = try await AnyStrategy(entry.strategy(flat)).solve("q", on: ClosureModel { _ in "" }, seed: 1)
    expectSound(outcome)
    #expect(outcome.usage.charged.tokens == 0)
    #expect(outcome.candidates.allSatisfy { !$0.text.contains("boxed") })
  }

  @Test(arguments: Catalog.allCases)
  func whereNoAnswerCanBeReadNoneVotes(entry: Catalog) async throws {
    let outcome = try await AnyStrategy(entry.strategy(flat)).solve(
      "q", on: ClosureModel { request in .text("I wonder, \(request.seed.value % 97).") }, seed: 1)
    expectSound(outcome)
    #expect(!outcome.candidates.isEmpty)
    switch entry {
    case .weighted, .majority, .confidence, .adaptive, .window, .mix, .ensemble: #expect(outcome.selected == nil)
    default: #expect(outcome.selected != nil)
    }
  }

  /// Where all scores are equal, and all answers different, the first candidate that may win does.
  @Test(arguments: Catalog.allCases)
  func amongEqualsTheFirstWins(entry: Catalog) async throws {
    let model = ClosureModel { request in .text("\\boxed{\(request.seed.value % 1_000_003)}") }
    let outcome = try await AnyStrategy(entry.strategy(flat)).solve("q", on: model, seed: 1)
    expectSound(outcome)
    #expect(outcome.candidates.count > 1)
    switch entry {
    // Budget forcing takes the last version, as its paper does.
    case .forcing: #expect(outcome.selected == outcome.candidates.last(where: \.isComplete))
    // What runs second has the choice.
    case .then, .otherwise, .limited:
      let second = outcome.candidates.filter { $0.id.path.components.count > 1 }
      #expect(outcome.selected == second.first(where: \.isComplete))
    default: #expect(outcome.selected == outcome.candidates.first(where: \.isComplete))
    }
  }

  @Test func widthsThatAreNoMultipleOfTheBranchingAreRefused() async {
    for search in [
      BeamSearch(10, branching: 4, guidedBy: flat) as any Strategy, DiverseTreeSearch(10, branching: 4, guidedBy: flat),
      BeamSearch(2, branching: 4, guidedBy: flat), DiverseTreeSearch(0, branching: 4, guidedBy: flat),
    ] {
      await #expect(throws: StrategyError.self) {
        try await AnyStrategy(search).solve("q", on: ClosureModel { _ in "a" }, seed: 1)
      }
    }
  }

  @Test func rolloutsThatDifferInTheMiddleAreNotMerged() async throws {
    // Two steps of their own, then the same last step.
    let model = ClosureModel { request in .text("Idea \(request.seed.value % 9999).\n\nSo \\boxed{1}") }
    let search = BeamSearch(4, branching: 2, guidedBy: flat, maximumSteps: 1)
    let outcome = try await search.solve("q", on: model, seed: 1)
    #expect(outcome.candidates.count == 4 && outcome.candidates.allSatisfy { $0.multiplicity == 1 })
  }
}
