import Foundation
import Ponder

/// What became of a file of problems: a line for each as it is done, and a summary on standard error.
struct ProblemReport {
  let json: Bool

  /// Writes everything. Throws when a problem's run is refused or fails without a candidate, after the others are written.
  func write(_ runs: ProblemRuns, of total: Int) async throws {
    let progress = ProgressBar("solving", total: total)
    let start = ContinuousClock.now
    var (graded, right, tokens): (Int, Int, Int) = (0, 0, 0)
    var failure: (any Error)?
    for await done in runs {
      do {
        let outcome = try done.result.get()
        if case .failed(let reason) = outcome.stop, outcome.candidates.isEmpty { throw reason }
        let record = SolutionRecord(outcome, of: done.problem)
        if json {
          try Output.json(record)
        } else {
          let mark = record.isCorrect.map { $0 ? "✓ " : "✗ " } ?? ""
          Output.line("\(mark)\(done.problem.id)\t\(record.answer ?? "no answer")")
        }
        tokens += outcome.usage.charged.tokens
        graded += record.isCorrect == nil ? 0 : 1
        right += record.isCorrect == true ? 1 : 0
      } catch {
        Note.line("\(done.problem.id): \(error)")
        failure = failure ?? error
      }
      progress.advance()
    }
    progress.finish()
    let spent = (ContinuousClock.now - start).components
    let seconds = Double(spent.seconds) + Double(spent.attoseconds) * 1e-18
    let each = (seconds / Double(max(total, 1)) * 100).rounded() / 100
    let verdict = graded > 0 ? "\(right) of \(graded) right; " : ""
    Note.line("\(verdict)\(tokens) tokens generated, \(each) s a problem")
    if let failure { throw failure }
  }
}
