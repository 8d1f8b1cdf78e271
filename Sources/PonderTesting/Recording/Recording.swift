import Foundation
import PonderGeneration
import PonderStrategies

/// What a ``RecordedModel`` knows.
struct Recording: Sendable {
  /// The answer to a request for text.
  enum Generation: Sendable, Hashable, Codable {
    case completion(Completion)
    case failure(GenerationError, partial: Completion?)
  }

  /// What was read off a text.
  enum Reading: Sendable, Hashable, Codable {
    case scores(ScoringResult)
    case failure(GenerationError)

    init(_ result: Result<ScoringResult, GenerationError>) {
      switch result {
      case .success(let scores): self = .scores(scores)
      case .failure(let error): self = .failure(error)
      }
    }

    var result: Result<ScoringResult, GenerationError> {
      switch self {
      case .scores(let scores): .success(scores)
      case .failure(let error): .failure(error)
      }
    }
  }

  /// A question about tokens.
  enum Key: Sendable, Hashable, Codable {
    case prompt(Prompt)
    case text(String)
    case tokens([Token])
    case spelling(String)
    case content(ScoringRequest.Content)
    case bound(ScoringRequest)
  }

  /// The answer to a question about tokens.
  enum Answer: Sendable, Hashable, Codable {
    case tokens([Token])
    case text(String)

    var tokens: [Token] { if case .tokens(let tokens) = self { tokens } else { [] } }
    var text: String { if case .text(let text) = self { text } else { "" } }
  }

  /// A line of the file.
  private enum Line: Codable {
    case model(ModelDescription)
    case generated(request: GenerationRequest, answer: Generation)
    case scored(request: ScoringRequest, answer: Reading)
    case lookedUp(key: Key, answer: Answer)
  }

  var generations: [GenerationRequest: Generation] = [:]
  var scores: [ScoringRequest: Reading] = [:]
  var lookUps: [Key: Answer] = [:]

  /// The model's description, then every request with its answer, one a line, in the order of their bytes.
  func jsonLines(_ description: ModelDescription) throws -> Data {
    var lines: [String] = []
    func append(_ line: Line) throws { lines.append(String(decoding: try Wire.encoder.encode(line), as: UTF8.self)) }
    for (request, answer) in generations { try append(.generated(request: request, answer: answer)) }
    for (request, answer) in scores { try append(.scored(request: request, answer: answer)) }
    for (key, answer) in lookUps { try append(.lookedUp(key: key, answer: answer)) }
    let head = String(decoding: try Wire.encoder.encode(Line.model(description)), as: UTF8.self)
    return Data(([head] + lines.sorted()).map { $0 + "\n" }.joined().utf8)
  }

  static func read(_ data: Data, from file: String) throws(RecordingError) -> (ModelDescription, Recording) {
    var recording = Recording()
    var model: ModelDescription?
    for (index, bytes) in data.split(separator: UInt8(ascii: "\n")).enumerated() {
      guard let line = try? Wire.decoder.decode(Line.self, from: Data(bytes)) else {
        throw .malformedLine(file: file, line: index + 1)
      }
      switch line {
      case .model(let description): model = description
      case .generated(let request, let answer): recording.generations[request] = answer
      case .scored(let request, let answer): recording.scores[request] = answer
      case .lookedUp(let key, let answer): recording.lookUps[key] = answer
      }
      // The first line says whose recording it is.
      if model == nil { throw .malformedLine(file: file, line: 1) }
    }
    guard let model else { throw .malformedLine(file: file, line: 1) }
    return (model, recording)
  }
}

extension Recording {
  /// What to say of a request that was not recorded: how it differs from the nearest one that was.
  func missing(_ request: GenerationRequest, in file: String) -> String {
    Self.missing(generations.keys.map { Self.differences(from: $0, to: request) }, in: file)
  }

  /// What to say of a request that was not recorded: how it differs from the nearest one that was.
  func missing(_ request: ScoringRequest, in file: String) -> String {
    Self.missing(
      scores.keys.map { recorded in
        [
          Difference("text", "\(recorded.segments.map(\.content))", "\(request.segments.map(\.content))"),
          Difference(
            "captures", "\(recorded.segments.map(\.captures))", "\(request.segments.map(\.captures))"),
        ].compactMap(\.self)
      }, in: file)
  }

  /// A value in which two requests differ.
  private struct Difference {
    var name: String
    var recorded: String
    var asked: String
    /// Where the two texts part.
    var common: Int

    init?(_ name: String, _ recorded: String, _ asked: String) {
      guard recorded != asked else { return nil }
      common = zip(recorded, asked).prefix { $0 == $1 }.count
      (self.name, self.recorded, self.asked) = (name, recorded, asked)
    }

    var description: String {
      "\(name): \(Self.excerpt(recorded, around: common)) was recorded, \(Self.excerpt(asked, around: common)) was asked"
    }

    /// The part of a long text where it begins to differ.
    private static func excerpt(_ text: String, around place: Int) -> String {
      let start = max(place - 20, 0)
      let part = text.dropFirst(start).prefix(60)
      return "\"\(start > 0 ? "…" : "")\(part)\(text.count > start + 60 ? "…" : "")\""
    }
  }

  private static func differences(from recorded: GenerationRequest, to asked: GenerationRequest) -> [Difference] {
    func spelled(_ prompt: Prompt) -> String {
      (["\(prompt.rendering)"] + prompt.messages.map { "\($0.role.rawValue): \($0.content)" }).joined(separator: "\n")
    }
    func spelled(_ continuation: Continuation) -> String { continuation.text ?? "\(continuation.pieces)" }
    func spelled(_ stops: [GenerationRequest.Stop]) -> String { "\(stops.map(\.string))" }
    var differences = [
      Difference("prompt", spelled(recorded.prompt), spelled(asked.prompt)),
      Difference("continuation", spelled(recorded.continuation), spelled(asked.continuation)),
      Difference("sampling", "\(recorded.sampling)", "\(asked.sampling)"),
      Difference("maximumTokens", "\(recorded.maximumTokens)", "\(asked.maximumTokens)"),
      Difference("stops", spelled(recorded.stops), spelled(asked.stops)),
      Difference("seed", "\(recorded.seed.value)", "\(asked.seed.value)"),
      Difference("wantsLogProbabilities", "\(recorded.wantsLogProbabilities)", "\(asked.wantsLogProbabilities)"),
    ].compactMap(\.self)
    if differences.isEmpty {
      // The same text in other pieces: tokens of another model, say.
      differences = [Difference("pieces", "\(recorded.continuation.pieces)", "\(asked.continuation.pieces)")]
        .compactMap(\.self)
    }
    return differences
  }

  /// The nearest differs in the fewest values, and there as late as can be.
  private static func missing(_ all: [[Difference]], in file: String) -> String {
    func rank(_ differences: [Difference]) -> (Int, Int, String) {
      (differences.count, -(differences.map(\.common).min() ?? 0), differences.first?.recorded ?? "")
    }
    guard let nearest = all.min(by: { rank($0) < rank($1) }) else {
      return "\(file) holds no such request, and no other either"
    }
    return "\(file) holds no such request; the nearest of \(all.count) differs in "
      + nearest.map(\.description).joined(separator: "; ")
  }
}
