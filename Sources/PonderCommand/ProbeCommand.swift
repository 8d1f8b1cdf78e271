import ArgumentParser
import Foundation
import Ponder

/// `ponder probe PATH --problems FILE --out FILE`
struct ProbeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe",
    abstract: "Fit a verifier on a model's own hidden states.",
    discussion: """
      Samples solutions of problems with known answers, and fits a linear probe that tells right from wrong. Writes how \
      well it does on problems that it has not seen. 'ponder solve PATH --verifier FILE' uses it.
      """)

  @Argument(help: "The model.")
  var path: String

  @Option(help: "JSON Lines with 'problem' and 'answer'; several dozen at least.")
  var problems: String

  @Option(help: "Where the probe is written, as safetensors.")
  var out: String

  @Option(name: .customShort("n"), help: "How many solutions of each problem.")
  var count = 4

  @Option(help: "Tokens of a solution at most.")
  var maxTokens = 512

  @OptionGroup var sampling: SamplingOptions

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard count >= 1 else { throw ValidationError("-n must be at least 1") }
    guard maxTokens >= 1 else { throw ValidationError("--max-tokens must be at least 1") }
  }

  func run() async throws {
    let set = try ProblemSet(contentsOf: URL(filePath: problems))
    if let open = set.problems.first(where: { $0.reference == nil }) {
      throw InputError("\(problems): problem '\(open.id)' has no answer")
    }
    let model = try await LocalModel.load(from: URL(filePath: path))
    let solutions = try await solutions(of: set.problems, by: model)
    let probe = try await LinearProbe.fitted(to: solutions, on: model, seed: Seed(sampling.seed).derived("probe"))
    try probe.write(to: URL(filePath: out))
    let validation = probe.validation
    if output.json { return try Output.json(validation) }
    func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
    Output.line(
      "AUC \(rounded(validation.areaUnderCurve)) on unseen problems (95 % interval "
        + "\(rounded(validation.interval.lowerBound)) to \(rounded(validation.interval.upperBound))), "
        + "\(validation.right) of \(validation.examples) solutions right")
  }

  /// Sampled solutions in the order of the problems. Those that did not come to an end teach nothing.
  private func solutions(of problems: [Problem], by model: LocalModel) async throws -> [LabelledSolution] {
    let sample = Sample(count, sampling: sampling.parameters, maximumTokens: maxTokens)
    let progress = ProgressBar("sampling", total: problems.count)
    let grading = Grading()
    var found = [[LabelledSolution]](repeating: [], count: problems.count)
    for await run in sample.run(over: problems, on: model, seed: Seed(sampling.seed)) {
      let outcome = try run.result.get()
      if case .failed(let failure) = outcome.stop { throw failure }
      found[run.index] = outcome.candidates.filter(\.isComplete).map { candidate in
        let isRight = grading.isCorrect(candidate.text, reference: run.problem.reference ?? "")
        return LabelledSolution(run.problem.withoutReference, candidate, isRight: isRight)
      }
      progress.advance()
    }
    progress.finish()
    return found.flatMap(\.self)
  }
}
