import PonderGeneration

extension RunContext {
  /// Runs requests on this context's model, in one batch where the budget allows it.
  ///
  /// Results are in the order of the requests; a failed, refused or cancelled request leaves the others as they are. A
  /// request may be granted fewer tokens than it asks for; see ``Generated/isRationed``. Called by one task at a time.
  public func generate(_ requests: [GenerationRequest]) async -> [Result<Generated, StrategyFailure>] {
    guard !requests.isEmpty else { return [] }
    let calls = open(requests)
    let reservations = calls.map(\.reservation)
    var results = [Result<Generated, StrategyFailure>?](repeating: nil, count: calls.count)
    await withTaskGroup(of: [(Int, Result<Generated, StrategyFailure>)].self) { group in
      var next = 0
      while next < calls.count {
        // A wave: the calls that may start now. Later ones wait for what earlier ones return.
        let decisions = await account.ledger.decisions(on: reservations[next...])
        var wave: [Granted] = []
        for (index, decision) in zip(next..., decisions) {
          switch decision {
          case .granted(let units): wave.append(Granted(index: index, call: calls[index], tokens: units))
          case .denied(let dimension):
            account.ledger.settle(calls[index].reservation, spent: .zero)
            results[index] = .failure(.outOfBudget(dimension))
          }
        }
        next += decisions.count
        if next == calls.count, wave.count == calls.count {
          // The usual case, all at once, needs no further task.
          for (index, result) in await run(wave) { results[index] = result }
        } else if !wave.isEmpty {
          group.addTask { [wave] in await run(wave) }
        }
      }
      for await part in group { for (index, result) in part { results[index] = result } }
    }
    return results.map { $0 ?? .failure(.other("the call has no result")) }
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

  private struct Granted {
    var index: Int
    var call: Call
    var tokens: Int
    var isRationed: Bool { tokens < call.request.maximumTokens }
  }

  /// Reserves and numbers the calls, in order and before anything else happens.
  private func open(_ requests: [GenerationRequest]) -> [Call] {
    let fingerprint = model.description.fingerprint
    let digests = requests.map { Digest.of($0, model: fingerprint) }
    let pays = requests.map { request in
      guard request.continuation.isEmpty else { return false }
      var digest = Digest()
      digest.add(fingerprint)
      digest.add(request.prompt)
      return account.isNew(prompt: digest.value)
    }
    let perToken = charge(tokens: 1, requests: 0)
    let demands = zip(requests, pays).map { request, pays in
      var fixed = charge(tokens: 0, requests: 1)
      if pays { fixed += promptCharge(tokens: promptTokens(request.prompt)) }
      return Ledger.Demand(fixed: fixed, unit: perToken, units: max(request.maximumTokens, 1))
    }
    let reservations = account.ledger.reserve(demands, in: account.id)
    return requests.indices.map { index in
      Call(
        request: requests[index], sequence: counter.next(), digest: digests[index],
        reservation: reservations[index], paysPrompt: pays[index])
    }
  }

  private func run(_ wave: [Granted]) async -> [(Int, Result<Generated, StrategyFailure>)] {
    var results: [(Int, Result<Generated, StrategyFailure>)] = []
    var live: [Granted] = []
    for granted in wave {
      let call = granted.call
      if let record = run.journal.answer(path: path, sequence: call.sequence, digest: call.digest) {
        results.append((granted.index, settle(granted, record)))
      } else if isCancelled {
        account.ledger.settle(call.reservation, spent: .zero)
        results.append((granted.index, .failure(interruption)))
      } else {
        live.append(granted)
      }
    }
    guard !live.isEmpty else { return results }
    return await untilDeadline { [live, results] in
      var results = results
      var requests = live.map(\.call.request)
      for (index, granted) in live.enumerated() { requests[index].maximumTokens = max(granted.tokens, 1) }
      for await event in model.generate(requests) {
        switch event {
        case .delta: continue
        case .finished(let index, var completion):
          let beginning = requests[index].continuation.read(by: model.description.fingerprint)
          let part = completion.continuation.part(behind: beginning)
          completion.continuation = part ?? completion.continuation
          var record = record(.completion(completion), live[index])
          record.isWholeContinuation = part == nil
          results.append((live[index].index, settle(live[index], record)))
        case .failed(let index, let error, let partial):
          let answer = CallRecord.Answer.failure(error, partial?.usage ?? Usage())
          results.append((live[index].index, settle(live[index], record(answer, live[index]))))
        }
      }
      return results
    }
  }

  private func record(_ answer: CallRecord.Answer, _ granted: Granted) -> CallRecord {
    CallRecord(digest: granted.call.digest, answer: answer, isRationed: granted.isRationed)
  }

  /// Journals an answer, charges it and makes it a result.
  private func settle(_ granted: Granted, _ record: CallRecord) -> Result<Generated, StrategyFailure> {
    let call = granted.call
    let usage: Usage
    let result: Result<Generated, StrategyFailure>
    switch record.answer {
    case .completion(var completion):
      usage = completion.usage
      if !record.isWholeContinuation {
        let beginning = call.request.continuation.read(by: model.description.fingerprint)
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
    var spent = charge(tokens: usage.generatedTokens, requests: 1)
    if call.paysPrompt { spent += promptCharge(tokens: usage.promptTokens) }
    var record = record
    record.charged = spent.spending
    run.log.append(Event(path: path, sequence: call.sequence, kind: .called(record)))
    account.add(usage, as: role)
    account.ledger.settle(call.reservation, spent: spent)
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
    guard usage != Usage() else { return Spending() }
    let spent: Amounts =
      switch role {
      case .policy: Amounts(tokens: usage.generatedTokens)
      case .verifier: Amounts(verifierTokens: usage.promptTokens + usage.generatedTokens)
      }
    account.add(usage, as: role)
    let reservation = account.ledger.reserve(
      [Ledger.Demand(fixed: .zero, unit: .zero, units: 0)], in: account.id)
    account.ledger.settle(reservation[0], spent: spent)
    return spent.spending
  }

  private func charge(tokens: Int, requests: Int) -> Amounts {
    let flops = 2 * Double(model.description.parameterCount) * Double(tokens)
    return switch role {
    case .policy: Amounts(tokens: tokens, samples: requests, flops: flops)
    case .verifier: Amounts(flops: flops, verifierTokens: tokens)
    }
  }

  private func promptCharge(tokens: Int) -> Amounts {
    let flops = 2 * Double(model.description.parameterCount) * Double(tokens)
    return role == .policy ? Amounts(flops: flops) : Amounts(flops: flops, verifierTokens: tokens)
  }

  /// The prompt's tokens; without a tokenizer the bound that no token is shorter than a byte.
  private func promptTokens(_ prompt: Prompt) -> Int {
    // Only limits on FLOPs and verifier tokens look at it.
    if model.description.capabilities.contains(.tokens), let tokens = try? model.encode(prompt) { return tokens.count }
    return prompt.messages.reduce(0) { $0 + $1.content.utf8.count + 8 }
  }
}

extension Continuation {
  /// This one as the model with `fingerprint` reads it.
  fileprivate func read(by fingerprint: String) -> Continuation {
    // Its own tokens, or none at all.
    if self.fingerprint == nil || self.fingerprint == fingerprint { return self }
    guard let pieces = try? pieces(for: fingerprint) else { return self }
    return Continuation.empty.followed(by: pieces[...], fingerprint: fingerprint)
  }

  /// What stands behind `beginning`, or `nil` if this does not begin so.
  fileprivate func part(behind beginning: Continuation) -> Continuation? {
    guard pieces.starts(with: beginning.pieces) else { return nil }
    return Continuation.empty.followed(by: pieces.dropFirst(beginning.pieces.count), fingerprint: fingerprint)
  }

  /// This one and then `part`.
  fileprivate func followed(by part: Continuation) -> Continuation {
    followed(by: part.pieces[...], fingerprint: part.fingerprint)
  }

  private func followed(by pieces: ArraySlice<Piece>, fingerprint: String?) -> Continuation {
    pieces.reduce(self) { whole, piece in
      switch piece {
      case .text(let text): whole.appending(text: text)
      case .tokens(let tokens, let text):
        // Never foreign: the pieces are those of one model.
        (try? whole.appending(tokens: tokens, text: text, fingerprint: fingerprint ?? "")) ?? whole
      }
    }
  }
}
