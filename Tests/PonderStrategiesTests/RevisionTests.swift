import PonderAnswers
import PonderGeneration
import PonderStrategies
import PonderTesting
import Testing

@Suite struct RevisionChainsTests {
  @Test func anAttemptSeesTheLastFourBeforeIt() async throws {
    let model = ScriptedModel((1...6).map { .text("try \($0)") })
    let outcome = try await RevisionChains(length: 6).solve("q", on: model, seed: 1)
    func attempts(_ request: Int) -> [String] {
      model.requests[request].prompt.messages.filter { $0.role == .assistant }.map(\.content)
    }
    #expect(attempts(0) == [] && attempts(1) == ["try 1"])
    #expect(attempts(5) == ["try 2", "try 3", "try 4", "try 5"])
    #expect(model.requests[5].prompt.messages.last == .user("Write an improved solution."))
    #expect(outcome.candidates.map(\.text) == (1...6).map { "try \($0)" })
    #expect(outcome.candidates.map { $0.parent?.number } == [nil, 0, 1, 2, 3, 4])
  }

  @Test func howManyItSeesCanBeSet() async throws {
    let model = ScriptedModel((1...4).map { .text("try \($0)") })
    let format = RevisionFormat(history: 1, instruction: "Again!")
    _ = try await RevisionChains(length: 4, format: format).solve("q", on: model, seed: 1)
    #expect(model.requests[3].prompt.messages == [.user("q"), .assistant("try 3"), .user("Again!")])
  }

  @Test func theChoiceIsAcrossTheWholeChain() async throws {
    // Right at first, then revised to something wrong: the last attempt is the worst.
    let replies: [Reply] = ["\\boxed{4}", "\\boxed{4}", "\\boxed{5}"]
    let chain = RevisionChains(length: 3)
    let majority = try await chain.selected(by: .majority(of: .boxedAnswer)).solve(
      "q", on: ScriptedModel(replies), seed: 1)
    #expect(majority.selected?.text == "\\boxed{4}")
    let verifier = CustomVerifier("second") { candidate, _ in candidate.id.number == 1 ? 0.9 : 0.1 }
    let best = try await chain.scored(by: verifier).selected(by: .bestOfN).solve(
      "q", on: ScriptedModel(replies), seed: 1)
    #expect(best.selected?.id.number == 1)
    #expect(try await chain.solve("q", on: ScriptedModel(replies), seed: 1).selected?.id.number == 0)
  }

  @Test func allChainsAreWrittenRoundByRound() async throws {
    let model = ScriptedModel(["a1", "b1", "a2", "b2", "a3", "b3"])
    let outcome = try await RevisionChains(2, length: 3).solve("q", on: model, seed: 1)
    #expect(outcome.candidates.map(\.text) == ["a1", "a2", "a3", "b1", "b2", "b3"])
    #expect(outcome.candidates.map(\.id.path.description).last == "revisions/1")
    #expect(model.requests[5].prompt.messages.map(\.content)[1] == "b1")
  }

  @Test func aChainGoesOnBehindAnAttemptThatFailed() async throws {
    let model = ScriptedModel([.failure(.failed("lightning")), "a2", "a3"])
    let outcome = try await RevisionChains(length: 3).solve("q", on: model, seed: 1)
    #expect(outcome.candidates.map(\.text) == ["a2", "a3"] && outcome.stop == .finished)
    #expect(model.requests[1].prompt.messages == [.user("q")])
    let broken = try await RevisionChains(length: 2).solve("q", on: ScriptedModel([]), seed: 1)
    #expect(broken.candidates.isEmpty && broken.stop != .finished && broken.trace.failures.count == 2)
  }

  @Test func aBudgetGivesEveryChainItsFirstAttempts() async throws {
    let model = ClosureModel { _ in "aaaaaaaaaa" }
    let outcome = try await RevisionChains(3, length: 4, maximumTokens: 10).limited(to: .tokens(45))
      .solve("q", on: model, seed: 1)
    // 30 for the first round, then 10 and 5.
    #expect(outcome.candidates.map(\.tokens.count) == [10, 10, 10, 5, 10])
    #expect(outcome.stop == .outOfBudget(.tokens))
  }

  @Test func fewerChainsAreAPrefixOfMore() async throws {
    let model = ClosureModel { request in .text("\\boxed{\(request.seed.value % 9)}") }
    let two = try await RevisionChains(2, length: 3).solve("q", on: model, seed: 4)
    let four = try await RevisionChains(4, length: 3).solve("q", on: model, seed: 4)
    #expect(Array(four.candidates.prefix(6)) == two.candidates)
    let mix = try await RevisionChains(4, length: 2).solve("q", on: model, seed: 4)
    #expect(mix.candidates.map(\.text) == four.candidates.filter { $0.id.number < 2 }.map(\.text))
  }

