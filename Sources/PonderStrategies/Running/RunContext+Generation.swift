import PonderGeneration

extension RunContext {
  /// Runs requests on this context's model, in one batch where the budget allows it.
  ///
  /// Results are in the order of the requests; a failed, refused or cancelled request leaves the others as they are. A
  /// request may be granted fewer tokens than it asks for; see ``Generated/isRationed``. Called by one task at a time.
  public func generate(_ requests: [GenerationRequest]) async -> [Result<Generated, StrategyFailure>] {
    guard !requests.isEmpty else { return [] }
    let terms = Terms(of: model.description, for: role)
    let calls = open(requests, on: terms)
    let reservations = calls.map(\.reservation)
    let decisions = await account.ledger.decisions(on: reservations[...])
    var results = [Result<Generated, StrategyFailure>?](repeating: nil, count: calls.count)
    let wave = start(calls, by: decisions, from: 0, &results)
    if wave.count == calls.count {
      // The usual case, all at once, needs no task.
      for (index, result) in await run(wave, of: calls, on: terms) { results[index] = result }
    } else {
      await withTaskGroup(of: [(Int, Result<Generated, StrategyFailure>)].self) { group in
        if !wave.isEmpty { group.addTask { await run(wave, of: calls, on: terms) } }
        var next = decisions.count
        while next < calls.count {
          let decisions = await account.ledger.decisions(on: reservations[next...])
          let wave = start(calls, by: decisions, from: next, &results)
          next += decisions.count
          if !wave.isEmpty { group.addTask { await run(wave, of: calls, on: terms) } }
        }
        for await part in group { for (index, result) in part { results[index] = result } }
      }
    }
    return results.map { $0 ?? .failure(.other("the call has no result")) }
  }

  /// A wave: the calls that may start now. Later ones wait for what earlier ones return.
  private func start(
    _ calls: [Call], by decisions: [Ledger.Decision], from first: Int,
    _ results: inout [Result<Generated, StrategyFailure>?]
  ) -> [Granted] {
    var wave: [Granted] = []
    wave.reserveCapacity(decisions.count)
    for (index, decision) in zip(first..., decisions) {
      switch decision {
      case .granted(let units):
        let isRationed = units < calls[index].request.maximumTokens
        wave.append(Granted(index: index, tokens: units, isRationed: isRationed))
      case .denied(let dimension):
        account.ledger.settle(calls[index].reservation, spent: .zero)
        results[index] = .failure(.outOfBudget(dimension))
      }
    }
    return wave
  }

  /// Runs one request; see ``generate(_:)``.
  public func generate(_ request: GenerationRequest) async -> Result<Generated, StrategyFailure> {
    await generate([request])[0]
  }

  private struct Call {
    var request: GenerationRequest
    var sequence: Int
    var digest: UInt64
    var reservation: Ledger.EntryID
    /// Whether the prompt is charged to this call.
    var paysPrompt: Bool
  }

  /// A call that may start: its place among the calls, which are not copied, and its tokens.
  private struct Granted {
    var index: Int
    var tokens: Int
    var isRationed: Bool
  }

  /// What calls of a model are known by, and what they cost.
  private struct Terms {
    let fingerprint: String
    let role: Role
    private let flopsPerToken: Double

    init(of model: ModelDescription, for role: Role) {
      fingerprint = model.fingerprint
      flopsPerToken = 2 * Double(model.parameterCount)
      self.role = role
    }

    func charge(tokens: Int, requests: Int) -> Amounts {
      let flops = flopsPerToken * Double(tokens)
      return switch role {
      case .policy: Amounts(tokens: tokens, samples: requests, flops: flops)
      case .verifier: Amounts(flops: flops, verifierTokens: tokens)
      }
    }

    func promptCharge(tokens: Int) -> Amounts {
      let flops = flopsPerToken * Double(tokens)
      return role == .policy ? Amounts(flops: flops) : Amounts(flops: flops, verifierTokens: tokens)
    }
  }

  /// Reserves and numbers the calls, in order and before anything else happens.
  private func open(_ requests: [GenerationRequest], on terms: Terms) -> [Call] {
    var prompt = requests[0].prompt
    var promptDigest = Digest.of(prompt, model: terms.fingerprint)
    let perToken = terms.charge(tokens: 1, requests: 0)
    let perRequest = terms.charge(tokens: 0, requests: 1)
    var digests: [UInt64] = []
    var pays: [Bool] = []
    let demands = requests.map { request in
      if request.prompt != prompt {
        prompt = request.prompt
        promptDigest = Digest.of(prompt, model: terms.fingerprint)
      }
      digests.append(Digest.of(request, behind: promptDigest))
      pays.append(request.continuation.isEmpty && account.isNew(prompt: promptDigest.value))
      var fixed = perRequest
      if pays[pays.count - 1] { fixed += terms.promptCharge(tokens: promptTokens(prompt)) }
      return Ledger.Demand(fixed: fixed, unit: perToken, units: max(request.maximumTokens, 1))
    }
    let reservations = account.ledger.reserve(demands, in: account.id)
    return requests.indices.map { index in
      Call(
        request: requests[index], sequence: counter.next(), digest: digests[index],
        reservation: reservations[index], paysPrompt: pays[index])
    }
  }

