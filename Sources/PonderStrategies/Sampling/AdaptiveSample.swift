import PonderAnswers
import PonderGeneration

/// Samples until the answers agree well enough, examined in the order of the samples.
///
/// Its samples are those of ``Sample`` under the same seed, so it saves samples and changes none.
public struct AdaptiveSample: Strategy {
  /// When enough has been seen.
  public enum Criterion: Sendable, Hashable {
    /// Adaptive consistency (Aggarwal et al. 2023, arXiv:2305.11860): when the leading answer beats the runner-up with
    /// this probability under Beta(v₁ + 1, v₂ + 1). The paper's threshold is 0.95.
    case beta(threshold: Double)
    /// Early-stopping self-consistency (Li et al. 2024, arXiv:2401.10480): when all answers of a whole window agree. A
    /// sample without a readable answer agrees with none.
    case window(Int)
  }

  /// Draws the samples; its count is the most that are drawn.
  public let sample: Sample
  /// When enough has been seen.
  public let criterion: Criterion
  /// How answers are read and compared.
  public let answer: AnswerConvention
  /// Samples drawn at a time, ≥ 1; ESC draws a window at a time.
  public let batch: Int

  /// Makes a strategy of at most `sample.count` samples.
  public init(_ sample: Sample, until criterion: Criterion, of answer: AnswerConvention, batch: Int = 1) {
    self.sample = sample
    self.criterion = criterion
    self.answer = answer
    if case .window(let size) = criterion { self.batch = size } else { self.batch = batch }
  }

  /// `adaptive`
  public var label: String { "adaptive" }

  /// As the samples. Throws for a threshold outside (0.5, 1) and a window or batch below 1.
  public func validate(for model: ModelDescription) throws(StrategyError) {
    if case .beta(let threshold) = criterion, !(threshold > 0.5 && threshold < 1) {
      throw .invalidConfiguration("AdaptiveSample: threshold is \(threshold), must be in (0.5, 1)")
    }
    guard batch >= 1 else { throw .invalidConfiguration("AdaptiveSample: window or batch is \(batch), must be ≥ 1") }
    try sample.validate(for: model)
  }

  /// The samples that were needed, with the majority's choice selected.
  public func run(_ problem: Problem, in context: RunContext) async -> Outcome {
    let stage = context.stage(sample.label)
    var outcome = Outcome(candidates: [])
    var votes = Votes()
    var next = 0
    while next < sample.count, outcome.stop == .finished {
      let end = min(next + batch, sample.count)
      let drawn = await sample.draw(next..<end, of: problem, in: stage)
      outcome.candidates += drawn.candidates
      outcome.stop = drawn.stop
      for candidate in drawn.candidates { votes.add(candidate, answer.read(candidate.text)?.key) }
      next = end
      if case .failed = outcome.stop, !outcome.candidates.isEmpty { outcome.stop = .finished }
      if outcome.stop == .finished, next < sample.count, isEnough(votes) { outcome.stop = .settledEarly }
    }
    outcome.choose(by: AnswerVote(of: answer), in: context.stage(label))
    return outcome
  }

  private func isEnough(_ votes: Votes) -> Bool {
    switch criterion {
    case .beta(let threshold):
      let (leader, runnerUp) = votes.leaders
      return leader > 0 && Self.certainty(leader, runnerUp) >= threshold
    case .window(let size): return votes.agreeing >= size
    }
  }

  /// P(p > ½) for p ~ Beta(leader + 1, runnerUp + 1): how surely the leading answer beats the second.
  ///
  /// Equal to the chance of more than `runnerUp` heads in leader + runnerUp + 1 tosses of a fair coin.
  public static func certainty(_ leader: Int, _ runnerUp: Int) -> Double {
    let n = Double(leader + runnerUp + 1)
    var sum = 0.0
    for i in (runnerUp + 1)...(leader + runnerUp + 1) {
      let choose = Math.logGamma(n + 1) - Math.logGamma(Double(i) + 1) - Math.logGamma(n - Double(i) + 1)
      sum += Math.exp(choose - n * 0.693_147_180_559_945_3)
    }
    return min(sum, 1)
  }
}

/// What the samples until now say, each read once.
private struct Votes {
  private var complete: [AnswerKey: Int] = [:]
  private var incomplete: [AnswerKey: Int] = [:]
  private var isAnyComplete = false
  private var last: AnswerKey?
  /// The latest samples that all give one answer.
  private(set) var agreeing = 0

  mutating func add(_ candidate: Candidate, _ key: AnswerKey?) {
    isAnyComplete = isAnyComplete || candidate.isComplete
    let answer = candidate.isComplete ? key : nil
    agreeing = answer == nil ? 0 : answer == last ? agreeing + 1 : 1
    last = answer
    guard let key else { return }
    if candidate.isComplete { complete[key, default: 0] += 1 } else { incomplete[key, default: 0] += 1 }
  }

  /// The two largest numbers of votes; candidates that are not complete vote only while none is.
  var leaders: (first: Int, second: Int) {
    (isAnyComplete ? complete : incomplete).values.reduce((0, 0)) { leaders, count in
      count > leaders.0 ? (count, leaders.0) : (leaders.0, max(leaders.1, count))
    }
  }
}
