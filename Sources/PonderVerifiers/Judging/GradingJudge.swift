import Foundation
import PonderGeneration
import PonderStrategies

/// A generative judge that speaks: it reasons, ends with a grade from 1 to 10, and the grade is the score.
///
/// LLM-as-a-judge, single answer grading (Zheng et al. 2023, arXiv:2306.05685 §3). The score of grade g is (g − 1) / 9,
/// averaged over the replies that hold a grade; a candidate of which none does has an error that quotes the reply.
/// Works with every ``LanguageModel``, also one behind a service.
public struct GradingJudge: Verifier {
  /// Judges; `nil` is the model that the stage is bound to.
  public let model: (any LanguageModel)?
  /// What it is asked.
  public let question: JudgeQuestion
  /// Replies for each candidate, ≥ 1.
  public let replies: Int
  /// How the replies' tokens are chosen.
  public let sampling: SamplingParameters
  /// Tokens of a reply at most, ≥ 1.
  public let maximumTokens: Int

  /// Makes a judge; one greedy reply by default.
  public init(
    _ model: (any LanguageModel)? = nil, question: JudgeQuestion = .grade, replies: Int = 1,
    sampling: SamplingParameters = .greedy, maximumTokens: Int = 1024
  ) {
    self.model = model
    self.question = question
    self.replies = replies
    self.sampling = sampling
    self.maximumTokens = maximumTokens
  }

  /// `grading judge`
  public var name: String { "grading judge" }

  /// Throws for numbers out of range.
  public func validate(for model: ModelDescription) throws(StrategyError) {
    guard replies >= 1, maximumTokens >= 1 else {
      throw .invalidConfiguration("\(name): \(replies) replies of \(maximumTokens) tokens; both must be ≥ 1")
    }
  }

  /// A verdict for each candidate, all replies in one batch.
  public func verify(
    _ candidates: [Candidate], of problem: Problem, in context: RunContext
  ) async -> [Result<Verdict, StrategyFailure>] {
    let context = model.map { context.using($0, format: .chat) } ?? context
    let requests = candidates.flatMap { candidate in
      let prompt = question.prompt(problem: problem.question, solution: candidate.text)
      // By the candidate, not by its place in the batch.
      let seed = context.seed.derived(name).derived(candidate.id.description)
      return (0..<replies).map { index in
        GenerationRequest(prompt, sampling: sampling, maximumTokens: maximumTokens, seed: seed.derived(index))
      }
    }
    let results = await context.generate(requests)
    return candidates.indices.map { place in verdict(on: results[place * replies..<(place + 1) * replies]) }
  }

  private func verdict(
    on results: ArraySlice<Result<Generated, StrategyFailure>>
  ) -> Result<Verdict, StrategyFailure> {
    var grades: [Double] = []
    var failure: StrategyFailure?
    var explanation: String?
    for result in results {
      switch result {
      case .success(let generated):
        let reply = generated.completion.text
        if let grade = Self.grade(in: reply) {
          grades.append(grade)
          explanation = explanation ?? reply
        } else {
          let excerpt = reply.trimmed.suffix(120).split(whereSeparator: \.isNewline).joined(separator: " ")
          failure = failure ?? .verifier(name: name, reason: "the reply holds no grade from 1 to 10: '\(excerpt)'")
        }
      case .failure(let reason): failure = reason
      }
    }
    guard !grades.isEmpty else { return .failure(failure ?? .verifier(name: name, reason: "there is no reply")) }
    let mean = grades.reduce(0, +) / Double(grades.count)
    return .success(Verdict((mean - 1) / 9, explanation: explanation))
  }

  /// The grade that a reply ends with, in 1 ... 10; `nil` if it has none or it is out of range.
  ///
  /// Looked for in this order, the last occurrence each time: behind "grade", "score" or "rating"; before "/10" or
  /// "out of 10"; in double brackets; the only number of the reply. The scale itself ("from 1 to 10") is no grade.
  public static func grade(in reply: String) -> Double? {
    let text = reply.replacing(/(?i)\b1\s*(?:-|–|to|and)\s*10\b/, with: "")
      .replacing("*", with: "").replacing("`", with: "")
    let named = text.matches(of: /(?i)\b(?:grade|score|rating)\b[^\d\n]{0,24}?(-?\d+(?:\.\d+)?)/).last?.output.1
    let fraction = text.matches(of: /(-?\d+(?:\.\d+)?)\s*(?:\/|out of)\s*10\b/).last?.output.1
    let bracketed = text.matches(of: /\[\[\s*(-?\d+(?:\.\d+)?)\s*\]\]/).last?.output.1
    let numbers = text.matches(of: /-?\d+(?:\.\d+)?/)
    let only = numbers.count == 1 ? numbers[0].output : nil
    guard let found = named ?? fraction ?? bracketed ?? only, let grade = Double(found), (1...10).contains(grade)
    else { return nil }
    return grade
  }
}

extension GradingJudge: CustomStringConvertible {
  /// Model and question: what a strategy's fingerprint needs to know.
  public var description: String {
    "\(name) \(model?.description.fingerprint ?? "of the stage") \(question) \(replies) \(sampling) \(maximumTokens)"
  }
}
