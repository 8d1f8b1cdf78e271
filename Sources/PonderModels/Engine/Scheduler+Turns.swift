import PonderGeneration

// A fair share for concurrent callers. Prompts are computed and sequences admitted by turns: first callers that have
// nothing running, then those whose last turn is longest ago. When all places are taken, a caller that has nothing
// running gets the place of the youngest sequence of the caller that has most. Nothing is lost by it: the prefix cache
// keeps what the sequence computed, and it goes on from there.
extension Scheduler {
  /// Frees places for callers that have nothing running.
  mutating func makeWay() {
    guard running.count == limits.sequences, !waiting.isEmpty else { return }
    var counts = runningCounts()
    for caller in turns(counts, of: waiting.callers) where counts[caller] == nil {
      // By number where equal, so that nothing depends on the dictionary's order.
      guard let (richest, count) = counts.max(by: { ($0.value, $1.key.number) < ($1.value, $0.key.number) }), count > 1,
        let victim = running.last(where: { sequences[$0]?.caller == richest })
      else { return }
      guard nextToAdmit(of: caller) != nil else { continue }
      preempt(victim)
      counts[richest] = count - 1
    }
  }

  /// Gives what room there is to prompts, running or waiting, by turns.
  mutating func fill(_ batch: inout Batch, _ room: inout Int) {
    var started: Set<SequenceID> = []
    /// Callers for whom nothing can be done in this step.
    var passed: Set<Caller> = []
    var admits = true
    while room > 0 {
      let prefilling = running.filter { isPrefilling($0) && !started.contains($0) }
      var callers = prefilling.compactMap { sequences[$0]?.caller }
      if admits && running.count < limits.sequences { callers += waiting.callers }
      guard let caller = turns(runningCounts(), of: callers).first(where: { !passed.contains($0) }) else { return }
      if let id = prefilling.first(where: { sequences[$0]?.caller == caller }) {
        started.insert(id)
        if add(id, to: &batch, room: &room) { noteTurn(of: caller) }
      } else if let id = nextToAdmit(of: caller) {
        admit(id, &batch)
        started.insert(id)
        if add(id, to: &batch, room: &room) {
          noteTurn(of: caller)
        } else if running.contains(id) {
          // Too little room for a chunk.
          passed.insert(caller)
        } else {
          // No memory: the turn stays, so that those who need little cannot keep out those who need much.
          admits = false
        }
      } else {
        passed.insert(caller)
      }
    }
  }

  /// Each of `callers` once, whose turn it is first.
  private func turns(_ counts: [Caller: Int], of callers: [Caller]) -> [Caller] {
    Set(callers).sorted { a, b in
      (counts[a] == nil ? 0 : 1, lastTurns[a] ?? 0, a.number) < (counts[b] == nil ? 0 : 1, lastTurns[b] ?? 0, b.number)
    }
  }

  private func runningCounts() -> [Caller: Int] {
    running.reduce(into: [:]) { counts, id in
      if let caller = sequences[id]?.caller { counts[caller, default: 0] += 1 }
    }
  }

  /// The caller's first waiting sequence whose prefix nobody is about to compute.
  private func nextToAdmit(of caller: Caller) -> SequenceID? {
    let rivals = running.compactMap { sequences[$0] }.filter { $0.computed < $0.tokens.count }
    return waiting.sequences(of: caller).first { id in
      guard let sequence = sequences[id] else { return false }
      let prefix = sequence.tokens.prefix(sequence.firstOutput)
      var cached: Int?
      return !rivals.contains { rival in
        let next = rival.computed
        // The token that the rival computes next, before all those ahead of it: they seldom agree.
        guard next < prefix.count, prefix[next] == rival.tokens[next] else { return false }
        let common = PrefixTree.commonPrefix(prefix, rival.tokens[...])
        guard common > next else { return false }
        let known = cached ?? tree.matchedCount(sequence.tokens, limit: sequence.firstOutput)
        cached = known
        return common > known
      }
    }
  }
}
