import PonderAnswers
import PonderGeneration
import PonderStrategies
import PonderTesting
import Testing

/// Each search by name, at width 8.
enum Search: String, CaseIterable, Sendable {
  case beam, lookahead, dvts, rebase, particles, multinomial

  func strategy(_ rewardModel: SimulatedRewardModel = SimulatedRewardModel(), steps: Int = 10) -> any Strategy {
    switch self {
    case .beam: BeamSearch(8, guidedBy: rewardModel, maximumSteps: steps)
    case .lookahead:
      BeamSearch(8, guidedBy: rewardModel, maximumSteps: steps, settings: SearchSettings(lookahead: 1))
    case .dvts: DiverseTreeSearch(8, branching: 2, guidedBy: rewardModel, maximumSteps: steps)
    case .rebase: RewardBalancedSearch(8, guidedBy: rewardModel, maximumSteps: steps)
    case .particles: ParticleFilter(8, guidedBy: rewardModel, maximumSteps: steps)
    case .multinomial:
      ParticleFilter(
        8, resampling: .multinomial, effectiveFraction: 0.7, temperature: 0.5...2, guidedBy: rewardModel,
        maximumSteps: steps)
    }
  }
}

@Suite struct StepSearchTests {
  let model = SimulatedReasoner(successByLevel: [0.7])
  let perfect = SimulatedRewardModel(discrimination: 8, noise: 0)

  @Test(arguments: Search.allCases)
  func aSearchWithAPerfectRewardModelFindsTheAnswer(search: Search) async throws {
    var right = 0
    for number in 0..<10 {
      let problem = SimulatedProblem(number, steps: 4).problem
      let outcome = try await search.strategy(perfect).solve(problem, on: model, seed: 3)
      let answer = try #require(problem.reference)
      if outcome.selected?.text.contains("\\boxed{\(answer)}") == true { right += 1 }
      #expect(outcome.stop == .finished)
      #expect(outcome.candidates.first == outcome.selected)
    }
    // One sample is right with 0.7⁴ = 0.24; a path that gets four tries a step fails with 0.3⁴ each.
    #expect(right >= 9)
  }

  @Test(arguments: Search.allCases)
  func aPathsTextAndTokensAreThoseOfItsSteps(search: Search) async throws {
    let outcome = try await search.strategy().solve(SimulatedProblem(1).problem, on: model, seed: 3)
    for candidate in outcome.candidates {
      #expect(candidate.continuation.text == candidate.text)
      #expect(String(decoding: candidate.tokens.map { UInt8($0) }, as: UTF8.self) == candidate.text)
      #expect(candidate.steps.allSatisfy { $0.text.hasSuffix("\n\n") || $0 == candidate.steps.last })
    }
    #expect(Set(outcome.candidates.map(\.id)).count == outcome.candidates.count)
  }

  /// Reads every path that it is asked to score, and counts the steps that it had to look at.
  private struct CountingReader: TrailReader, ProcessRewardModel {
    let looks = CallCounter()
    var beginning: Int { 0 }

    static func == (a: CountingReader, b: CountingReader) -> Bool { a.looks === b.looks }

    func reading(_ step: Step, after count: Int) -> Int {
      looks.count()
      return count + 1
    }

    func score(
      _ candidates: [Candidate], of problem: Problem, in context: RunContext
    ) async -> [Result<[Double], StrategyFailure>] {
      candidates.map { candidate in
        #expect(candidate.stepTrail.reading(by: self) == candidate.steps.count)
        return .success([0.5])
      }
    }
  }

