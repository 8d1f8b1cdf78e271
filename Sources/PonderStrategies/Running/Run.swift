import PonderGeneration

/// A strategy at work on a problem. Made by ``Strategy/start(_:on:seed:format:resuming:)``.
public final class Run: Sendable {
  private let task: Task<Result<Outcome, StrategyError>, Never>
  private let log: EventLog

  init(log: EventLog, task: Task<Result<Outcome, StrategyError>, Never>) {
    self.log = log
    self.task = task
  }

  /// What happens, from the beginning, for any number of consumers.
  public var events: RunEvents { RunEvents(log: log) }

  /// What it came to, once it has.
  ///
  /// Throws ``StrategyError`` when the run was refused; then nothing was spent. A budget that ran out, a model that failed
  /// and a cancellation are no errors but the outcome's ``Outcome/stop``.
  public var outcome: Outcome {
    get async throws(StrategyError) { try await task.value.get() }
  }

  /// Ends the run at the next token. The outcome holds what was paid for until then.
  public func cancel() { task.cancel() }
}

extension Strategy {
  /// Sets to work on a problem.
  ///
  /// - Parameters:
  ///   - problem: Its reference answer is taken off before any strategy, verifier or critic sees it.
  ///   - model: Makes the candidates, except in stages that are bound to another one.
  ///   - seed: The same seed gives the same outcome, whatever else runs, and whatever is cached.
  ///   - format: How the model is asked.
  ///   - trace: A trace of an earlier run, broken off anywhere: its paid calls are answered from it and not made again.
  public func start(
    _ problem: Problem, on model: any LanguageModel, seed: Seed, format: PromptFormat = .chat,
    resuming trace: Trace? = nil
  ) -> Run {
    let state = RunState(journal: Journal(trace))
    let header = RunHeader(
      problem: problem.id, seed: seed, model: model.description.fingerprint, strategy: fingerprint)
    let task = Task { () async -> Result<Outcome, StrategyError> in
      defer { state.log.finish() }
      do throws(StrategyError) {
        try validate(for: model.description)
        if let earlier = trace?.header, earlier != header {
          throw .foreignTrace("it is of \(earlier), this run is \(header)")
        }
      } catch {
        return .failure(error)
      }
      let root = TreePath()
      let account = Account(state.ledger, state.ledger.root)
      let context = RunContext(
        model: model, format: format, path: root, seed: seed.derived(problem.id), role: .policy, deadline: nil,
        account: account, run: state, counter: state.counter(for: root))
      context.emit(.started(header))
      var outcome = await run(problem.withoutReference, in: context)
      if Task.isCancelled { outcome.stop = .cancelled }
      outcome.usage = account.usage
      context.emit(.finished(stop: outcome.stop, spent: outcome.usage.charged))
      outcome.trace = Trace(state.log.events)
      return .success(outcome)
    }
    return Run(log: state.log, task: task)
  }

  /// Works on a problem to the end; see ``start(_:on:seed:format:resuming:)``.
  ///
  /// Cancelling the task cancels the run; its outcome still comes, with what was paid for.
  public func solve(
    _ problem: Problem, on model: any LanguageModel, seed: Seed, format: PromptFormat = .chat,
    resuming trace: Trace? = nil
  ) async throws(StrategyError) -> Outcome {
    let run = start(problem, on: model, seed: seed, format: format, resuming: trace)
    let result: Result<Outcome, StrategyError> = await withTaskCancellationHandler {
      do throws(StrategyError) { return .success(try await run.outcome) } catch { return .failure(error) }
    } onCancel: {
      run.cancel()
    }
    return try result.get()
  }
}
