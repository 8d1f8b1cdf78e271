import PonderGeneration

/// The outcomes of many problems, in the order in which they are done.
///
/// Dropping or cancelling it cancels the runs that are not done.
public struct ProblemRuns: AsyncSequence, Sendable {
  /// A problem and what became of it.
  public struct Element: Sendable {
    /// The problem, its reference answer included.
    public var problem: Problem
    /// Its place among the problems.
    public var index: Int
    /// What the run came to, or why it was refused.
    public var result: Result<Outcome, StrategyError>
  }

  /// Refusals are in the elements.
  public typealias Failure = Never

  let stream: AsyncStream<Element>

  /// An iterator; there is one set of runs, shared by all iterators.
  public func makeAsyncIterator() -> AsyncStream<Element>.Iterator { stream.makeAsyncIterator() }
}

extension Strategy {
  /// Works on many problems over one model, so many at a time; a model that batches runs them together.
  ///
  /// Each problem's outcome is the same as if it ran alone.
  /// - Parameter concurrency: Problems at a time, ≥ 1.
  public func run(
    over problems: [Problem], on model: any LanguageModel, seed: Seed, format: PromptFormat = .chat,
    concurrency: Int = 8
  ) -> ProblemRuns {
    precondition(concurrency >= 1, "concurrency is \(concurrency), must be ≥ 1")
    let (stream, continuation) = AsyncStream.makeStream(of: ProblemRuns.Element.self)
    let task = Task {
      await withTaskGroup(of: Void.self) { group in
        for (index, problem) in problems.enumerated() {
          if index >= concurrency { await group.next() }
          if Task.isCancelled { break }
          group.addTask {
            let result: Result<Outcome, StrategyError>
            do throws(StrategyError) {
              result = .success(try await solve(problem, on: model, seed: seed, format: format))
            } catch {
              result = .failure(error)
            }
            continuation.yield(ProblemRuns.Element(problem: problem, index: index, result: result))
          }
        }
      }
      continuation.finish()
    }
    continuation.onTermination = { _ in task.cancel() }
    return ProblemRuns(stream: stream)
  }
}
