import PonderGeneration

/// A critic that asks a model for feedback (Self-Refine, Madaan et al. 2023, arXiv:2303.17651).
public struct ModelCritic: Critic {
  /// What is asked, behind the problem and the solution.
  public var instruction: String
  /// A feedback that contains this approves of the solution.
  public var approval: String
  /// How tokens are chosen.
  public var sampling: SamplingParameters
  /// Tokens of a feedback at most, ≥ 1.
  public var maximumTokens: Int

  /// Makes a critic.
  public init(
    instruction: String = """
    Check this solution step by step. If it is right, answer only "It is correct". \
    If not, say what is wrong and how to mend it.
    """,
    approval: String = "It is correct", sampling: SamplingParameters = .greedy, maximumTokens: Int = 512
  ) {
    self.instruction = instruction
    self.approval = approval
    self.sampling = sampling
    self.maximumTokens = maximumTokens
  }

  /// `model critic`
  public var name: String { "model critic" }

  /// One feedback for each candidate, in one batch.
  public func critique(
    _ candidates: [Candidate], of problem: Problem, in context: RunContext
  ) async -> [Result<Critique, StrategyFailure>] {
    let requests = candidates.enumerated().map { index, candidate in
      var prompt = context.prompt(for: problem)
      prompt.messages += [.assistant(candidate.text), .user(instruction)]
      return GenerationRequest(
        prompt, sampling: sampling, maximumTokens: maximumTokens, seed: context.seed.derived(index))
    }
    return await context.generate(requests).map { result in
      result.map { Critique($0.completion.text, isApproval: $0.completion.text.contains(approval)) }
    }
  }
}

/// A critic made of a closure.
public struct CustomCritic: Critic {
  /// Names it in errors and traces, and stands for the closure in fingerprints.
  public let name: String
  private let critique: @Sendable (Candidate, Problem) async throws -> Critique

  /// Makes a critic. What the closure throws becomes the candidate's error.
  public init(_ name: String, critique: @escaping @Sendable (Candidate, Problem) async throws -> Critique) {
    self.name = name
    self.critique = critique
  }

  /// The closure's critique of each candidate, one after the other.
  public func critique(
    _ candidates: [Candidate], of problem: Problem, in context: RunContext
  ) async -> [Result<Critique, StrategyFailure>] {
    var results: [Result<Critique, StrategyFailure>] = []
    for candidate in candidates {
      do {
        results.append(.success(try await critique(candidate, problem)))
      } catch is CancellationError {
        results.append(.failure(.cancelled))
      } catch {
        results.append(.failure(.critic(name: name, reason: "\(error)")))
      }
    }
    return results
  }
}
