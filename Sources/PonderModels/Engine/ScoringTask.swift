import PonderGeneration

/// One ``ScoringRequest`` while it runs: reads captures off the positions it marks.
package struct ScoringTask: EngineTask {
  /// The tokens of one segment and what is wanted of it.
  package struct Segment: Sendable {
    package var tokens: [Token]
    package var captures: [ScoringRequest.Capture]
    /// Counted from the segment's first token, each below its count.
    package var positions: [Int]

    package init(tokens: [Token], captures: [ScoringRequest.Capture], positions: [Int]) {
      self.tokens = tokens
      self.captures = captures
      self.positions = positions
    }
  }

  /// Something to be read off a position.
  private enum Reading: Sendable {
    case logProbability(segment: Int, offset: Int, of: Token)
    case capture(ScoringRequest.Capture, segment: Int, mark: Int)
  }

  package let tokens: [Token]
  package let outputs: Scheduler.Outputs
  package var cachedTokens = 0
  private var readings: [Int: [Reading]] = [:]
  private var open: Int
  /// Marked positions of each segment.
  private let marks: [Int]
  private var result: ScoringResult
  private let totalTokens: Int
  private let completion: @Sendable (Result<ScoringResult, GenerationError>) -> Void

  /// - Precondition: the segments hold at least one token.
  package init(
    _ segments: [Segment], completion: @escaping @Sendable (Result<ScoringResult, GenerationError>) -> Void
  ) {
    var all: [Token] = []
    result = ScoringResult(segments: [], usage: Usage())
    marks = segments.map(\.positions.count)
    for (number, segment) in segments.enumerated() {
      var entry = ScoringResult.Segment(tokens: segment.tokens)
      for capture in segment.captures {
        if capture == .logProbabilities {
          entry.logProbabilities = [Float](repeating: 0, count: segment.tokens.count)
          for (offset, token) in segment.tokens.enumerated() where all.count + offset > 0 {
            readings[all.count + offset - 1, default: []].append(
              .logProbability(segment: number, offset: offset, of: token))
          }
          continue
        }
        entry.prepare(capture, marks: segment.positions.count)
        for (mark, position) in segment.positions.enumerated() {
          readings[all.count + position, default: []].append(.capture(capture, segment: number, mark: mark))
        }
      }
      result.segments.append(entry)
      all += segment.tokens
    }
    precondition(!all.isEmpty, "nothing to read")
    // Even where all that is wanted is the log-probability of a text's first token, which is none.
    if readings.isEmpty { readings[0] = [] }
    let positions = readings.keys.sorted()
    totalTokens = all.count
    // Nothing behind the last position that is read has to be computed.
    tokens = Array(all.prefix((positions.last ?? 0) + 1))
    outputs = .at(positions)
    open = positions.count
    self.completion = completion
  }

  package var maximumLength: Int { tokens.count }

  /// More logits than this are read off a whole row rather than computed one by one.
  private static let fewTokens = 16

  package func needsLogits(at position: Int) -> Bool {
    readings[position]?.contains { reading in
      switch reading {
      case .logProbability, .capture(.entropy, _, _), .capture(.topTokens, _, _),
        .capture(.divergenceFromUniform, _, _):
        true
      case .capture(.logits(let tokens), _, _): tokens.count > Self.fewTokens
      case .capture: false
      }
    } ?? false
  }

  package mutating func receive(_ output: PositionOutput, model: any TokenModel) -> TaskProgress {
    do throws(GenerationError) {
      let normalizer = output.logits.isEmpty ? nil : try LogProbabilities(output.logits, at: output.position)
      for reading in readings[output.position] ?? [] {
        switch reading {
        case .logProbability(let segment, let offset, let token):
          result.segments[segment].logProbabilities[offset] =
            normalizer?.logProbability(ofLogit: output.logits[Int(token)]) ?? 0
        case .capture(let capture, let segment, let mark):
          try result.segments[segment].read(
            capture, mark: mark, of: marks[segment], output, normalizer, model)
        }
      }
    } catch {
      end(.failed(error))
      return .finished
    }
    open -= 1
    guard open == 0 else { return .next }
    result.usage = Usage(promptTokens: totalTokens, cachedPromptTokens: cachedTokens)
    completion(.success(result))
    return .finished
  }

  package mutating func end(_ reason: TaskEnd) {
    switch reason {
    case .cancelled: completion(.failure(.failed("the scoring was cancelled")))
    case .failed(let error): completion(.failure(error))
    }
  }
}

extension ScoringResult.Segment {
  fileprivate mutating func prepare(_ capture: ScoringRequest.Capture, marks: Int) {
    switch capture {
    case .logProbabilities: break
    case .logits: logits = Array(repeating: [], count: marks)
    case .head: head = Array(repeating: [], count: marks)
    case .hiddenState: hiddenStates = Array(repeating: [], count: marks)
    case .meanHiddenState: break
    case .entropy: entropies = Array(repeating: 0, count: marks)
    case .divergenceFromUniform: divergences = Array(repeating: 0, count: marks)
    case .topTokens: topTokens = Array(repeating: [], count: marks)
    }
  }

  fileprivate mutating func read(
    _ capture: ScoringRequest.Capture, mark: Int, of marks: Int, _ output: PositionOutput,
    _ normalizer: LogProbabilities?, _ model: any TokenModel
  ) throws(GenerationError) {
    guard let hidden = output.hidden.baseAddress else { return }
    func finite(_ values: [Float], _ what: String) throws(GenerationError) -> [Float] {
      guard values.allSatisfy(\.isFinite) else { throw .nonFiniteOutput("\(what) at position \(output.position)") }
      return values
    }
    switch capture {
    case .logProbabilities: break
    case .logits(let tokens):
      logits[mark] = try finite(
        output.logits.isEmpty ? model.logits(hidden, of: tokens) : tokens.map { output.logits[Int($0)] }, "a logit")
    case .head: head[mark] = try finite(model.headOutputs(hidden), "the head's output")
    case .hiddenState: hiddenStates[mark] = try finite(Array(output.hidden), "the hidden state")
    case .meanHiddenState:
      let state = try finite(Array(output.hidden), "the hidden state")
      if meanHiddenState.isEmpty { meanHiddenState = Array(repeating: 0, count: state.count) }
      // Positions come in ascending order, so the sum is always the same.
      for index in state.indices { meanHiddenState[index] += state[index] / Float(marks) }
    case .entropy: entropies[mark] = normalizer?.entropy(of: output.logits) ?? 0
    case .divergenceFromUniform:
      let divergence = normalizer?.divergenceFromUniform(of: output.logits) ?? 0
      divergences[mark] = try finite([divergence], "the divergence from uniform")[0]
    case .topTokens(let count):
      topTokens[mark] = likeliestTokens(count, output.logits, normalizer)
    }
  }
}

private func likeliestTokens(
  _ count: Int, _ logits: UnsafeMutableBufferPointer<Float>, _ normalizer: LogProbabilities?
) -> [ScoringResult.TokenLogProbability] {
  topTokens(count, of: logits).map { index in
    ScoringResult.TokenLogProbability(
      token: Token(index), logProbability: normalizer?.logProbability(ofLogit: logits[index]) ?? 0)
  }
}