  private func run(
    _ wave: [Granted], of calls: [Call], on terms: Terms
  ) async -> [(Int, Result<Generated, StrategyFailure>)] {
    var results: [(Int, Result<Generated, StrategyFailure>)] = []
    results.reserveCapacity(wave.count)
    var live: [Granted] = []
    live.reserveCapacity(wave.count)
    for granted in wave {
      let (sequence, digest) = (calls[granted.index].sequence, calls[granted.index].digest)
      if let record = run.journal.answer(path: path, sequence: sequence, digest: digest) {
        results.append((granted.index, settle(granted, of: calls, record, on: terms)))
      } else if isCancelled {
        account.ledger.settle(calls[granted.index].reservation, spent: .zero)
        results.append((granted.index, .failure(interruption)))
      } else {
        live.append(granted)
      }
    }
    guard !live.isEmpty else { return results }
    // Without a deadline nothing escapes from here, and nothing need be copied for it.
    guard deadline != nil else {
      await answer(live, of: calls, on: terms, &results)
      return results
    }
    return await untilDeadline { [live, results] in
      var results = results
      await answer(live, of: calls, on: terms, &results)
      return results
    }
  }

  /// Has the model answer the calls that no journal answers.
  private func answer(
    _ live: [Granted], of calls: [Call], on terms: Terms,
    _ results: inout [(Int, Result<Generated, StrategyFailure>)]
  ) async {
    var requests = live.map { calls[$0.index].request }
    for (index, granted) in live.enumerated() { requests[index].maximumTokens = max(granted.tokens, 1) }
    for await event in model.generate(requests) {
      switch event {
      case .delta: continue
      case .finished(let index, let completion):
        let beginning = requests[index].continuation.read(by: terms.fingerprint)
        let part = completion.continuation.part(behind: beginning)
        var paid = completion
        if let part { paid.continuation = part }
        var record = record(.completion(paid), live[index], of: calls)
        record.isWholeContinuation = part == nil
        let result = settle(live[index], of: calls, record, on: terms, whole: completion.continuation)
        results.append((live[index].index, result))
      case .failed(let index, let error, let partial):
        let answer = CallRecord.Answer.failure(error, partial?.usage ?? Usage())
        let record = record(answer, live[index], of: calls)
        results.append((live[index].index, settle(live[index], of: calls, record, on: terms)))
      }
    }
  }

  private func record(_ answer: CallRecord.Answer, _ granted: Granted, of calls: [Call]) -> CallRecord {
    CallRecord(digest: calls[granted.index].digest, answer: answer, isRationed: granted.isRationed)
  }

  /// Journals an answer, charges it and makes it a result. `whole` is the continuation of a completion if it is at hand.
  private func settle(
    _ granted: Granted, of calls: [Call], _ record: consuming CallRecord, on terms: Terms,
    whole: Continuation? = nil
  ) -> Result<Generated, StrategyFailure> {
    let usage: Usage
    let result: Result<Generated, StrategyFailure>
    switch record.answer {
    case .completion(var completion):
      usage = completion.usage
      if let whole {
        completion.continuation = whole
      } else if !record.isWholeContinuation {
        let beginning = calls[granted.index].request.continuation.read(by: terms.fingerprint)
        completion.continuation = beginning.followed(by: completion.continuation)
      }
      result = .success(Generated(completion, isRationed: granted.isRationed))
    case .failure(let error, let spent):
      usage = spent
      result = .failure(.model(error))
    case .scores, .verdicts, .stepScores, .critiques, .elsewhere:
      usage = Usage()
      result = .failure(.other("the journal holds another kind of answer here"))
    }
    var spent = terms.charge(tokens: usage.generatedTokens, requests: 1)
    if calls[granted.index].paysPrompt { spent += terms.promptCharge(tokens: usage.promptTokens) }
    record.charged = spent.spending
    run.log.append(Event(path: path, sequence: calls[granted.index].sequence, kind: .called(record)))
    account.add(usage, as: role)
    account.ledger.settle(calls[granted.index].reservation, spent: spent)
    return result
  }

  /// Cancels `body` when the wall clock ends the stage.
  func untilDeadline<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) async -> Value {
    guard let deadline else { return await body() }
    let task = Task(operation: body)
    let clock = Task {
      try await Task.sleep(until: deadline, clock: .continuous)
      task.cancel()
    }
    return await withTaskCancellationHandler {
      defer { clock.cancel() }
      return await task.value
    } onCancel: {
      task.cancel()
    }
  }

  /// Charges what a verifier or critic spent apart from calls through the context.
  func chargeOutsideCalls(_ usage: Usage) -> Spending {
    account.add(usage, as: role)
    guard usage != Usage() else { return Spending() }
    let spent: Amounts =
      switch role {
      case .policy: Amounts(tokens: usage.generatedTokens)
      case .verifier: Amounts(verifierTokens: usage.promptTokens + usage.generatedTokens)
      }
    let reservation = account.ledger.reserve(
      [Ledger.Demand(fixed: .zero, unit: .zero, units: 0)], in: account.id)
    account.ledger.settle(reservation[0], spent: spent)
    return spent.spending
  }

  /// The prompt's tokens; without a tokenizer the bound that no token is shorter than a byte.
  private func promptTokens(_ prompt: Prompt) -> Int {
    // Only limits on FLOPs and verifier tokens look at it.
    if model.description.capabilities.contains(.tokens), let tokens = try? model.encode(prompt) { return tokens.count }
    return prompt.messages.reduce(0) { $0 + $1.content.utf8.count + 8 }
  }
}
