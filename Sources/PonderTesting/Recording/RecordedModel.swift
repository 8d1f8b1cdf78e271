import Foundation
import PonderGeneration
import PonderStrategies
import Synchronization

/// A run of a real model, recorded once and replayed in tests: the same answers in milliseconds, without the model.
///
/// ```swift
/// let recorded = RecordedModel(recording: try await LocalModel.load(from: folder))      // once, at your desk
/// _ = try await solver.solve(problem, on: recorded, seed: 7)
/// try recorded.write(to: file)
///
/// let model = try RecordedModel(replaying: file)                                        // in every test
/// let outcome = try await solver.solve(problem, on: model, seed: 7)
/// ```
/// A request is known by all its values, the seed among them, so replayed outcomes do not depend on timing. A request that
/// was not recorded fails, and the error shows how it differs from the nearest one that was. What was cancelled is not
/// recorded; failures are. Of two answers to equal requests the first is kept.
public final class RecordedModel: LanguageModel, ScoringModel {
  private enum Source: Sendable {
    case model(any LanguageModel)
    case scoringModel(any ScoringModel)
    case both(any LanguageModel & ScoringModel)
    case file(String)
  }

  /// The recorded model's.
  public let description: ModelDescription
  private let source: Source
  private let recording: Mutex<Recording>

  private init(_ description: ModelDescription, _ source: Source, _ recording: Recording) {
    self.description = description
    self.source = source
    self.recording = Mutex(recording)
  }

  /// Records what a model generates.
  public convenience init(recording model: some LanguageModel) {
    self.init(model.description, .model(model), Recording())
  }

  /// Records what a model reads off texts.
  public convenience init(recording model: some ScoringModel) {
    self.init(model.description, .scoringModel(model), Recording())
  }

  /// Records what a model generates and reads off.
  public convenience init(recording model: some LanguageModel & ScoringModel) {
    self.init(model.description, .both(model), Recording())
  }

  /// Replays what ``write(to:)`` wrote. Throws ``RecordingError``.
  public convenience init(replaying file: URL) throws(RecordingError) {
    let name = file.lastPathComponent
    let data: Data
    do { data = try Data(contentsOf: file) } catch {
      throw .unreadable(file: name, reason: error.localizedDescription)
    }
    let (description, recording) = try Recording.read(data, from: name)
    self.init(description, .file(name), recording)
  }

  /// Writes all that was recorded as JSON Lines, whole or not at all; the same recording gives the same bytes.
  ///
  /// Throws ``RecordingError/unwritable(file:reason:)``.
  public func write(to file: URL) throws(RecordingError) {
    let recording = recording.withLock(\.self)
    do {
      try recording.jsonLines(description).write(to: file, options: .atomic)
    } catch {
      throw .unwritable(file: file.lastPathComponent, reason: error.localizedDescription)
    }
  }

  /// The recorded answers, or the model's own while recording.
  public func generate(_ requests: [GenerationRequest]) -> GenerationStream {
    switch source {
    case .model(let model): record(requests, of: model)
    case .both(let model): record(requests, of: model)
    case .scoringModel:
      replay(requests) { _ in .failure(.failed("\(description.name) only reads texts"), partial: nil) }
    case .file(let file):
      replay(requests) { request in
        recording.withLock { recording in
          recording.generations[request]
            ?? .failure(.failed(recording.missing(request, in: file)), partial: nil)
        }
      }
    }
  }

  private func record(_ requests: [GenerationRequest], of model: any LanguageModel) -> GenerationStream {
    GenerationStream.running(requestCount: requests.count) { [self] producer in
      for await event in model.generate(requests) {
        switch event {
        case .delta: break
        case .finished(let index, let completion):
          if completion.finishReason != .cancelled { keep(.completion(completion), for: requests[index]) }
        case .failed(let index, let error, let partial): keep(.failure(error, partial: partial), for: requests[index])
        }
        producer.yield(event)
      }
    }
  }

  private func keep(_ answer: Recording.Generation, for request: GenerationRequest) {
    recording.withLock { recording in
      if recording.generations[request] == nil { recording.generations[request] = answer }
    }
  }

  private func replay(
    _ requests: [GenerationRequest], _ answer: (GenerationRequest) -> Recording.Generation
  ) -> GenerationStream {
    let (stream, producer) = GenerationStream.make(requestCount: requests.count)
    for (index, request) in requests.enumerated() {
      switch answer(request) {
      case .completion(let completion):
        if !completion.text.isEmpty {
          producer.yield(.delta(index: index, text: completion.text, tokens: completion.tokens))
        }
        producer.yield(.finished(index: index, completion))
      case .failure(let error, let partial): producer.yield(.failed(index: index, error, partial: partial))
      }
    }
    producer.finish()
    return stream
  }

