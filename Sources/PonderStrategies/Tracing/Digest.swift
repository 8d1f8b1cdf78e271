import PonderGeneration

/// A 64-bit hash that is the same in every process and on every machine (FNV-1a over words, finished by a mixer).
struct Digest: Hashable {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ word: UInt64) {
    value = (value ^ word) &* 0x100_0000_01b3
    value ^= value >> 29
  }

  mutating func add(_ number: Int) { add(UInt64(bitPattern: Int64(number))) }

  mutating func add(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      add(bytes.count)
      let bytes = UnsafeRawBufferPointer(bytes)
      var index = 0
      while index + 8 <= bytes.count {
        add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)))
        index += 8
      }
      while index < bytes.count {
        add(UInt64(bytes[index]))
        index += 1
      }
    }
  }

  mutating func add(_ tokens: [Token]) {
    add(tokens.count)
    for token in tokens { add(Int(token)) }
  }

  mutating func add(_ continuation: Continuation) {
    self = continuation.trail.reading(by: ContinuationDigest(beginning: self))
  }

  mutating func add(_ prompt: Prompt) {
    add(prompt.rendering == .raw ? 1 : 0)
    for message in prompt.messages {
      add(message.role.rawValue)
      add(message.content)
    }
  }

  mutating func add(_ candidate: Candidate) {
    for component in candidate.id.path.components {
      switch component {
      case .label(let label): add(label)
      case .index(let index): add(index)
      }
    }
    add(candidate.id.number)
    add(candidate.stepTrail.reading(by: StepsDigest()).value)
  }

  /// The digest of a request to a model, its prompt digested already.
  static func of(_ request: GenerationRequest, behind prompt: Digest) -> UInt64 {
    var digest = prompt
    digest.add(request.continuation)
    digest.add(request.seed.value)
    digest.add(request.maximumTokens)
    digest.add(UInt64(request.sampling.temperature.bitPattern))
    digest.add(UInt64(request.sampling.topP.bitPattern))
    digest.add(UInt64(request.sampling.minP.bitPattern))
    digest.add(UInt64(request.sampling.repetitionPenalty.bitPattern))
    digest.add(request.sampling.topK ?? -1)
    for bias in request.sampling.logitBias {
      digest.add(Int(bias.token))
      digest.add(UInt64(bias.bias.bitPattern))
    }
    for stop in request.stops {
      digest.add(stop.string)
      digest.add(stop.isKept ? 1 : 0)
    }
    return digest.value
  }

  /// The digest of a model and a prompt, with which that of a request begins.
  static func of(_ prompt: Prompt, model: String) -> Digest {
    var digest = Digest()
    digest.add(model)
    digest.add(prompt)
    return digest
  }

  /// The digest of a request to a scoring model.
  static func of(_ request: ScoringRequest, model: String) -> UInt64 {
    var digest = Digest()
    digest.add(model)
    for segment in request.segments {
      digest.add(segment.content)
      // Captures and positions are small; their descriptions are stable.
      digest.add(String(describing: segment.captures))
      digest.add(String(describing: segment.positions))
    }
    return digest.value
  }

  mutating func add(_ content: ScoringRequest.Content) {
    switch content {
    case .prompt(let prompt): add(prompt)
    case .dialogue(let messages): add(Prompt(messages))
    case .text(let text), .markup(let text): add(text)
    case .tokens(let tokens): add(tokens)
    case .continuation(let continuation): add(continuation)
    }
  }
}

/// Digests the pieces of a continuation, from a digest of what stands before it on.
private struct ContinuationDigest: TrailReader {
  let beginning: Digest

  func reading(_ piece: Continuation.Piece, after digest: Digest) -> Digest {
    var digest = digest
    switch piece {
    case .text(let text): digest.add(text)
    case .tokens(let tokens, _): digest.add(tokens)
    }
    return digest
  }
}

/// Digests the texts of a path's steps.
private struct StepsDigest: TrailReader {
  var beginning: Digest { Digest() }

  func reading(_ step: Step, after digest: Digest) -> Digest {
    var digest = digest
    digest.add(step.text)
    return digest
  }
}
