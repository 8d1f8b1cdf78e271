import PonderGeneration
import PonderStrategies

/// A trained process reward model: any model behind the seam's ``ScoringModel``, read in the format it was trained in.
///
/// ```swift
/// let rewardModel = try LearnedProcessRewardModel(model)                     // the checkpoint shows its format
/// let search = BeamSearch(16, branching: 4, guidedBy: rewardModel)
/// ```
///
/// Only steps without scores are read and returned; the prefix that was read before is named in the request, so the
/// engine finds it in its cache. Steps of white space alone are not shown to the model by themselves: one has the score
/// of the step before it, and ½, which says nothing either way, before any other step. All candidates go to the model
/// in one batch; one whose text does not fit has an error of its own.
public struct LearnedProcessRewardModel: ProcessRewardModel {
  /// Scores the steps.
  public let model: any ScoringModel
  /// The form in which it reads them.
  public let format: any ProcessRewardFormat
  private let capture: ScoringRequest.Capture

  /// Makes a reward model.
  ///
  /// - Parameter format: `nil` finds it out, see ``ProcessRewardFormats/detected(for:)``.
  /// - Throws: ``VerifierError`` when the format is unknown, or the model lacks what it reads.
  public init(_ model: any ScoringModel, format: (any ProcessRewardFormat)? = nil) throws(VerifierError) {
    let chosen: any ProcessRewardFormat
    if let format { chosen = format } else { chosen = try ProcessRewardFormats.detected(for: model) }
    self.model = model
    self.format = chosen
    capture = try chosen.readout.capture(on: model, format: chosen.name)
  }

  /// The model's name.
  public var name: String { model.description.name }

  /// The scores of the steps that have none.
  public func score(
    _ candidates: [Candidate], of problem: Problem, in context: RunContext
  ) async -> [Result<[Double], StrategyFailure>] {
    let readings = candidates.map { candidate in
      Result { () throws(StrategyFailure) in try reading(of: candidate, answering: problem.question) }
    }
    let requests = readings.compactMap { try? $0.get().request }
    var results = await context.score(requests, on: model).makeIterator()
    return readings.map { reading in
      reading.flatMap { reading in
        guard reading.request != nil else { return .success(reading.scores(captured: [])) }
        guard let result = results.next() else { return .failure(failure("a result is missing")) }
        return result.flatMap { result in
          let captured = result.segments.suffix(reading.newCount).map(format.readout.score)
          guard captured.count == reading.newCount, captured.allSatisfy({ $0 != nil }) else {
            return .failure(failure("its outputs do not fit the format \(format.name)"))
          }
          return .success(reading.scores(captured: captured.compactMap(\.self)))
        }
      }
    }
  }

  private func reading(of candidate: Candidate, answering question: String) throws(StrategyFailure) -> StepReading {
    var reading = StepReading(candidate.steps)
    guard reading.newCount > 0 else { return reading }
    let layout: StepLayout
    do throws(GenerationError) {
      layout = try format.layout(of: reading.texts, answering: question, for: model)
    } catch {
      throw .model(error)
    }
    if let defect = layout.defect(steps: reading.texts.count) {
      throw failure("the format \(format.name) \(defect)")
    }
    reading.request = request(layout, from: reading.texts.count - reading.newCount)
    return reading
  }

  /// Question, steps that have scores, then each new step up to its position.
  private func request(_ layout: StepLayout, from first: Int) -> ScoringRequest {
    var segments: [ScoringRequest.Segment] = []
    var start = 0
    func add(upTo end: Int, _ captures: [ScoringRequest.Capture] = []) {
      if end > start { segments.append(.init(.tokens(Array(layout.tokens[start..<end])), captures: captures)) }
      start = max(start, end)
    }
    add(upTo: layout.questionCount)
    if first > 0 { add(upTo: layout.positions[first - 1] + 1) }
    for position in layout.positions[first...] { add(upTo: position + 1, [capture]) }
    return ScoringRequest(segments)
  }

  private func failure(_ reason: String) -> StrategyFailure { .verifier(name: name, reason: reason) }
}

extension LearnedProcessRewardModel: CustomStringConvertible {
  /// Model and format: what a strategy's fingerprint needs to know.
  public var description: String { "\(name) [\(model.description.fingerprint)] read as \(format)" }
}

/// What has to be read of a candidate's steps, and which reading is whose score.
struct StepReading {
  /// Of the steps that have text, in order; white space between them is part of them.
  private(set) var texts: [String] = []
  /// How many of ``texts``, the last ones, have no score.
  private(set) var newCount = 0
  /// What to read; `nil` when there is nothing new.
  var request: ScoringRequest?
  /// For each step without a score the index in ``texts`` of what is read for it; `nil` before any text.
  private var owners: [Int?] = []
  /// The scores that are known, of ``texts``.
  private var known: [Double] = []

  init(_ steps: [Step]) {
    var leading = ""
    let scoredCount = steps.count { $0.score != nil }
    for (index, step) in steps.enumerated() {
      let isScored = index < scoredCount
      if !step.text.allSatisfy(\.isWhitespace) {
        texts.append(leading + step.text)
        leading = ""
        if isScored { known.append(step.score ?? 0) } else { newCount += 1 }
      } else if let last = texts.indices.last {
        texts[last] += step.text
      } else {
        leading += step.text
      }
      if !isScored { owners.append(texts.indices.last) }
    }
  }

  /// The scores of the steps without one.
  func scores(captured: [Double]) -> [Double] {
    let all = known + captured
    return owners.map { owner in owner.map { all[$0] } ?? 0.5 }
  }
}