  /// The recorded results, or the model's own while recording.
  public func score(_ requests: [ScoringRequest]) async -> [Result<ScoringResult, GenerationError>] {
    switch source {
    case .scoringModel(let model): await record(requests, of: model)
    case .both(let model): await record(requests, of: model)
    case .model: requests.map { _ in .failure(.failed("\(description.name) only generates")) }
    case .file(let file):
      recording.withLock { recording in
        requests.map { request in
          recording.scores[request]?.result ?? .failure(.failed(recording.missing(request, in: file)))
        }
      }
    }
  }

  private func record(
    _ requests: [ScoringRequest], of model: any ScoringModel
  ) async -> [Result<ScoringResult, GenerationError>] {
    let results = await model.score(requests)
    recording.withLock { recording in
      for (request, result) in zip(requests, results) where recording.scores[request] == nil {
        recording.scores[request] = Recording.Reading(result)
      }
    }
    return results
  }

  /// As the model's, recorded.
  public func encode(_ prompt: Prompt) throws(GenerationError) -> [Token] {
    try look(up: .prompt(prompt)) { model throws(GenerationError) in .tokens(try model.encode(prompt)) }.tokens
  }

  /// As the model's, recorded.
  public func encode(_ text: String) throws(GenerationError) -> [Token] {
    try look(up: .text(text)) { model throws(GenerationError) in .tokens(try model.encode(text)) }.tokens
  }

  /// As the model's, recorded.
  public func decode(_ tokens: [Token]) throws(GenerationError) -> String {
    try look(up: .tokens(tokens)) { model throws(GenerationError) in .text(try model.decode(tokens)) }.text
  }

  /// As the model's, recorded.
  public func token(spelling text: String) throws(GenerationError) -> Token {
    let answer = try lookUp(.spelling(text)) { model throws(GenerationError) in
      .tokens([try model.token(spelling: text)])
    }
    return answer.tokens.first ?? 0
  }

  /// As the model's, recorded.
  public func encode(_ content: ScoringRequest.Content) throws(GenerationError) -> [Token] {
    try lookUp(.content(content)) { model throws(GenerationError) in .tokens(try model.encode(content)) }.tokens
  }

  /// As the model's, recorded; the common bound for a request that was not.
  public func tokenBound(of request: ScoringRequest) -> Int {
    func record(_ bound: Int) -> Int {
      recording.withLock { $0.lookUps[.bound(request)] = .tokens([Token(clamping: bound)]) }
      return bound
    }
    switch source {
    case .scoringModel(let model): return record(model.tokenBound(of: request))
    case .both(let model): return record(model.tokenBound(of: request))
    case .model: return 0
    case .file: return recording.withLock { $0.lookUps[.bound(request)]?.tokens.first.map(Int.init) ?? 0 }
    }
  }

  private func lookUp(
    _ key: Recording.Key, _ ask: (any ScoringModel) throws(GenerationError) -> Recording.Answer
  ) throws(GenerationError) -> Recording.Answer {
    let model: any ScoringModel
    switch source {
    case .scoringModel(let known): model = known
    case .both(let known): model = known
    case .model: throw .unsupported(.tokenScores, model: description.name)
    case .file(let file): return try answer(to: key, in: file)
    }
    let answer = try ask(model)
    recording.withLock { $0.lookUps[key] = answer }
    return answer
  }

  private func look(
    up key: Recording.Key, _ ask: (any LanguageModel) throws(GenerationError) -> Recording.Answer
  ) throws(GenerationError) -> Recording.Answer {
    let model: any LanguageModel
    switch source {
    case .model(let known): model = known
    case .both(let known): model = known
    case .scoringModel: throw .unsupported(.tokens, model: description.name)
    case .file(let file): return try answer(to: key, in: file)
    }
    let answer = try ask(model)
    recording.withLock { $0.lookUps[key] = answer }
    return answer
  }

  private func answer(to key: Recording.Key, in file: String) throws(GenerationError) -> Recording.Answer {
    guard description.capabilities.contains(.tokens) else { throw .unsupported(.tokens, model: description.name) }
    guard let answer = recording.withLock({ $0.lookUps[key] }) else {
      throw .failed("\(file) holds no answer to \(key)")
    }
    return answer
  }
}

/// Why a recording cannot be read or written.
public enum RecordingError: Error, Sendable, Hashable {
  /// The file cannot be opened.
  case unreadable(file: String, reason: String)
  /// A line, counted from 1, is none of a recording.
  case malformedLine(file: String, line: Int)
  /// The file cannot be written; an older one is as it was.
  case unwritable(file: String, reason: String)
}

extension RecordingError: CustomStringConvertible {
  /// One sentence.
  public var description: String {
    switch self {
    case .unreadable(let file, let reason): "the recording \(file) cannot be read: \(reason)"
    case .malformedLine(let file, let line): "\(file):\(line): this is no line of a recording"
    case .unwritable(let file, let reason): "the recording \(file) cannot be written: \(reason)"
    }
  }
}
