import Foundation
import PonderGeneration
import PonderStrategies
import PonderTesting
import Testing

/// A belief that is sure of what it has seen and of 0.5 (± 0.03) where it has seen nothing, so that draws can be foretold.
private let decided = ScorePosterior.Prior.gaussian(mean: 0.5, kappa: 1e-9, nu: 1e9, tauSquared: 1e-12)

@Suite struct AdaptiveBranchingPolicyTests {
  /// Has the policy make one node with a score, and gives the node's parent.
  private func make(_ node: Int, _ score: Double?, _ policy: inout AdaptiveBranchingPolicy) -> Int? {
    let parent = policy.ask()[0].parent
    _ = policy.tell([Observation(node: node, score: score)])
    return parent
  }

  @Test func itGoesWiderWhereNewAnswersAreBetterAndDeeperWhereRevisionsAre() {
    var policy = AdaptiveBranchingPolicy(expansions: 7, prior: decided)
    policy.begin(seed: 1)
    #expect(make(0, 0.8, &policy) == nil)
    // Wider is 0.8, deeper unknown: 0.5.
    #expect(make(1, 0, &policy) == nil)
    // Wider is (0.8 + 0)/2 = 0.4 by now, deeper 0.5; of the two answers the one with 0.8.
    #expect(make(2, 0.9, &policy) == 0)
    // Deeper is 0.9 at the root, (0.8 + 0.9)/2 is better than 0; at the answer wider is 0.9 and deeper unknown.
    #expect(make(3, 0.3, &policy) == 0)
    // There (0.9 + 0.3)/2 = 0.6 is still better than what is unknown.
    #expect(make(4, 0, &policy) == 0)
    #expect(abs(policy.posteriors(of: nil).wider.mean - 0.4) < 1e-12)
    #expect(abs(policy.posteriors(of: nil).deeper.mean - 0.4) < 1e-12)
    #expect(abs(policy.posteriors(of: 0).wider.mean - 0.4) < 1e-12)
    #expect(abs(policy.posteriors(of: 0).subtree.mean - 0.5) < 1e-12 && policy.posteriors(of: 0).deeper.count == 0)
    for node in 5...6 { _ = make(node, 0.5, &policy) }
    #expect(policy.ask().isEmpty)
  }

