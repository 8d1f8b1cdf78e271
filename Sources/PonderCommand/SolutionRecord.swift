import Ponder

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

  /// Of one problem among many.
  let id: String?
  /// Whether the answer equals the reference; absent without a reference.
  let isCorrect: Bool?
  let answer: String?
  let text: String?
  let score: Double?
  let candidates: [Try]
  let stop: Stop
  let usage: RunUsage

  init(_ outcome: Outcome, of problem: Problem? = nil) {
    let selected = outcome.selected.map(Try.init)
    id = problem?.id
    isCorrect = problem?.reference.map { reference in
      outcome.selected.map { Grading(.math).isCorrect($0.text, reference: reference) } ?? false
    }
    answer = selected?.answer
    text = selected?.text
    score = selected?.score
    candidates = outcome.candidates.map(Try.init)
    stop = outcome.stop
    usage = outcome.usage
  }
}
