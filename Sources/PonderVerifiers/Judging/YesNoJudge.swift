import Foundation
import PonderGeneration
import PonderStrategies

/// What a judge is asked.
public struct JudgeQuestion: Sendable, Hashable, Codable {
  /// The system message, or `nil` for none.
  public var system: String?
  /// Stands between the problem and the solution, and before and behind them.
  public var opening: String, middle: String, closing: String

  /// Makes a question.
  public init(system: String? = nil, opening: String, middle: String, closing: String) {
    self.system = system
    self.opening = opening
    self.middle = middle
    self.closing = closing
  }

  /// Whether the solution is correct, yes or no.
  public static let isCorrect = JudgeQuestion(
    opening: "Here are a problem and a solution.\n\nProblem:\n", middle: "\n\nSolution:\n",
    closing: "\n\nIs the final answer of the solution correct? Answer Yes or No.")

  /// How good it is, from 1 to 10, with reasons first (Zheng et al. 2023, arXiv:2306.05685 §3).
  public static let grade = JudgeQuestion(
    system: "You are a strict and fair judge of solutions.",
    opening: "Here are a problem and a solution.\n\nProblem:\n", middle: "\n\nSolution:\n",
    closing: """


      Check every step of the solution. Then rate it on a scale from 1 (certainly wrong) to 10 (certainly right). \
      End your reply with one line of the form "Grade: 7".
      """)

  /// The prompt about one solution.
  public func prompt(problem: String, solution: String) -> Prompt {
    .chat(opening + problem + middle + solution.trimmed + closing, system: system)
  }

  /// The words before the solution, which all solutions of a problem share.
  func sharedPrompt(problem: String) -> Prompt { .chat(opening + problem + middle, system: system) }
}

/// A generative judge that is never made to speak: the score is how much rather "Yes" than "No" comes first.
///
/// p(Yes) / (p(Yes) + p(No)) at the first token of the reply, as in P(True) (Kadavath et al. 2022, arXiv:2207.05221)
/// and generative verifiers (Zhang et al. 2024, arXiv:2408.15240). One token is read of each word, the first.
public struct YesNoJudge: Verifier {
  /// Judges.
  public let model: any ScoringModel
  /// What it is asked.
  public let question: JudgeQuestion
  /// The first tokens of the two words.
  private let words: [Token]

  /// Makes a judge.
  ///
  /// - Throws: ``VerifierError/unfit(model:format:reason:)`` for a model without logits or one that begins both words
  ///   with the same token.
  public init(
    _ model: any ScoringModel, question: JudgeQuestion = .isCorrect, yes: String = "Yes", no: String = "No"
  ) throws(VerifierError) {
    func unfit(_ reason: String) -> VerifierError {
      .unfit(model: model.description.name, format: "a judge", reason: reason)
    }
    guard model.description.capabilities.contains(.tokenScores) else { throw unfit("it gives no logits") }
    do throws(GenerationError) {
      words = [try model.encode(.text(yes)), try model.encode(.text(no))].compactMap(\.first)
    } catch {
      throw unfit(error.description)
    }
    guard words.count == 2, words[0] != words[1] else { throw unfit("'\(yes)' and '\(no)' do not differ at once") }
    self.model = model
    self.question = question
  }

  /// `judge`
  public var name: String { "judge" }

  /// A verdict for each candidate, all read in one batch.
  public func verify(
    _ candidates: [Candidate], of problem: Problem, in context: RunContext
  ) async -> [Result<Verdict, StrategyFailure>] {
    await context.verdicts(
      on: candidates, by: name, model,
      request: { candidate throws(GenerationError) in
        let prompt = question.prompt(problem: problem.question, solution: candidate.text)
        return ScoringRequest(
          try model.encode(.prompt(prompt)),
          sharing: try model.encode(.prompt(question.sharedPrompt(problem: problem.question))),
          captures: [.logits(of: words)])
      },
      verdict: { result in
        RewardReadout.tokens(positive: "", negative: "").score(result.segments[result.segments.count - 1])
          .map { Verdict($0) }
      })
  }
}

extension YesNoJudge: CustomStringConvertible {
  /// Model and question: what a strategy's fingerprint needs to know.
  public var description: String { "judge \(model.description.fingerprint) \(question) \(words)" }
}