  @Test(arguments: [10, 40, 160])
  func aPathIsReadAsOftenAsItHasStepsAndNotOnceForEachThatIsBehind(steps: Int) async throws {
    let reader = CountingReader()
    let search = BeamSearch(
      4, branching: 2, guidedBy: reader, maximumSteps: 200,
      settings: SearchSettings(maximumStepTokens: 4000, maximumTokens: 100_000))
    let model = SimulatedReasoner(successByLevel: [0.7], wordings: 1000)
    let outcome = try await search.solve(SimulatedProblem(1, steps: steps).problem, on: model, seed: 3)
    let made = outcome.trace.events.count { if case .step = $0.kind { true } else { false } }
    #expect(made >= 3 * steps)
    // Each step twice: without its score, and once more for its children, with it.
    #expect(reader.looks.value <= 2 * made)
  }

  @Test(arguments: Search.allCases, [1, 7] as [UInt64])
  func theSameSeedGivesTheSameOutcomeHoweverLateAnswersCome(search: Search, seed: UInt64) async throws {
    let problem = SimulatedProblem(4).problem
    let expected = try await search.strategy().solve(problem, on: model, seed: Seed(seed))
    let late = DisturbedModel(model) { .delay(.microseconds(Int($0.seed.value % 500))) }
    #expect(try await search.strategy().solve(problem, on: late, seed: Seed(seed)) == expected)
  }

  @Test(arguments: Search.allCases)
  func noBudgetIsExceededAndWhatWasPaidForIsKept(search: Search) async throws {
    for tokens in stride(from: 0, through: 600, by: 75) {
      let strategy = AnyStrategy(search.strategy()).limited(to: .tokens(tokens))
      let outcome = try await strategy.solve(SimulatedProblem(4).problem, on: model, seed: 3)
      #expect(outcome.usage.charged.tokens <= tokens)
      #expect(outcome.stop == .outOfBudget(.tokens) || outcome.stop == .finished)
      if tokens >= 75 { #expect(!outcome.candidates.isEmpty) }
    }
  }

  @Test(arguments: Search.allCases)
  func failedCallsAreRecordedAndTheSearchGoesOn(search: Search) async throws {
    let shaky = DisturbedModel(model) { $0.seed.value % 4 == 0 ? .failure(.failed("shaky")) : nil }
    let outcome = try await search.strategy(perfect).solve(SimulatedProblem(4).problem, on: shaky, seed: 3)
    #expect(outcome.trace.failures.contains(.model(.failed("shaky"))))
    #expect(outcome.selected != nil)
  }

  @Test func aSearchThatNeverFinishesStopsAtItsLastStep() async throws {
    let endless = ClosureModel { request in .text("Step \(request.seed.value % 97).\n\n") }
    let rewardModel = CustomRewardModel("flat") { _ in 0.5 }
    let strategy = BeamSearch(4, guidedBy: rewardModel, maximumSteps: 3)
    let outcome = try await strategy.solve("q", on: endless, seed: 3)
    // The last step runs to the end of the text, which here comes at once.
    #expect(outcome.candidates.allSatisfy { $0.steps.count <= 3 })
    #expect(outcome.candidates.contains { $0.steps.count == 3 })
  }

  @Test func lookaheadScoresAStepByWhatComesOfItAndIsCharged() async throws {
    // What comes of "a" is bad and of "b" is good; the steps themselves look the other way round.
    let model = ClosureModel { request in
      switch request.continuation.text ?? "" {
      case "": .text(request.seed.value % 2 == 0 ? "a\n\n" : "b\n\n")
      case "a\n\n": "bad\n\n"
      case "b\n\n": "good\n\n"
      default: "\\boxed{1}"
      }
    }
    let rewardModel = CustomRewardModel("words") { text in
      text.hasSuffix("good\n\n") ? 0.9 : text.hasSuffix("bad\n\n") ? 0.1 : text == "a\n\n" ? 0.8 : 0.2
    }
    for (lookahead, kept) in [(0, "a\n\n"), (1, "b\n\n")] {
      let search = BeamSearch(
        8, branching: 8, guidedBy: rewardModel, maximumSteps: 3, settings: SearchSettings(lookahead: lookahead))
      let outcome = try await search.solve("q", on: model, seed: 3)
      var texts: [Candidate.ID: String] = [:]
      var expanded: [Candidate.ID] = []
      var rollouts = 0
      for event in outcome.trace.events {
        switch event.kind {
        case .step(let id, _, let text, _): texts[id] = text
        case .expanded(let id, _): expanded.append(id)
        case .called(let call): if case .completion = call.answer, event.path != TreePath("beam") { rollouts += 1 }
        default: break
        }
      }
      #expect(expanded.first.flatMap { texts[$0] } == kept)
      // Looked behind are the two different first steps and the one second step; the third runs to its end by itself.
      #expect(rollouts == 3 * lookahead && outcome.usage.charged.samples == 24 + rollouts)
    }
  }

  @Test func aNarrowDiverseSearchIsAPrefixOfAWideOne() async throws {
    let problem = SimulatedProblem(4).problem
    func paths(_ width: Int) async throws -> Set<String> {
      let search = DiverseTreeSearch(width, branching: 2, guidedBy: SimulatedRewardModel())
      return Set(try await search.solve(problem, on: model, seed: 3).candidates.filter(\.isComplete).map(\.text))
    }
    #expect(try await paths(4).isSubset(of: try await paths(12)))
  }

  @Test func equalPathsAreMergedAndVoteTogether() async throws {
    let same = ClosureModel { _ in "\\boxed{1}" }
    let outcome = try await BeamSearch(4, guidedBy: CustomRewardModel("flat") { _ in 0.5 })
      .solve("q", on: same, seed: 1)
    #expect(outcome.candidates.map(\.multiplicity) == [4])
  }

  @Test func aWidthThatIsNoMultipleIsRefused() async {
    await #expect(throws: StrategyError.invalidConfiguration("beam: width 10 is not a multiple of branching 4")) {
      try await BeamSearch(10, branching: 4, guidedBy: perfect).solve("q", on: model, seed: 1)
    }
  }