  @Test func aScoreIsSeenByItsNodeByItsParentAsWiderAndByAllAboveAsDeeper() {
    var policy = AdaptiveBranchingPolicy(expansions: 3, prior: decided)
    policy.begin(seed: 1)
    // A new answer is bad, and nothing is known of its revisions: so the path goes straight down.
    #expect(make(0, 0.1, &policy) == nil)
    #expect(make(1, 0.2, &policy) == 0)
    #expect(policy.posteriors(of: nil).wider.mean == 0.1 && policy.posteriors(of: nil).deeper.mean == 0.2)
    #expect(policy.posteriors(of: 0).wider.mean == 0.2 && policy.posteriors(of: 0).deeper.count == 0)
    #expect(abs(policy.posteriors(of: 0).subtree.mean - 0.15) < 1e-12)
    #expect(policy.posteriors(of: 1).subtree.mean == 0.2 && policy.posteriors(of: nil).subtree.count == 0)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func everyScoreIsSeenOnceAsWiderAndOnceInEverySubtree(seed: UInt64) {
    var policy = AdaptiveBranchingPolicy(
      expansions: 40, prior: seed % 2 == 0 ? .gaussian() : .beta(), batch: 1 + Int(seed % 3))
    policy.begin(seed: Seed(seed))
    var parents: [Int?] = []
    var generator = Seed(seed).generator
    while case let asked = policy.ask(), !asked.isEmpty {
      #expect(asked.allSatisfy { $0.parent ?? -1 < parents.count })
      _ = policy.tell(
        asked.indices.map {
          Observation(node: parents.count + $0, score: Double.random(in: 0...1, using: &generator))
        })
      parents += asked.map(\.parent)
    }
    #expect(parents.count == 40)
    func descendants(_ node: Int?) -> Int {
      parents.indices.filter { parents[$0] == node }.reduce(0) { $0 + 1 + descendants($1) }
    }
    for node in [nil] + parents.indices.map(Optional.init) {
      let (wider, deeper, subtree) = policy.posteriors(of: node)
      #expect(wider.count == parents.count { $0 == node })
      #expect(wider.count + deeper.count == descendants(node))
      if node != nil { #expect(subtree.count == 1 + descendants(node)) }
    }
  }

  @Test func whatIsFinishedOrTooDeepIsNotGoneThrough() {
    var policy = AdaptiveBranchingPolicy(expansions: 20, prior: decided, maximumDepth: 2)
    policy.begin(seed: 1)
    _ = policy.tell([Observation(node: 0, status: .finished, score: 0.1)])
    #expect(policy.ask() == [Expansion(parent: nil)])
    _ = policy.tell([Observation(node: 1, score: 0.1)])
    #expect(policy.ask() == [Expansion(parent: 1, runsToEnd: true)])
    // Deeper is the best there is, but node 2 has the greatest depth: another child of node 1.
    _ = policy.tell([Observation(node: 2, score: 0.9)])
    #expect(policy.ask() == [Expansion(parent: 1, runsToEnd: true)])
  }

  @Test func whatIsDeadOrHasNoScoreTeachesNothing() {
    var policy = AdaptiveBranchingPolicy(expansions: 4, prior: decided)
    policy.begin(seed: 1)
    _ = policy.tell([Observation(node: 0, status: .dead)])
    _ = policy.tell([Observation(node: 1, score: nil)])
    #expect(policy.posteriors(of: nil).wider.count == 0 && policy.ask() == [Expansion(parent: nil)])
    _ = policy.tell([Observation(node: 2, score: 0.7)])
    // The same text once more: a second observation, no second place to go on from.
    _ = policy.tell([Observation(node: 3, status: .duplicate(of: 2), score: 0.7)])
    #expect(policy.posteriors(of: nil).wider.count == 2 && policy.ask().isEmpty)
  }

  @Test func itsStateCanBeStoredInTheMiddle() throws {
    var policy = AdaptiveBranchingPolicy(expansions: 30, prior: .beta())
    policy.begin(seed: 5)
    for node in 0..<10 { _ = make(node, Double(node % 4) / 4, &policy) }
    var copy = try JSONDecoder().decode(AdaptiveBranchingPolicy.self, from: JSONEncoder().encode(policy))
    #expect(copy == policy)
    for node in 10..<30 {
      #expect(make(node, Double(node % 4) / 4, &copy) == make(node, Double(node % 4) / 4, &policy))
    }
  }
}

@Suite struct AdaptiveBranchingSearchTests {
  @Test func anAnswerIsRefinedWithItsLineInThePrompt() async throws {
    // Bad answers, each a little better than the one before: straight down.
    let model = ScriptedModel(["a", "bb", "ccc", "dddd"])
    let verifier = CustomVerifier("length") { candidate, _ in Double(candidate.text.count) / 100 }
    let critic = CustomCritic("critic") { candidate, _ in Critique("\(candidate.text) is short.") }
    let search = AdaptiveBranchingSearch(
      4, scoredBy: verifier, criticizedBy: critic, prior: decided, format: RevisionFormat(history: 2))
    let outcome = try await search.solve("q", on: model, seed: 1)
    #expect(outcome.candidates.map(\.text) == ["a", "bb", "ccc", "dddd"])
    #expect(outcome.candidates.map { $0.parent?.number } == [nil, 0, 1, 2])
    #expect(outcome.selected?.text == "dddd" && outcome.stop == .finished)
    #expect(SearchPicture(outcome.trace).nodes.map(\.parent?.number) == [nil, 0, 1, 2])
    let ask = "\n\nWrite an improved solution."
    #expect(model.requests[1].prompt.messages.map(\.content) == ["q", "a", "a is short." + ask])
    #expect(
      model.requests[3].prompt.messages.map(\.content)
        == ["q", "bb", "bb is short." + ask, "ccc", "ccc is short." + ask])
  }

  @Test func theSameAnswerTwiceIsOneThatCountsTwiceAndIsScoredOnce() async throws {
    let scored = CallCounter()
    let verifier = CustomVerifier("flat") { _, _ in
      scored.count()
      return 0.9
    }
    // New answers are good: always wider.
    let search = AdaptiveBranchingSearch(3, scoredBy: verifier, prior: decided)
    let outcome = try await search.solve("q", on: ScriptedModel(["a", "b", "a"]), seed: 1)
    #expect(outcome.candidates.map(\.text) == ["a", "b"] && outcome.candidates.map(\.multiplicity) == [2, 1])
    #expect(outcome.selected?.text == "a" && scored.value == 2)
  }

