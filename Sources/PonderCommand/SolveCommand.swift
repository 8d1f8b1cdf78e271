import ArgumentParser
import Foundation
import Ponder

/// `ponder solve PATH --problem TEXT`
struct SolveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "solve",
    abstract: "Solve a problem with many tries, and choose among them.",
    discussion: "Writes the chosen solution. With --json also the answer, all candidates with scores, and the cost.")

  /// How one of the tries is chosen.
  enum Choice: String, ExpressibleByArgument, CaseIterable {
    case bestOfN = "best-of-n"
    case majority
    case weighted
  }

  @Argument(help: "The model.")
  var path: String

  @Option(help: "The problem.")
  var problem: String

  @Option(help: "How one is chosen.")
  var strategy = Choice.bestOfN

  @Option(name: .customShort("n"), help: "How many tries.")
  var count = 16

  @Option(help: "Tokens of a try at most.")
  var maxTokens = 512

  @Option(help: "Generated tokens of all tries at most.")
  var budget: Int?

  @OptionGroup(title: "Verifier, for best-of-n and weighted") var verifier: VerifierOptions

  @OptionGroup var sampling: SamplingOptions

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard count >= 1 else { throw ValidationError("-n must be at least 1") }
    guard maxTokens >= 1 else { throw ValidationError("--max-tokens must be at least 1") }
    guard budget.map({ $0 >= 0 }) ?? true else { throw ValidationError("--budget must not be negative") }
  }

  func run() async throws {
    let model = try await LocalModel.load(from: URL(filePath: path))
    let outcome = try await solver(for: model).solve(Problem(problem), on: model, seed: Seed(sampling.seed))
    if case .failed(let failure) = outcome.stop, outcome.candidates.isEmpty { throw failure }
    if output.json {
      try Output.json(SolutionRecord(outcome))
    } else if let selected = outcome.selected {
      Output.line(selected.text)
    }
    guard outcome.selected != nil else {
      throw InputError("none of \(outcome.candidates.count) tries gave an answer to choose (\(outcome.stop))")
    }
    if !output.json { Note.line(summary(of: outcome)) }
  }

  private func solver(for model: LocalModel) async throws -> any Strategy {
    let samples = Sample(
      count, sampling: sampling.parameters, maximumTokens: maxTokens,
      wantsLogProbabilities: strategy != .majority && verifier.readsLogProbabilities)
    func scored() async throws -> Scored<Sample> { samples.scored(by: try await verifier.load(for: model)) }
    let chosen: any Strategy =
      switch strategy {
      case .majority: samples.selected(by: .majority(of: .math))
      case .bestOfN: try await scored().selected(by: .bestOfN)
      case .weighted: try await scored().selected(by: .weightedVote(of: .math))
      }
    guard let budget else { return chosen }
    func limit(_ strategy: some Strategy) -> any Strategy { strategy.limited(to: .tokens(budget)) }
    return limit(chosen)
  }

  private func summary(of outcome: Outcome) -> String {
    let score = outcome.selected?.score.map { ", score \(($0 * 1000).rounded() / 1000)" } ?? ""
    return "chosen from \(outcome.candidates.count) tries\(score); \(outcome.usage.charged.tokens) tokens generated"
  }
}

/// An outcome as `--json` shows it.
struct SolutionRecord: Encodable {
  struct Try: Encodable {
    let text: String
    let answer: String?
    let score: Double?
    let isComplete: Bool

    init(_ candidate: Candidate) {
      text = candidate.text
      answer = AnswerConvention.math.read(candidate.text)?.answer.text
      score = candidate.score
      isComplete = candidate.isComplete
    }
  }

  let answer: String?
  let text: String?
  let score: Double?
  let candidates: [Try]
  let stop: Stop
  let usage: RunUsage

  init(_ outcome: Outcome) {
    let selected = outcome.selected.map(Try.init)
    answer = selected?.answer
    text = selected?.text
    score = selected?.score
    candidates = outcome.candidates.map(Try.init)
    stop = outcome.stop
    usage = outcome.usage
  }
}
