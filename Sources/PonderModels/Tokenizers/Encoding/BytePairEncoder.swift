import HeapModule

/// Byte-pair encoding of one word: start from its smallest symbols, join the neighbours whose merge has the lowest
/// rank, leftmost first, until none merges. Sennrich et al. 2016 (arXiv:1508.07909).
///
/// One encoder serves every format: byte-level BPE and tiktoken start from bytes, SentencePiece from characters.
/// Immutable, and a class so that handing it on counts one reference instead of one per table.
final class BytePairEncoder: Sendable {
  /// What a word is cut into before any merge.
  enum Symbols: Sendable {
    case bytes
    /// Characters; one that is no token becomes its bytes' tokens, or the unknown token.
    case characters(CharacterFallback)
  }

  struct CharacterFallback: Sendable {
    /// The token of each byte, empty if the vocabulary has none.
    var byteTokens: [Int32]
    var unknown: Int32?
    /// Whether neighbouring unknown characters become one token.
    var fusesUnknown: Bool
  }

  let vocabulary: Vocabulary
  /// Tokens that are in the vocabulary; larger symbols stand for characters that only occur inside of tokens.
  let tokenCount: Int
  let merges: MergeTable
  let symbols: Symbols
  /// Whether a word that is a token is that token, whatever the merges say (tiktoken, `ignore_merges`).
  let prefersWholeWords: Bool
  /// The symbol of each single byte, -1 where it is no token.
  private let byteSymbols: [Int32]

  init(
    vocabulary: Vocabulary, tokenCount: Int, merges: MergeTable, symbols: Symbols, prefersWholeWords: Bool
  ) {
    self.vocabulary = vocabulary
    self.tokenCount = tokenCount
    self.merges = merges
    self.symbols = symbols
    self.prefersWholeWords = prefersWholeWords
    byteSymbols = (0...255).map { vocabulary.id(of: CollectionOfOne(UInt8($0))) }
  }

  /// Appends the tokens of `word`, valid UTF-8 (byte symbols: any bytes).
  @inline(__always)
  func encode(_ word: UnsafeBufferPointer<UInt8>, cache: inout WordCache, into output: inout [Int32]) {
    guard !word.isEmpty else { return }
    if word.count > WordCache.longestWord {
      encodeUncached(word, into: &output)
      return
    }
    let hash = ByteHash.hash(word)
    if cache.append(tokensOf: word, hash: hash, to: &output) { return }
    let start = output.count
    encodeUncached(word, into: &output)
    cache.insert(word, hash: hash, tokens: output[start...])
  }

  private func encodeUncached(_ word: UnsafeBufferPointer<UInt8>, into output: inout [Int32]) {
    if prefersWholeWords {
      let whole = vocabulary.id(of: word)
      if whole >= 0 {
        append(whole, to: &output)
        return
      }
    }
    withUnsafeTemporaryAllocation(of: Symbol.self, capacity: word.count) { symbols in
      let count = start(word, in: symbols)
      let merged = UnsafeMutableBufferPointer(rebasing: symbols[..<count])
      // Scanning for the minimum is quadratic and wins for as long as the symbols fit a few cache lines.
      let left = count <= 96 ? mergeByScanning(merged) : mergeByHeap(merged)
      for symbol in merged[..<left] { append(symbol.token, to: &output) }
    }
  }

  private func append(_ token: Int32, to output: inout [Int32]) {
    if Int(token) < tokenCount {
      output.append(token)
    } else {
      fallBack(vocabulary.bytes(of: token)) { output.append($0) }
    }
  }

  // MARK: - The first symbols

  private struct Symbol {
    var token: Int32
    /// The merge with the next symbol.
    var merge: MergeTable.Packed
  }

