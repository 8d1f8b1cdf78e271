import PonderGeneration

/// Samples whose worse half is dropped again and again while they are written: speculative rejection (Sun et al. 2024,
/// arXiv:2410.20290), in rounds as of sequential halving.
///
/// Every round goes on with each open answer by so many tokens, scores all that are left, and keeps the better half, the
/// first on a tie. The last one runs to its end. Dropped answers stay in the outcome as open candidates, and so does what an
/// answer had when a call for it failed. An answer whose score failed is the worst.
public struct SpeculativeRejection: Strategy {
  /// Answers at the start, ≥ 1.
  public let count: Int
  /// Tokens of a round, ≥ 1.
  public let roundTokens: Int
  /// Tokens of an answer at most, ≥ 1.
  public let maximumTokens: Int
  /// Scores partial answers too.
  public let verifier: any Verifier
  /// How tokens are chosen.
  public let sampling: SamplingParameters
  /// All of these, described once.
  public let fingerprint: String

  /// Makes the strategy.
  public init(
    _ count: Int, scoredBy verifier: some Verifier, roundTokens: Int = 64, maximumTokens: Int = 2048,
    sampling: SamplingParameters = SamplingParameters()
  ) {
    self.count = count
    self.verifier = verifier
    self.roundTokens = roundTokens
    self.maximumTokens = maximumTokens
    self.sampling = sampling
    fingerprint = Self.fingerprint(
      "SpeculativeRejection(\(count), \(verifier), \(roundTokens), \(maximumTokens), \(sampling))")
  }

  /// `rejection`
  public var label: String { "rejection" }

  /// Throws for impossible numbers and for a model that cannot go on from where it stopped.
  public func validate(for model: ModelDescription) throws(StrategyError) {
    guard count >= 1, roundTokens >= 1, maximumTokens >= 1 else {
      throw .invalidConfiguration("SpeculativeRejection: count and token limits must be ≥ 1")
    }
    do throws(GenerationError) {
      let request = GenerationRequest(
        .chat(""), continuation: Continuation(text: "a"), sampling: sampling, seed: 0)
      try request.validate(for: model)
    } catch {
      throw .unsupported(error)
    }
    try verifier.validate(for: model)
  }

  /// The answers by the round in which they were dropped, the last ones first; the best complete one is selected.
  public func run(_ problem: Problem, in context: RunContext) async -> Outcome {
    let stage = context.stage(label)
    var outcome = Outcome(candidates: [])
    var answers = (0..<count).map { number in
      Candidate(id: Candidate.ID(path: stage.path, number: number), steps: [], ending: .open)
    }
    var dropped: [Candidate] = []
    var failure: StrategyFailure?
    var round = 0
    while outcome.stop == .finished, answers.contains(where: { $0.ending == .open }) {
      let isLast = answers.count == 1
      let failed = await write(&answers, round: round, toEnd: isLast, of: problem, in: stage, &outcome)
      failure = failure ?? failed.first?.failure
      let lost = answers.filter { answer in failed.contains { $0.id == answer.id } }
      answers.removeAll { answer in failed.contains { $0.id == answer.id } }
      dropped = lost + dropped
      await score(&answers, of: problem, in: stage, &outcome)
      if !isLast, !answers.isEmpty, outcome.stop == .finished {
        let kept = best(answers, (answers.count + 1) / 2)
        let lost = answers.filter { answer in !kept.contains { $0.id == answer.id } }
        stage.emit(.pruned(lost.map(\.id)))
        dropped = lost + dropped
        answers = kept
      }
      round += 1
    }
    outcome.candidates = best(answers, answers.count) + dropped
    outcome.candidates.removeAll { $0.stepTrail.isEmpty && $0.ending == .open }
    outcome.selected = BestOfN().select(from: outcome.candidates.filter(\.isComplete))?.candidate
    if outcome.candidates.isEmpty, outcome.stop == .finished, let failure { outcome.stop = Stop(failure) }
    return outcome
  }

  /// The best so many, in the order of their scores; on a tie in the order of their numbers.
  private func best(_ answers: [Candidate], _ count: Int) -> [Candidate] {
    let sorted = answers.sorted { a, b in
      let (x, y) = (a.score ?? -1, b.score ?? -1)
      return x == y ? a.id < b.id : x > y
    }
    return Array(sorted.prefix(count))
  }

  /// Goes on with the open answers; gives those whose call failed.
  private func write(
    _ answers: inout [Candidate], round: Int, toEnd: Bool, of problem: Problem, in stage: RunContext,
    _ outcome: inout Outcome
  ) async -> [(id: Candidate.ID, failure: StrategyFailure)] {
    var failed: [(id: Candidate.ID, failure: StrategyFailure)] = []
    let prompt = stage.prompt(for: problem)
    let open = answers.indices.filter { answers[$0].ending == .open }
    let limits = open.map { index in
      let left = max(maximumTokens - round * roundTokens, 1)
      return toEnd ? left : min(left, roundTokens)
    }
    let requests = zip(open, limits).map { index, limit in
      GenerationRequest(
        prompt, continuation: answers[index].continuation, sampling: sampling, maximumTokens: limit,
        seed: stage.seed.derived(answers[index].id.number).derived(round))
    }
    for ((index, limit), result) in zip(zip(open, limits), await stage.generate(requests)) {
      switch result {
      case .failure(let failure):
        stage.emit(.failed(id: answers[index].id, failure))
        failed.append((answers[index].id, failure))
        if Stop(failure) != .failed(failure) { outcome.stop = outcome.stop.followed(by: Stop(failure)) }
      case .success(let generated):
        let completion = generated.completion
        answers[index].steps = Step.split(answers[index].text + completion.text)
        answers[index].continuation = completion.continuation
        answers[index].tokenTrail = answers[index].tokenTrail.appending(completion.tokens)
        let mayGoOn = generated.ending == .length && !toEnd && (round + 1) * roundTokens < maximumTokens
        answers[index].ending = mayGoOn && limit == roundTokens ? .open : generated.ending
        if generated.ending == .budget { outcome.stop = outcome.stop.followed(by: .outOfBudget(.tokens)) }
        if generated.ending == .cancelled { outcome.stop = outcome.stop.followed(by: Stop(stage.interruption)) }
        stage.emit(
          .candidate(
            id: answers[index].id, parent: nil, text: completion.text, ending: answers[index].ending))
      }
    }
    return failed
  }

  private func score(
    _ answers: inout [Candidate], of problem: Problem, in stage: RunContext, _ outcome: inout Outcome
  ) async {
    for index in answers.indices { answers[index].steps = answers[index].steps.map { Step($0.text) } }
    let verdicts = await stage.verify(answers, of: problem, by: verifier)
    let isAnyScored = verdicts.contains { (try? $0.get()) != nil }
    for (index, verdict) in verdicts.enumerated() {
      switch verdict {
      case .success(let verdict):
        answers[index].accept(verdict)
        stage.emit(.scored(id: answers[index].id, score: verdict.score))
      case .failure(let failure):
        answers[index].score = nil
        stage.emit(.failed(id: answers[index].id, failure))
        if !isAnyScored || Stop(failure) != .failed(failure) {
          outcome.stop = outcome.stop.followed(by: Stop(failure))
        }
      }
    }
  }
}

extension SpeculativeRejection: CustomStringConvertible {
  /// The ``fingerprint``.
  public var description: String { fingerprint }
}