  @Test func mixesGoFromParallelToSequentialInPowersOfTwo() {
    #expect(RevisionChains.mixes(of: 8).map(\.chains) == [8, 4, 2, 1])
    #expect(RevisionChains.mixes(of: 8).map(\.length) == [1, 2, 4, 8])
    #expect(RevisionChains.mixes(of: 8).map(\.sequentialToParallelRatio) == [0.125, 0.5, 2, 8])
    #expect(RevisionChains.mixes(of: 12).map(\.length) == [1, 2, 4])
    #expect(RevisionChains.mixes(of: 1).map(\.chains) == [1] && RevisionChains.mixes(of: 0).isEmpty)
  }

  @Test func impossibleNumbersAreRefused() async {
    for chains in [
      RevisionChains(0, length: 1), RevisionChains(1, length: 0), RevisionChains(length: 1, maximumTokens: 0),
      RevisionChains(length: 1, format: RevisionFormat(history: 0)),
    ] {
      await #expect(throws: StrategyError.self) { try await chains.solve("q", on: ScriptedModel([]), seed: 1) }
    }
  }
}

@Suite struct HierarchicalChoiceTests {
  /// Two chains of three attempts: answers and scores.
  private func pool(_ chains: [[(answer: String?, score: Double)]]) -> [Candidate] {
    chains.enumerated().flatMap { chain, attempts in
      attempts.enumerated().map { number, attempt in
        let path = TreePath("revisions").appending(chain)
        return Candidate(
          id: .init(path: path, number: number), parent: number > 0 ? .init(path: path, number: number - 1) : nil,
          steps: [Step(attempt.answer.map { "\\boxed{\($0)}" } ?? "?")], ending: .endOfText, score: attempt.score)
      }
    }
  }

  @Test func itChoosesWithinChainsAndThenAcrossThem() {
    // Answer 7 has five small votes in all (2.0), answer 5 the best attempt of two chains (0.8 + 0.7 = 1.5).
    let candidates = pool([
      [("5", 0.8), ("7", 0.3), ("7", 0.3)], [("5", 0.7), ("7", 0.3), ("7", 0.3)], [("7", 0.8), (nil, 0.9), ("3", 0.1)],
    ])
    let flat = AnswerVote.weightedVote(of: .boxedAnswer).select(from: candidates)
    #expect(flat?.answer == "7")
    let vote = AnswerVote.weightedVote(of: .boxedAnswer)
    let hierarchical = HierarchicalChoice.hierarchical(within: vote, across: vote).select(from: candidates)
    #expect(hierarchical?.answer == "5" && hierarchical?.candidate.score == 0.8)
    // Best of each chain: 0.8, 0.7 and the unreadable 0.9.
    let best = HierarchicalChoice.hierarchical(within: .bestOfN, across: .bestOfN).select(from: candidates)
    #expect(best?.candidate.score == 0.9)
  }

  @Test func onATieTheFirstChainWinsAndWhereThereIsNothingNothingIsChosen() {
    let choice = HierarchicalChoice.hierarchical(within: .bestOfN, across: .bestOfN)
    #expect(choice.select(from: pool([[("1", 0.5), ("2", 0.5)], [("3", 0.5)]]))?.candidate.text == "\\boxed{1}")
    #expect(choice.select(from: []) == nil)
    let unreadable = HierarchicalChoice.hierarchical(
      within: .majority(of: .boxedAnswer), across: .majority(of: .boxedAnswer))
    #expect(unreadable.select(from: pool([[(nil, 1)], [(nil, 1)]])) == nil)
    #expect(unreadable.select(from: pool([[(nil, 1)], [("2", 1)]]))?.answer == "2")
  }

  @Test func linesFollowParentsInWhateverOrder() {
    let candidates = pool([[("1", 0), ("2", 0), ("3", 0)], [("4", 0), ("5", 0)]])
    func answers(_ candidates: [Candidate]) -> [[String]] {
      HierarchicalChoice.lines(of: candidates).map { $0.map(\.text) }
    }
    #expect(answers(candidates).map(\.count) == [3, 2])
    #expect(answers(candidates.reversed()).map(\.count) == [2, 3])
    // Without its middle, the end of a chain is a line of its own: nothing here tells where it came from.
    #expect(answers([candidates[0], candidates[2]]).map(\.count) == [1, 1])
  }

  @Test func aLongChainIsWalkedOnce() {
    let path = TreePath("revisions")
    let chain = (0..<100_000).map { number in
      Candidate(
        id: .init(path: path, number: number), parent: number > 0 ? .init(path: path, number: number - 1) : nil,
        steps: [], ending: .endOfText)
    }
    #expect(HierarchicalChoice.lines(of: chain).map(\.count) == [100_000])
    #expect(HierarchicalChoice.lines(of: chain.reversed()).map(\.count) == [100_000])
  }
}
