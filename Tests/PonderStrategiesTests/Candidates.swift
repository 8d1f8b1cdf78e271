import PonderGeneration
import PonderStrategies

/// A candidate with a boxed answer.
func candidate(
  _ number: Int, _ answer: String?, score: Double? = nil, ending: Candidate.Ending = .endOfText, multiplicity: Int = 1
) -> Candidate {
  Candidate(
    id: Candidate.ID(path: TreePath("sample"), number: number),
    steps: [Step(answer.map { "\\boxed{\($0)}" } ?? "I do not know.")], ending: ending, score: score,
    multiplicity: multiplicity)
}