  @Test func aScoreThatIsNoNumberEndsTheSearchAndNamesTheRewardModel() async throws {
    let outcome = try await BeamSearch(4, guidedBy: CustomRewardModel("broken") { _ in .nan })
      .solve(SimulatedProblem(1).problem, on: model, seed: 1)
    #expect(outcome.stop == .failed(.invalidScore(verifier: "broken", score: "nan")))
    #expect(outcome.candidates.count >= 1)
  }

  @Test func searchesRunOnAModelWithoutTokens() async throws {
    let textOnly = TextOnlyModel { request in
      let known = (request.continuation.text ?? "").split(separator: "\n\n").count
      return .text(known < 2 ? "Step \(known).\n\n" : "\\boxed{\(request.seed.value % 3)}")
    }
    let outcome = try await BeamSearch(4, branching: 2, guidedBy: CustomRewardModel("flat") { _ in 0.5 })
      .solve("q", on: textOnly, seed: 1)
    #expect(outcome.selected?.steps.count == 3)
    #expect(outcome.selected?.tokens.isEmpty == true)
  }
}

/// A reward model made of a function of the path's text.
struct CustomRewardModel: ProcessRewardModel {
  let name: String
  let score: @Sendable (String) -> Double

  init(_ name: String, score: @escaping @Sendable (String) -> Double) {
    self.name = name
    self.score = score
  }

  func score(
    _ candidates: [Candidate], of problem: Problem, in context: RunContext
  ) async -> [Result<[Double], StrategyFailure>] {
    candidates.map { candidate in
      .success(candidate.steps.filter { $0.score == nil }.map { score($0.text) })
    }
  }
}

/// Any strategy as one type, for tests over many.
struct AnyStrategy: Strategy {
  let base: any Strategy
  init(_ base: any Strategy) { self.base = base }
  var label: String { base.label }
  var fingerprint: String { base.fingerprint }
  func validate(for model: ModelDescription) throws(StrategyError) { try base.validate(for: model) }
  func run(_ problem: Problem, in context: RunContext) async -> Outcome { await base.run(problem, in: context) }
}
