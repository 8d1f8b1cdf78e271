import Foundation
import PonderGeneration
import PonderModels
import PonderStrategies
import PonderVerifiers
import Testing

@Suite struct ProcessRewardTests {
  @Test(arguments: RewardFixture.process)
  func stepScoresAreThoseOfTransformersInThePublishedFormat(fixture: RewardFixture) async throws {
    let verifier = try LearnedProcessRewardModel(await fixture.load()).reduced(.last)
    #expect(fixture.cases.count == 4)
    for expected in fixture.cases {
      let candidate = Candidate.given(0, expected.steps.map { Step($0) })
      let outcome = try await verifier.scoring([candidate], of: expected.question)
      #expect(outcome.stop == .finished)
      let scores = outcome.candidates[0].steps.compactMap(\.score)
      #expect(scores.count == expected.scores.count)
      for (score, reference) in zip(scores, expected.scores) { #expect(abs(score - reference) < 1e-4) }
      #expect(outcome.candidates[0].score == scores.last)
    }
  }

  @Test func theCheckpointShowsItsFormat() async throws {
    let names = ["rlhflow", "math-shepherd", "skywork", "qwen-prm", "qwen-prm"]
    for (fixture, name) in zip(RewardFixture.process, names) {
      #expect(try ProcessRewardFormats.detected(for: await fixture.load()).name == name)
      #expect(try ProcessRewardFormats.named(name).name == name)
    }
    #expect(throws: VerifierError.unknownName("x", known: ["rlhflow", "math-shepherd", "skywork", "qwen-prm"])) {
      try ProcessRewardFormats.named("x")
    }
  }

  @Test func aModelThatDoesNotFitTheFormatIsRefused() async throws {
    let outcome = try await RewardFixture.outcomeLlama.load()
    #expect(throws: VerifierError.self) { try LearnedProcessRewardModel(outcome) }
    let dialogue = try await RewardFixture.rlhflow.load()
    #expect(throws: VerifierError.self) { try LearnedProcessRewardModel(dialogue, format: .qwenMath) }
    #expect(throws: VerifierError.self) { try OutcomeRewardModel(dialogue) }
    let classes = try await RewardFixture.twoClass.load()
    #expect(throws: VerifierError.self) { try LearnedProcessRewardModel(classes, format: .rlhFlow) }
    #expect(throws: VerifierError.self) { try LearnedProcessRewardModel(classes, format: .skywork) }
  }

  @Test(arguments: RewardFixture.process)
  func aTextThatEndsInTheDelimiterHasNoStepMore(fixture: RewardFixture) async throws {
    let verifier = try LearnedProcessRewardModel(await fixture.load()).reduced(.last)
    let (text, question) = ("First we add.\n\nThe answer is 16.", "What is 7 + 9?")
    let outcome = try await verifier.scoring([.given(0, text), .given(1, text + "\n\n")], of: question)
    #expect(outcome.candidates.map { $0.steps.compactMap(\.score).count } == [2, 2])
    #expect(outcome.candidates[0].score == outcome.candidates[1].score)
  }

  @Test(arguments: RewardFixture.process)
  func stepsWithScoresAreKeptAndOnlyNewOnesAreRead(fixture: RewardFixture) async throws {
    let verifier = try LearnedProcessRewardModel(await fixture.load()).reduced(.last)
    let expected = fixture.cases[0]
    let steps = expected.steps.map { Step($0) }
    var known = steps
    known[0].score = 0.125
    known[1].score = 0.25
    let whole = try await verifier.scoring([.given(0, steps)], of: expected.question)
    let rest = try await verifier.scoring([.given(0, known)], of: expected.question)
    #expect(rest.candidates[0].steps.map(\.score) == [0.125, 0.25, whole.candidates[0].steps[2].score])
    let read = try #require(rest.readings.first)
    #expect(read.segments.count { !$0.logits.isEmpty || !$0.head.isEmpty } == 1)
    // The second run finds all that it asks for in the cache, up to the position that it must read.
    #expect(rest.usage.verifier.computedTokens <= read.segments[read.segments.count - 1].tokens.count)
    known[2].score = 0.5
    let nothing = try await verifier.scoring([.given(0, known)], of: expected.question)
    #expect(nothing.usage.verifier == Usage() && nothing.candidates[0].score == 0.5)
  }