  /// Fills `symbols` with the word's first symbols and returns how many there are: never more than bytes.
  private func start(
    _ word: UnsafeBufferPointer<UInt8>, in symbols: UnsafeMutableBufferPointer<Symbol>
  ) -> Int {
    var count = 0
    func add(_ token: Int32) {
      symbols.initializeElement(at: count, to: Symbol(token: token, merge: MergeTable.none))
      count += 1
    }
    switch self.symbols {
    case .bytes:
      for byte in word where byteSymbols[Int(byte)] >= 0 { add(byteSymbols[Int(byte)]) }
    case .characters(let fallback):
      var position = 0
      while position < word.count {
        let end = min(position + UTF8Text.length(startingWith: word[position]), word.count)
        let character = UnsafeBufferPointer(rebasing: word[position..<end])
        let token = end - position == 1 ? byteSymbols[Int(word[position])] : vocabulary.id(of: character)
        if token >= 0 {
          add(token)
        } else {
          fallBack(character) { token in
            let repeats = token == fallback.unknown && count > 0 && symbols[count - 1].token == token
            if !(repeats && fallback.fusesUnknown) { add(token) }
          }
        }
        position = end
      }
    }
    return count
  }

  /// The tokens of a character that has none.
  private func fallBack(_ character: some Collection<UInt8>, _ body: (Int32) -> Void) {
    guard case .characters(let fallback) = symbols else { return }
    if !fallback.byteTokens.isEmpty {
      for byte in character { body(fallback.byteTokens[Int(byte)]) }
    } else if let unknown = fallback.unknown {
      body(unknown)
    }
  }

  // MARK: - Merging

  private func mergeByScanning(_ symbols: UnsafeMutableBufferPointer<Symbol>) -> Int {
    var count = symbols.count
    guard count > 1 else { return count }
    for i in 0..<count - 1 { symbols[i].merge = merges.merge(symbols[i].token, symbols[i + 1].token) }
    while true {
      var best = MergeTable.none
      var at = 0
      for i in 0..<count - 1 where symbols[i].merge &>> 32 < best &>> 32 {
        best = symbols[i].merge
        at = i
      }
      if best == MergeTable.none { return count }
      symbols[at].token = MergeTable.token(of: best)
      for i in at + 1..<count - 1 { symbols[i] = symbols[i + 1] }
      count -= 1
      symbols[at].merge =
        at + 1 < count ? merges.merge(symbols[at].token, symbols[at + 1].token) : MergeTable.none
      if at > 0 { symbols[at - 1].merge = merges.merge(symbols[at - 1].token, symbols[at].token) }
      if count == 1 { return 1 }
    }
  }

  /// A merge that was possible when it was queued; stale once either symbol has changed.
  private struct Candidate: Comparable {
    var merge: MergeTable.Packed
    var position: Int
    var left: Int32
    var right: Int32

    static func < (a: Candidate, b: Candidate) -> Bool {
      let (rankA, rankB) = (a.merge &>> 32, b.merge &>> 32)
      return rankA != rankB ? rankA < rankB : a.position < b.position
    }
  }

  /// The same in n log n, over a doubly linked list.
  private func mergeByHeap(_ symbols: UnsafeMutableBufferPointer<Symbol>) -> Int {
    let count = symbols.count
    var next = Array(1...count)
    var previous = Array(-1..<count - 1)
    var isAlive = [Bool](repeating: true, count: count)
    var queue: [Candidate] = []

    func candidate(at position: Int) -> Candidate? {
      guard next[position] < count else { return nil }
      let (left, right) = (symbols[position].token, symbols[next[position]].token)
      let merge = merges.merge(left, right)
      return merge == MergeTable.none
        ? nil : Candidate(merge: merge, position: position, left: left, right: right)
    }

    for position in 0..<count {
      if let candidate = candidate(at: position) { queue.append(candidate) }
    }
    var heap = Heap(queue)
    while let best = heap.popMin() {
      let position = best.position
      guard isAlive[position], symbols[position].token == best.left, next[position] < count,
        symbols[next[position]].token == best.right
      else { continue }
      let gone = next[position]
      symbols[position].token = MergeTable.token(of: best.merge)
      isAlive[gone] = false
      next[position] = next[gone]
      if next[gone] < count { previous[next[gone]] = position }
      if let candidate = candidate(at: position) { heap.insert(candidate) }
      if previous[position] >= 0, let candidate = candidate(at: previous[position]) { heap.insert(candidate) }
    }
    var left = 0
    for position in 0..<count where isAlive[position] {
      symbols[left] = symbols[position]
      left += 1
    }
    return left
  }
}