  /// Goes on where it was told to, whatever comes of it.
  private struct Plan: TreePolicy {
    var rounds: [[Int?]]
    mutating func begin(seed: Seed) {}
    mutating func ask() -> [Expansion] { rounds.isEmpty ? [] : rounds.removeFirst().map { Expansion(parent: $0) } }
    mutating func tell(_ observations: [Observation]) -> [SearchDecision] { [] }
  }

  @Test(arguments: [[[2, 3]], [[2], [3]]])
  func answersThatSayTheSameAreCriticizedOnce(last: [[Int?]]) async throws {
    let criticized = CallCounter()
    let critic = CustomCritic("critic") { candidate, _ in
      criticized.count()
      return Critique("\(candidate.text) is short.")
    }
    // Two answers lead to the same one, and on from there: at once, or one after the other.
    let model = ScriptedModel(["a", "b", "c", "c", "d", "e"])
    let search = AnswerSearch(
      label: "planned", policy: Plan(rounds: [[nil, nil], [0, 1]] + last),
      scoredBy: CustomVerifier("flat") { _, _ in 0.5 }, criticizedBy: critic)
    let outcome = try await search.solve("q", on: model, seed: 1)
    #expect(outcome.candidates.map(\.text) == ["a", "b", "c", "c", "d", "e"])
    #expect(criticized.value == 3)
    for request in model.requests.suffix(2) {
      #expect(request.prompt.messages.last?.content.hasPrefix("c is short.") == true)
    }
  }

  @Test func aFailedAnswerIsLeftAsideAndTheSearchGoesOn() async throws {
    let model = ScriptedModel(["a", .failure(.failed("lightning")), "b", "c"])
    let search = AdaptiveBranchingSearch(
      4, scoredBy: CustomVerifier("good") { candidate, _ in candidate.text == "b" ? 0.9 : 0.8 }, prior: decided)
    let outcome = try await search.solve("q", on: model, seed: 1)
    #expect(outcome.candidates.map(\.text) == ["a", "b", "c"] && outcome.selected?.text == "b")
    #expect(outcome.stop == .finished && outcome.trace.failures == [.model(.failed("lightning"))])
  }

  @Test(arguments: [ScorePosterior.Prior.gaussian(), .beta()])
  func withAGoodVerifierItIsRightMoreOftenThanASample(prior: ScorePosterior.Prior) async throws {
    let model = SimulatedReasoner(successByLevel: [0.7], revision: SimulatedRevision(repairs: 0.2, breaks: 0.3))
    let verifier = SimulatedRewardModel(discrimination: 8, noise: 0).reduced(.last)
    var right = 0
    for number in 0..<20 {
      let problem = SimulatedProblem(number, steps: 3).problem
      let outcome = try await AdaptiveBranchingSearch(12, scoredBy: verifier, prior: prior)
        .solve(problem, on: model, seed: 2)
      if outcome.selected?.text.contains("\\boxed{\(problem.reference ?? "")}") == true { right += 1 }
    }
    // One sample is right with 0.34; twelve answers that are right with at least 0.2 each all fail with 0.07 at most.
    #expect(right >= 16)
  }

  @Test func overStepsItIsRightMoreOftenThanASample() async throws {
    let search = AdaptiveBranchingStepSearch(
      expansions: 40, prior: .beta(), batch: 4, guidedBy: SimulatedRewardModel(discrimination: 8, noise: 0))
    var right = 0
    for number in 0..<100 {
      let problem = SimulatedProblem(number, steps: 3).problem
      let outcome = try await search.solve(problem, on: SimulatedReasoner(successByLevel: [0.7]), seed: 2)
      if outcome.selected?.text.contains("\\boxed{\(problem.reference ?? "")}") == true { right += 1 }
    }
    // One sample is right with 0.7³ = 0.34; of a hundred more than 49 are then right by chance with less than 0.001.
    #expect(right > 49)
  }

  @Test func impossibleNumbersAreRefused() async {
    let verifier = CustomVerifier("flat") { _, _ in 0.5 }
    for search in [
      AdaptiveBranchingSearch(0, scoredBy: verifier), AdaptiveBranchingSearch(4, scoredBy: verifier, batch: 0),
      AdaptiveBranchingSearch(4, scoredBy: verifier, prior: .beta(successes: 0, failures: 1)),
      AdaptiveBranchingSearch(4, scoredBy: verifier, prior: .gaussian(mean: .nan)),
      AdaptiveBranchingSearch(4, scoredBy: verifier, format: RevisionFormat(history: 0)),
    ] {
      await #expect(throws: StrategyError.self) { try await search.solve("q", on: ScriptedModel([]), seed: 1) }
    }
  }
}
