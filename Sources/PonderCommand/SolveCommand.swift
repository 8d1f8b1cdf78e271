import ArgumentParser
import Foundation
import Ponder

/// `ponder solve PATH --problem TEXT` or `--problems FILE`
struct SolveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "solve",
    abstract: "Solve problems with many tries or a search, and choose among what was found.",
    discussion: """
      Writes the chosen solution. With --json also the answer, all candidates with scores, and the cost. With --problems one \
      line a problem, as they are done, and at last how many were right.
      """)

  /// How solutions are found, and how one of them is chosen.
  enum Choice: String, ExpressibleByArgument, CaseIterable {
    case bestOfN = "best-of-n"
    case majority
    case weighted
    case beam
    case dvts
    case rebase
    case particles
  }

  @Argument(help: "The model.")
  var path: String

  @Option(help: "The problem.")
  var problem: String?

  @Option(help: "A file of problems, JSON Lines with problem, and answer where it is known.")
  var problems: String?

  @Option(
    help: ArgumentHelp(
      "How solutions are found and chosen.",
      discussion: """
        best-of-n, majority and weighted draw independent samples; beam, dvts, rebase and particles search over steps, \
        guided by the verifier, and weight the vote of the finished paths with its scores.
        """))
  var strategy = Choice.bestOfN

  @Option(name: .customShort("n"), help: "How many tries, or how wide a search; for beam and dvts a multiple of 4.")
  var count = 16

  @Option(help: "Tokens of a try at most.")
  var maxTokens = 512

  @Option(help: "Generated tokens of all tries at most, for each problem.")
  var budget: Int?

  @Option(help: "Problems at a time.")
  var concurrency = 4

  @Option(help: "The system prompt; automatic is search-and-learn's for instruct models, none for others.")
  var systemPrompt = PromptFormatChoice.automatic

  @OptionGroup(title: "Verifier, for all but majority") var verifier: VerifierOptions

  @OptionGroup var sampling: SamplingOptions

  @OptionGroup var output: OutputOptions

  /// M, the children of a path, as in the published runs.
  private static let branching = 4

  func validate() throws {
    guard (problem == nil) != (problems == nil) else {
      throw ValidationError("one of --problem and --problems must be given, and not both")
    }
    guard count >= 1 else { throw ValidationError("-n must be at least 1") }
    guard maxTokens >= 1 else { throw ValidationError("--max-tokens must be at least 1") }
    guard concurrency >= 1 else { throw ValidationError("--concurrency must be at least 1") }
    guard budget.map({ $0 >= 0 }) ?? true else { throw ValidationError("--budget must not be negative") }
    if strategy == .beam || strategy == .dvts, count % Self.branching != 0 {
      throw ValidationError("-n must be a multiple of \(Self.branching) for \(strategy.rawValue), and is \(count)")
    }
  }

  func run() async throws {
    let set = try problems.map { try ProblemSet(contentsOf: URL(filePath: $0)) }
    let model = try await LocalModel.load(from: URL(filePath: path))
    let format = systemPrompt.format(for: model.description)
    let solver = try await solver(for: model)
    if let set {
      try await ProblemReport(json: output.json).write(
        solver.run(
          over: set.problems, on: model, seed: Seed(sampling.seed), format: format, concurrency: concurrency),
        of: set.problems.count)
    } else if let problem {
      try write(try await solver.solve(Problem(problem), on: model, seed: Seed(sampling.seed), format: format))
    }
  }

  private func write(_ outcome: Outcome) throws {
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
    let settings = SearchSettings(sampling: sampling.parameters, maximumTokens: maxTokens)
    func scored() async throws -> Scored<Sample> { samples.scored(by: try await verifier.load(for: model)) }
    func voting(_ search: some Strategy) -> any Strategy { search.selected(by: .weightedVote(of: .math)) }
    func guide() async throws -> any ProcessRewardModel { try await verifier.loadForSteps(for: model) }
    let chosen: any Strategy =
      switch strategy {
      case .majority: samples.selected(by: .majority(of: .math))
      case .bestOfN: try await scored().selected(by: .bestOfN)
      case .weighted: try await scored().selected(by: .weightedVote(of: .math))
      case .beam:
        voting(BeamSearch(count, branching: Self.branching, guidedBy: try await guide(), settings: settings))
      case .dvts:
        voting(DiverseTreeSearch(count, branching: Self.branching, guidedBy: try await guide(), settings: settings))
      case .rebase: voting(RewardBalancedSearch(count, guidedBy: try await guide(), settings: settings))
      case .particles: voting(ParticleFilter(count, guidedBy: try await guide(), settings: settings))
      }
    guard let budget else { return chosen }
    func limit(_ strategy: some Strategy) -> any Strategy { strategy.limited(to: .tokens(budget)) }
    return limit(chosen)
  }

  private func summary(of outcome: Outcome) -> String {
    let score = outcome.selected?.score.map { ", score \(($0 * 1000).rounded() / 1000)" } ?? ""
    let tries = outcome.candidates.count == 1 ? "the only try" : "chosen from \(outcome.candidates.count) tries"
    return "\(tries)\(score); \(outcome.usage.charged.tokens) tokens generated"
  }
}

extension PromptFormatChoice: ExpressibleByArgument {}
