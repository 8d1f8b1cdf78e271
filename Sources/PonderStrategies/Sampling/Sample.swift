import PonderGeneration

/// Independent samples of whole answers: the beginning of best-of-N and of voting.
///
/// Sample i of `Sample(16)` is sample i of `Sample(4)` under the same seed: a run with fewer is a prefix of one with more.
/// Until a selector chooses, the first complete candidate is the outcome's.
public struct Sample: Strategy, Hashable {
  /// Samples, ≥ 1.
  public var count: Int
  /// How tokens are chosen.
  public var sampling: SamplingParameters
  /// Tokens a sample may have, ≥ 1.
  public var maximumTokens: Int
  /// Texts that end a sample.
  public var stops: [GenerationRequest.Stop]
  /// Whether candidates carry their tokens' log-probabilities.
  public var wantsLogProbabilities: Bool
  /// What ends a step, for candidates' steps.
  public var delimiter: String

  /// Makes a strategy of so many samples.
  public init(
    _ count: Int = 1, sampling: SamplingParameters = SamplingParameters(), maximumTokens: Int = 2048,
    stops: [GenerationRequest.Stop] = [], wantsLogProbabilities: Bool = false, delimiter: String = Step.delimiter
  ) {
    self.count = count
    self.sampling = sampling
    self.maximumTokens = maximumTokens
    self.stops = stops
    self.wantsLogProbabilities = wantsLogProbabilities
    self.delimiter = delimiter
  }

  /// `sample`
  public var label: String { "sample" }

  /// Throws for a count below 1 and for what the model refuses.
  public func validate(for model: ModelDescription) throws(StrategyError) {
    guard count >= 1 else { throw .invalidConfiguration("Sample: count is \(count), must be ≥ 1") }
    guard !delimiter.isEmpty else { throw .invalidConfiguration("Sample: the delimiter is empty") }
    do throws(GenerationError) {
      try request(.chat(""), seed: 0).validate(for: model)
    } catch {
      throw .unsupported(error)
    }
  }

  /// Draws the samples.
  public func run(_ problem: Problem, in context: RunContext) async -> Outcome {
    await draw(0..<count, of: problem, in: context.stage(label))
  }

  /// Draws samples by number, in a stage.
  func draw(_ numbers: Range<Int>, of problem: Problem, in stage: RunContext) async -> Outcome {
    let prompt = stage.prompt(for: problem)
    let results = await stage.generate(numbers.map { request(prompt, seed: stage.seed.derived($0)) })
    var outcome = Outcome(candidates: [])
    var failure: StrategyFailure?
    for (number, result) in zip(numbers, results) {
      let id = Candidate.ID(path: stage.path, number: number)
      switch result {
      case .success(let generated):
        let candidate = Candidate(id: id, generated, delimiter: delimiter)
        outcome.candidates.append(candidate)
        stage.emit(.candidate(id: id, parent: nil, text: candidate.text, ending: candidate.ending))
        if candidate.ending == .budget { failure = failure ?? .outOfBudget(.tokens) }
        if candidate.ending == .cancelled { failure = failure ?? stage.interruption }
      case .failure(let reason):
        stage.emit(.failed(id: id, reason))
        failure = failure ?? reason
      }
    }
    outcome.selected = outcome.candidates.first(where: \.isComplete)
    if let failure, outcome.candidates.isEmpty || Stop(failure) != .failed(failure) { outcome.stop = Stop(failure) }
    return outcome
  }

  private func request(_ prompt: Prompt, seed: Seed) -> GenerationRequest {
    GenerationRequest(
      prompt, sampling: sampling, maximumTokens: maximumTokens, stops: stops, seed: seed,
      wantsLogProbabilities: wantsLogProbabilities)
  }
}
