import PonderGeneration

/// Decides which tokens of which sequences each step computes, and in which blocks of the cache.
///
/// A plain value: `schedule()` gives a batch, the caller computes it, `complete(_:)` notes that it is done, `append`
/// brings the tokens that were sampled. Sequences join as they arrive and leave when removed (continuous batching,
/// Orca 2022); long prompts are computed in chunks between the others' tokens. A sequence whose prefix another is about
/// to compute waits for it. When the cache is full the youngest sequence gives its blocks up and starts again later.
/// Callers take turns: see `Scheduler+Turns.swift`.
package struct Scheduler: Sendable {
  package struct Limits: Sendable {
    /// Tokens a step computes at most; chunks of prompts are cut to it.
    package var rowsPerStep = 256
    /// Sequences that run at once.
    package var sequences = 64

    package init(rowsPerStep: Int = 256, sequences: Int = 64) {
      self.rowsPerStep = rowsPerStep
      self.sequences = sequences
    }
  }

  /// Which positions' outputs a sequence is computed for.
  package enum Outputs: Sendable, Hashable {
    /// That of the last token, again and again: generation.
    case last
    /// Those of these positions, ascending; the sequence ends behind the last.
    case at([Int])
  }

  struct Sequence: Sendable {
    var tokens: [Token]
    var outputs: Outputs
    var caller: Caller
    var blocks: [KVBlockPool.Block] = []
    /// Tokens whose keys and values are in the blocks.
    var computed = 0
    /// The tree's node of the last whole block that the tree knows, and how many blocks that makes.
    var node = PrefixTree.root
    var knownBlocks = 0
    /// Tokens that the first admission found in the cache.
    var cachedTokens: Int?

    /// Where a cached prefix must end at the latest: this position has to be computed.
    var firstOutput: Int {
      switch outputs {
      case .last: tokens.count - 1
      case .at(let positions): positions.first ?? tokens.count - 1
      }
    }

    var isPrefilling: Bool { computed < tokens.count - 1 }
  }

  let limits: Limits
  private var pool: KVBlockPool
  private(set) var tree = PrefixTree()
  private(set) var sequences: [SequenceID: Sequence] = [:]
  var waiting = WaitingLine()
  /// In the order of admission.
  private(set) var running: [SequenceID] = []
  /// Turns so far, and each present caller's last; a new one queues behind the others.
  private var turnCount = 0
  private(set) var lastTurns: [Caller: Int] = [:]

  package init(blockCapacity: Int, limits: Limits = Limits()) {
    precondition(
      limits.sequences >= 1 && limits.rowsPerStep >= max(limits.sequences, KVBlockPool.tokensPerBlock),
      "a step of \(limits.rowsPerStep) rows for \(limits.sequences) sequences")
    self.limits = limits
    pool = KVBlockPool(capacity: blockCapacity)
  }

  /// Tokens that fit if a sequence has the cache to itself.
  package var tokenCapacity: Int { pool.capacity * KVBlockPool.tokensPerBlock }

  package var isIdle: Bool { sequences.isEmpty }

  /// How many prompt tokens of a sequence the cache had when it was first admitted.
  package func cachedTokens(of id: SequenceID) -> Int { sequences[id]?.cachedTokens ?? 0 }

  // MARK: - What comes in

  /// - Parameter caller: shares the engine with others by turns; its own sequences start in order.
  /// - Precondition: `tokens` is not empty and, with all that will be appended, fits in ``tokenCapacity``.
  package mutating func add(_ id: SequenceID, tokens: [Token], outputs: Outputs, caller: Caller = Caller(0)) {
    precondition(!tokens.isEmpty && tokens.count <= tokenCapacity, "\(tokens.count) of \(tokenCapacity) tokens")
    precondition(sequences[id] == nil, "sequence \(id.number) is there already")
    sequences[id] = Sequence(tokens: tokens, outputs: outputs, caller: caller)
    waiting.append(id, of: caller)
    lastTurns[caller] = lastTurns[caller] ?? turnCount
  }

  /// The token that was sampled from the last output.
  package mutating func append(_ token: Token, to id: SequenceID) {
    sequences[id]?.tokens.append(token)
  }

  /// Ends a sequence. What it computed stays findable until its blocks are needed.
  package mutating func remove(_ id: SequenceID) {
    guard let sequence = sequences[id] else { return }
    giveUpBlocks(of: id)
    sequences[id] = nil
    running.removeAll { $0 == id }
    waiting.remove(id, of: sequence.caller)
    if !sequences.values.contains(where: { $0.caller == sequence.caller }) { lastTurns[sequence.caller] = nil }
  }

  // MARK: - One step

  /// The next batch; empty only when there is nothing to do.
  package mutating func schedule() -> Batch {
    makeWay()
    var batch = Batch()
    var room = limits.rowsPerStep
    // Single tokens first: they keep every running answer moving while prompts fill what is left.
    for id in running where !isPrefilling(id) && room > 0 { add(id, to: &batch, room: &room) }
    fill(&batch, &room)
    return batch
  }

  /// Notes that a batch has been computed.
  package mutating func complete(_ batch: Batch) {
    for slice in batch.slices {
      guard var sequence = sequences[slice.id] else { continue }
      sequence.computed = slice.position + slice.tokens.count
      if case .at(let positions) = sequence.outputs {
        sequence.outputs = .at(Array(positions.dropFirst(slice.outputs.count)))
      }
      sequences[slice.id] = sequence
      // The end of a prompt is made known although its block is not full: the next sample of it goes on from there.
      index(slice.id, withTail: slice.tokens.count > 1)
    }
  }

  // MARK: - Admission

  /// Gives the sequence the blocks of its longest cached prefix.
  mutating func admit(_ id: SequenceID, _ batch: inout Batch) {
    guard var sequence = sequences[id] else { return }
    let match = tree.match(sequence.tokens, limit: sequence.firstOutput)
    for block in match.blocks { pool.retain(block) }
    sequence.blocks = match.blocks
    sequence.computed = match.blocks.count * KVBlockPool.tokensPerBlock
    sequence.node = match.node
    sequence.knownBlocks = match.blocks.count
    if let partial = match.partial {
      // The source may be evicted for the sake of the copy itself: its content stays until the copies are done.
      if let block = allocate() {
        if block != partial.block {
          batch.copies.append(BlockCopy(source: partial.block, destination: block, count: partial.count))
        }
        sequence.blocks.append(block)
        sequence.computed += partial.count
      }
    }
    sequence.cachedTokens = sequence.cachedTokens ?? sequence.computed
    sequences[id] = sequence
    waiting.remove(id, of: sequence.caller)
    running.append(id)
  }

  // MARK: - Blocks

  /// Adds the sequence's next tokens to the batch if blocks can be had for them.
  /// Takes as many tokens of a sequence as there is room for into the batch. False when no token found a place.
  @discardableResult
  mutating func add(_ id: SequenceID, to batch: inout Batch, room: inout Int) -> Bool {
    guard let sequence = sequences[id], running.contains(id), sequence.computed < sequence.tokens.count else {
      return false
    }
    let start = sequence.computed
    var end = min(sequence.tokens.count, start + room)
    // A chunk ends where a block does, so that whoever waits for it finds all of it.
    if end < sequence.tokens.count { end -= end % KVBlockPool.tokensPerBlock }
    guard end > start, reserve(KVBlockPool.blocks(for: end), for: id, sparing: batch),
      let blocks = sequences[id]?.blocks
    else { return false }
    let outputs: [Int] =
      switch sequence.outputs {
      case .last: end == sequence.tokens.count ? [end - 1 - start] : []
      case .at(let positions): positions.prefix { $0 < end }.map { $0 - start }
      }
    batch.slices.append(
      SequenceSlice(
        id: id, tokens: Array(sequence.tokens[start..<end]), position: start, blocks: blocks,
        outputs: outputs))
    room -= end - start
    return true
  }

  /// Brings a sequence to `count` blocks: from the free ones, from forgotten prefixes, or from younger sequences.
  private mutating func reserve(_ count: Int, for id: SequenceID, sparing batch: Batch) -> Bool {
    while let sequence = sequences[id], sequence.blocks.count < count {
      if let block = allocate() {
        sequences[id]?.blocks.append(block)
        continue
      }
      let scheduled = Set(batch.slices.map(\.id))
      guard let victim = running.last(where: { !scheduled.contains($0) }) else { return false }
      preempt(victim)
      if victim == id { return false }
    }
    return true
  }

  /// A free block, forgetting the prefixes unused for longest when there is none: several at once, to search rarely.
  private mutating func allocate() -> KVBlockPool.Block? {
    if pool.freeCount == 0 { tree.evict(until: max(1, pool.capacity / 64), in: &pool) }
    return pool.allocate()
  }

  mutating func preempt(_ id: SequenceID) {
    guard let sequence = sequences[id] else { return }
    giveUpBlocks(of: id)
    running.removeAll { $0 == id }
    waiting.prepend(id, of: sequence.caller)
  }

  private mutating func giveUpBlocks(of id: SequenceID) {
    index(id, withTail: true)
    guard var sequence = sequences[id] else { return }
    for block in sequence.blocks { pool.release(block) }
    sequence.blocks = []
    sequence.computed = 0
    sequence.node = PrefixTree.root
    sequence.knownBlocks = 0
    sequences[id] = sequence
  }

  /// Makes the computed blocks of a sequence known to the tree; the last one, not yet full, if `withTail`.
  private mutating func index(_ id: SequenceID, withTail: Bool) {
    guard var sequence = sequences[id] else { return }
    let size = KVBlockPool.tokensPerBlock
    while (sequence.knownBlocks + 1) * size <= sequence.computed {
      let number = sequence.knownBlocks
      let tokens = sequence.tokens[number * size..<(number + 1) * size]
      guard let (node, block) = tree.insert(tokens, block: sequence.blocks[number], under: sequence.node, in: &pool)
      else { preconditionFailure("no block is longer than a whole one") }
      if block != sequence.blocks[number] {
        // Another sequence computed the same: one copy is enough.
        pool.retain(block)
        pool.release(sequence.blocks[number])
        sequence.blocks[number] = block
      }
      sequence.node = node
      sequence.knownBlocks += 1
    }
    if withTail, sequence.computed > sequence.knownBlocks * size {
      tree.insert(
        sequence.tokens[sequence.knownBlocks * size..<sequence.computed],
        block: sequence.blocks[sequence.knownBlocks], under: sequence.node, in: &pool)
    }
    sequences[id] = sequence
  }

  mutating func noteTurn(of caller: Caller) {
    turnCount += 1
    lastTurns[caller] = turnCount
  }

  func isPrefilling(_ id: SequenceID) -> Bool { sequences[id]?.isPrefilling ?? false }

  // MARK: - For tests

  package var usedBlocks: Int { pool.usedCount }

  /// Traps unless every block is counted as often as it is held and every sequence has a place.
  package func checkInvariants() {
    tree.checkInvariants()
    pool.checkInvariants(holders: tree.blocks + sequences.values.flatMap(\.blocks))
    let line = waiting.all
    precondition(Set(running).isDisjoint(with: line), "a sequence runs and waits")
    precondition(Set(running).union(line) == Set(sequences.keys), "a sequence neither runs nor waits")
    precondition(running.count + line.count == sequences.count, "a sequence is queued twice")
    precondition(running.count <= limits.sequences, "\(running.count) sequences run at once")
    for id in line { precondition(sequences[id]?.blocks.isEmpty ?? false, "a waiting sequence holds blocks") }
    precondition(Set(lastTurns.keys) == Set(sequences.values.map(\.caller)), "turns of callers that are not there")
    for sequence in sequences.values {
      precondition(
        sequence.blocks.count >= KVBlockPool.blocks(for: sequence.computed), "computed tokens have no block")
      precondition(sequence.computed <= sequence.tokens.count, "computed more than there is")
    }
  }
}