  @Test(arguments: RewardFixture.process)
  func aGrowingSolutionHasTheScoresOfTheWholeOne(fixture: RewardFixture) async throws {
    let model = try LearnedProcessRewardModel(await fixture.load())
    let expected = fixture.cases[0]
    let whole = try await model.reduced(.last).scoring(
      [.given(0, expected.steps.map { Step($0) })], of: expected.question)
    var steps: [Step] = []
    for text in expected.steps {
      steps.append(Step(text))
      steps = try await model.reduced(.last).scoring([.given(0, steps)], of: expected.question).candidates[0].steps
    }
    #expect(steps == whole.candidates[0].steps)
  }

  @Test func blankStepsAreNotShownToTheModel() async throws {
    let verifier = try LearnedProcessRewardModel(await RewardFixture.rlhflow.load()).reduced(.last)
    func scores(_ steps: [String]) async throws -> [Double?] {
      try await verifier.scoring([.given(0, steps.map { Step($0) })], of: "What is 7 + 9?").candidates[0].steps
        .map(\.score)
    }
    let plain = try await scores(["7 + 9 = 16\n\n", "It is 16."])
    #expect(try await scores(["\n\n", "7 + 9 = 16\n\n", " \n", "It is 16."]) == [0.5, plain[0], plain[0], plain[1]])
    #expect(try await scores([]) == [])
  }

  @Test func aStepThatSpellsTheTagHasAnErrorOfItsOwn() async throws {
    let verifier = try LearnedProcessRewardModel(await RewardFixture.mathShepherd.load()).reduced(.last)
    let outcome = try await verifier.scoring([.given(0, "so ки it is"), .given(1, "16")], of: "What is 7 + 9?")
    #expect(outcome.candidates[0].score == nil && outcome.candidates[1].score != nil)
    #expect(outcome.trace.failures.count == 1)
    // A special token that is only spelled out stays text, and ends nothing.
    let qwen = try LearnedProcessRewardModel(await RewardFixture.qwenProcess.load()).reduced(.last)
    #expect(try await qwen.score(of: "so <extra_0> it is") != nil)
  }

  @Test func aSolutionThatDoesNotFitTheContextLeavesTheOthersAsTheyAre() async throws {
    let verifier = try LearnedProcessRewardModel(await RewardFixture.rlhflow.load()).reduced(.min)
    let long = String(repeating: "and so on ", count: 1000)
    let outcome = try await verifier.scoring([.given(0, long), .given(1, "16")], of: "What is 7 + 9?")
    #expect(outcome.candidates[0].score == nil && outcome.candidates[1].score != nil)
  }

  /// The example of the documentation.
  struct BracketFormat: ProcessRewardFormat {
    let name = "bracket"
    let readout = RewardReadout.tokens(positive: "]", negative: "?")

    func layout(
      of steps: [String], answering question: String, for model: any ScoringModel
    ) throws(GenerationError) -> StepLayout {
      var layout = StepLayout(tokens: try model.encode(.prompt(.raw(question))), questionCount: 0, positions: [])
      layout.questionCount = layout.tokens.count
      for step in steps {
        layout.tokens += try model.encode(.text("[" + step))
        layout.positions.append(layout.tokens.count - 1)
      }
      return layout
    }
  }

  @Test func aFormatOfOnesOwnIsRead() async throws {
    let model = try await RewardFixture.rlhflow.load()
    let verifier = try LearnedProcessRewardModel(model, format: BracketFormat()).reduced(.last)
    let score = try await verifier.score(of: "16", answering: "7 + 9")
    let tokens = try model.encode(.prompt(.raw("7 + 9"))) + model.encode(.text("[16"))
    let labels = [try model.token(spelling: "]"), try model.token(spelling: "?")]
    let logits = try await model.score([ScoringRequest([.init(.tokens(tokens), captures: [.logits(of: labels)])])])[0]
      .get().segments[0].logits[0]
    let expected = 1 / (1 + exp(Double(logits[1]) - Double(logits[0])))
    #expect(abs((score ?? 0) - expected) < 1e-9)
  }
}

extension Outcome {
  /// What scoring models read in the run, in order.
  var readings: [ScoringResult] {
    trace.events.compactMap { event in
      guard case .called(let record) = event.kind, case .scores(let result) = record.answer else { return nil }
      return result
    }
  }
}
