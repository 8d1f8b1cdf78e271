import PonderGeneration

/// A scoring model that reads off what a closure says. One token is one byte of UTF-8.
///
/// ```swift
/// let rewardModel = ClosureScoringModel { text in text.contains("4") ? [2] : [-2] }
/// ```
public struct ClosureScoringModel: ScoringModel {
  /// What the model says after reading a text.
  public struct Outputs: Sendable, Hashable, ExpressibleByArrayLiteral {
    /// Of the reward or classification head.
    public var head: [Float]
    /// Of each token as the next one; 0 where nothing is said.
    public var logits: [Token: Float]
    /// The last hidden state.
    public var hiddenState: [Float]

    /// Makes outputs.
    public init(head: [Float] = [], logits: [Token: Float] = [:], hiddenState: [Float] = []) {
      (self.head, self.logits, self.hiddenState) = (head, logits, hiddenState)
    }

    /// Of the head alone.
    public init(arrayLiteral head: Float...) { self.init(head: head) }
  }

  /// Says that the model can read off whatever is asked.
  public let description: ModelDescription
  private let outputs: @Sendable (String) async -> Result<Outputs, GenerationError>

  /// Makes a model that always answers. The closure sees all text up to and including the marked position.
  public init(
    name: String = "scoring closure", parameterCount: Int = 1_000_000,
    outputs: @escaping @Sendable (String) async -> Outputs
  ) {
    self.init(name: name, parameterCount: parameterCount, result: { .success(await outputs($0)) })
  }

  /// Makes a model that may fail.
  public init(
    name: String = "scoring closure", parameterCount: Int = 1_000_000,
    result: @escaping @Sendable (String) async -> Result<Outputs, GenerationError>
  ) {
    description = ModelDescription(
      name: name, fingerprint: name, parameterCount: parameterCount, contextLength: 1 << 20, vocabularySize: 256,
      capabilities: [.tokens, .tokenScores, .head, .hiddenStates])
    outputs = result
  }

  /// Reads the requests one after the other; a cancelled caller gets errors for the rest.
  public func score(_ requests: [ScoringRequest]) async -> [Result<ScoringResult, GenerationError>] {
    var results: [Result<ScoringResult, GenerationError>] = []
    for request in requests {
      do throws(GenerationError) {
        if Task.isCancelled { throw .failed("cancelled") }
        results.append(.success(try await read(request)))
      } catch {
        results.append(.failure(error))
      }
    }
    return results
  }

  /// The byte. Throws for a text of several.
  public func token(spelling text: String) throws(GenerationError) -> Token {
    guard text.utf8.count == 1, let byte = text.utf8.first else {
      throw .invalidRequest("'\(text)' takes \(text.utf8.count) tokens")
    }
    return Token(byte)
  }

  /// The content's bytes.
  public func encode(_ content: ScoringRequest.Content) throws(GenerationError) -> [Token] {
    Self.bytes(of: content).map { Token($0) }
  }

  private func read(_ request: ScoringRequest) async throws(GenerationError) -> ScoringResult {
    var before: [UInt8] = []
    var result = ScoringResult(segments: [], usage: Usage())
    for segment in request.segments {
      let bytes = Self.bytes(of: segment.content)
      var read = ScoringResult.Segment(tokens: bytes.map { Token($0) })
      let marked: [Int] =
        switch segment.positions {
        case .last: bytes.isEmpty ? [] : [bytes.count - 1]
        case .every: Array(bytes.indices)
        case .at(let places): places
        }
      var states: [[Float]] = []
      for place in marked where !segment.captures.isEmpty {
        guard bytes.indices.contains(place) else { throw .invalidRequest("a segment has no position \(place)") }
        let text = String(decoding: before + bytes[...place], as: UTF8.self)
        let outputs = try await outputs(text).get()
        states.append(outputs.hiddenState)
        for capture in segment.captures {
          switch capture {
          case .head: read.head.append(outputs.head)
          case .logits(let tokens): read.logits.append(tokens.map { outputs.logits[$0] ?? 0 })
          case .hiddenState: read.hiddenStates.append(outputs.hiddenState)
          // Read below, over the whole segment.
          case .logProbabilities, .meanHiddenState: break
          case .entropy, .topTokens, .divergenceFromUniform:
            throw .unsupported(.tokenScores, model: description.name)
          }
        }
      }
      if segment.captures.contains(.meanHiddenState), let width = states.first?.count {
        read.meanHiddenState = (0..<width).map { index in
          states.reduce(0) { $0 + $1[index] } / Float(states.count)
        }
      }
      if segment.captures.contains(.logProbabilities) {
        for place in bytes.indices {
          let text = String(decoding: before + bytes[..<place], as: UTF8.self)
          let logits = try await outputs(text).get().logits
          read.logProbabilities.append(before.isEmpty && place == 0 ? 0 : logits[Token(bytes[place])] ?? 0)
        }
      }
      before += bytes
      result.segments.append(read)
    }
    result.usage = Usage(promptTokens: before.count)
    return result
  }

  private static func bytes(of content: ScoringRequest.Content) -> [UInt8] {
    switch content {
    case .prompt(let prompt): Array(prompt.messages.map(\.content).joined().utf8)
    case .dialogue(let messages): Array(messages.map(\.content).joined().utf8)
    case .text(let text), .markup(let text): Array(text.utf8)
    case .tokens(let tokens): tokens.map { UInt8(truncatingIfNeeded: $0) }
    case .continuation(let continuation): Array((continuation.text ?? "").utf8)
    }
  }
}
