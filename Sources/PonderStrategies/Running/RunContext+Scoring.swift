import PonderGeneration

extension RunContext {
  /// Has a scoring model read requests, in one batch where the budget allows it.
  ///
  /// Charged as verifier tokens: all tokens of a request whose first segment is new to the account; otherwise those from
  /// the first segment with captures on, since what stands before was charged when it was new. What a call needs is
  /// reserved from ``PonderGeneration/ScoringModel/tokenBound(of:)``. Called by one task at a time.
  public func score(
    _ requests: [ScoringRequest], on model: any ScoringModel
  ) async -> [Result<ScoringResult, StrategyFailure>] {
    guard !requests.isEmpty else { return [] }
    let flopsPerToken = 2 * Double(model.description.parameterCount)
    func charge(_ tokens: Int) -> Amounts { Amounts(flops: flopsPerToken * Double(tokens), verifierTokens: tokens) }
    let fingerprint = model.description.fingerprint
    let firstCharged = requests.map { request in
      var digest = Digest()
      digest.add(fingerprint)
      if let first = request.segments.first { digest.add(first.content) }
      let isNew = account.isNew(prompt: digest.value)
      return isNew ? 0 : request.segments.firstIndex { !$0.captures.isEmpty } ?? 0
    }
    let demands = zip(requests, firstCharged).map { request, first in
      let bound = model.tokenBound(of: ScoringRequest(Array(request.segments[first...])))
      return Ledger.Demand(fixed: charge(bound), unit: .zero, units: 0)
    }
    let reservations = account.ledger.reserve(demands, in: account.id)
    let calls = requests.map { (sequence: counter.next(), digest: Digest.of($0, model: fingerprint)) }
    var results = [Result<ScoringResult, StrategyFailure>?](repeating: nil, count: requests.count)

    func settle(_ index: Int, _ record: CallRecord) {
      var spent = Amounts.zero
      switch record.answer {
      case .scores(let result):
        spent = charge(result.segments.dropFirst(firstCharged[index]).reduce(0) { $0 + $1.tokens.count })
        account.add(result.usage, as: .verifier)
        results[index] = .success(result)
      case .failure(let error, _): results[index] = .failure(.model(error))
      case .completion, .verdicts, .stepScores, .critiques, .elsewhere:
        results[index] = .failure(.other("the journal holds another kind of answer here"))
      }
      var record = record
      record.charged = spent.spending
      run.log.append(Event(path: path, sequence: calls[index].sequence, kind: .called(record)))
      account.ledger.settle(reservations[index], spent: spent)
    }

    var next = 0
    while next < requests.count {
      let decisions = await account.ledger.decisions(on: reservations[next...])
      var live: [Int] = []
      for (index, decision) in zip(next..., decisions) {
        if case .denied(let dimension) = decision {
          account.ledger.settle(reservations[index], spent: .zero)
          results[index] = .failure(.outOfBudget(dimension))
        } else if let record = run.journal.answer(
          path: path, sequence: calls[index].sequence, digest: calls[index].digest)
        {
          settle(index, record)
        } else if isCancelled {
          account.ledger.settle(reservations[index], spent: .zero)
          results[index] = .failure(interruption)
        } else {
          live.append(index)
        }
      }
      next += decisions.count
      guard !live.isEmpty else { continue }
      let batch = live.map { requests[$0] }
      let answers = await untilDeadline { await model.score(batch) }
      for (place, index) in live.enumerated() {
        let answer = place < answers.count ? answers[place] : .failure(.failed("the model gave no result"))
        switch answer {
        case .success(let result): settle(index, CallRecord(digest: calls[index].digest, answer: .scores(result)))
        case .failure(let error):
          settle(index, CallRecord(digest: calls[index].digest, answer: .failure(error, Usage())))
        }
      }
    }
    return results.map { $0 ?? .failure(.other("the call has no result")) }
  }
}
