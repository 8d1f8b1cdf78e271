import PonderGeneration

/// Has a model think longer: s1's budget forcing (Muennighoff et al. 2025, arXiv:2501.19393).
///
/// When an answer ends by itself, its end is suppressed and a word ("Wait") is appended, so often; then it goes on from
/// exactly its own tokens. When it reaches the token limit it is cut, and asked for the final answer if a way to ask is given.
/// Every version is a candidate; the last complete one is selected, as in the paper. Since going on turns right answers
/// wrong too, a selector over the versions may do better.
public struct BudgetForcing: Strategy, Hashable {
  /// How often the end is suppressed, ≥ 0.
  public var extensions: Int
  /// What is appended instead of the end.
  public var word: String
  /// What is appended when the limit cuts the answer, to have it concluded; `nil` leaves it cut.
  public var conclusion: String?
  /// Tokens of all thinking at most, ≥ 1.
  public var maximumTokens: Int
  /// Tokens of a conclusion at most, ≥ 1.
  public var maximumConclusionTokens: Int
  /// How tokens are chosen.
  public var sampling: SamplingParameters

  /// Makes the strategy.
  public init(
    extensions: Int = 1, word: String = "\n\nWait", conclusion: String? = "\n\nFinal answer: ",
    maximumTokens: Int = 4096, maximumConclusionTokens: Int = 256, sampling: SamplingParameters = .greedy
  ) {
    self.extensions = extensions
    self.word = word
    self.conclusion = conclusion
    self.maximumTokens = maximumTokens
    self.maximumConclusionTokens = maximumConclusionTokens
    self.sampling = sampling
  }

  /// `budget-forcing`
  public var label: String { "budget-forcing" }

  /// Throws for impossible numbers and for a model that cannot go on from where it stopped.
  public func validate(for model: ModelDescription) throws(StrategyError) {
    guard extensions >= 0, maximumTokens >= 1, maximumConclusionTokens >= 1 else {
      throw .invalidConfiguration("BudgetForcing: extensions must be ≥ 0 and token limits ≥ 1")
    }
    do throws(GenerationError) {
      try request(.chat(""), from: Continuation(text: "a"), tokens: 1, seed: 0).validate(for: model)
    } catch {
      throw .unsupported(error)
    }
  }

  /// Thinks, and thinks again.
  public func run(_ problem: Problem, in context: RunContext) async -> Outcome {
    let stage = context.stage(label)
    let prompt = stage.prompt(for: problem)
    var outcome = Outcome(candidates: [])
    var before = ""
    var continuation = Continuation.empty
    var left = maximumTokens
    for version in 0...extensions {
      let result = await stage.generate(
        request(prompt, from: continuation, tokens: left, seed: stage.seed.derived(version)))
      guard let thought = accept(result, version, before, in: stage, &outcome) else { break }
      left -= thought.generated
      if thought.ending == .length, let conclusion {
        let end = await stage.generate(
          request(
            prompt, from: thought.continuation.appending(text: conclusion), tokens: maximumConclusionTokens,
            seed: stage.seed.derived(extensions + 1)))
        _ = accept(end, extensions + 1, before + thought.text + conclusion, in: stage, &outcome)
      }
      guard thought.ending == .endOfText, left >= 1 else { break }
      before += thought.text + word
      continuation = thought.continuation.appending(text: word)
    }
    outcome.selected = outcome.candidates.last(where: \.isComplete)
    return outcome
  }

  private struct Thought {
    var text: String
    var continuation: Continuation
    var ending: Candidate.Ending
    var generated: Int
  }

  /// Makes a version of what came, or ends the run with why nothing did.
  private func accept(
    _ result: Result<Generated, StrategyFailure>, _ number: Int, _ before: String, in stage: RunContext,
    _ outcome: inout Outcome
  ) -> Thought? {
    let id = Candidate.ID(path: stage.path, number: number)
    switch result {
    case .failure(let failure):
      stage.emit(.failed(id: id, failure))
      outcome.stop = outcome.stop.followed(by: Stop(failure))
      return nil
    case .success(let generated):
      let parent = outcome.candidates.last?.id
      var candidate = Candidate(id: id, parent: parent, generated)
      candidate.steps = Step.split(before + generated.completion.text)
      outcome.candidates.append(candidate)
      stage.emit(.candidate(id: id, parent: parent, text: generated.completion.text, ending: generated.ending))
      if generated.ending == .budget { outcome.stop = .outOfBudget(.tokens) }
      if generated.ending == .cancelled { outcome.stop = Stop(stage.interruption) }
      return Thought(
        text: generated.completion.text, continuation: generated.completion.continuation, ending: generated.ending,
        generated: generated.completion.usage.generatedTokens)
    }
  }

  private func request(_ prompt: Prompt, from continuation: Continuation, tokens: Int, seed: Seed) -> GenerationRequest
  {
    GenerationRequest(prompt, continuation: continuation, sampling: sampling, maximumTokens: tokens, seed: seed)
  }
}
