import PonderAnswers
import PonderEvaluation
import PonderGeneration
import PonderStrategies
import Testing

@Suite struct MetricsTests {
  @Test func passAtKIsTheFormulaOfChenEtAl() {
    // 1 − C(7, 2) / C(10, 2) = 1 − 21 / 45
    #expect(abs(Metrics.passAtK(2, correct: 3, of: 10) - 24.0 / 45) < 1e-12)
    #expect(Metrics.passAtK(1, correct: 3, of: 10) == 1 - 0.7)
    #expect(Metrics.passAtK(8, correct: 3, of: 10) == 1)
    #expect(Metrics.passAtK(5, correct: 0, of: 10) == 0)
  }

  @Test func majorityAtPrefixesVotesOverTheFirstK() {
    let candidates = ["1", "2", "2", "1", "1"].enumerated().map { index, answer in
      Candidate(
        id: .init(path: TreePath("sample"), number: index), steps: [Step("\\boxed{\(answer)}")], ending: .endOfText)
    }
    let right = Metrics.selectedAtPrefixes([1, 2, 3, 4, 5, 9], of: candidates, by: .majority(of: .boxedAnswer)) {
      $0.text == "\\boxed{1}"
    }
    #expect(right == [true, true, false, true, true, true])
  }

  @Test func theBootstrapIntervalHoldsTheMeanAndRepeats() {
    let values = (0..<100).map { $0 < 30 ? 1.0 : 0.0 }
    let interval = Metrics.bootstrapInterval(ofMean: values, seed: 1)
    #expect(interval == Metrics.bootstrapInterval(ofMean: values, seed: 1))
    // Normal approximation: 0.3 ± 1.96 · √(0.21 / 100) = 0.21 … 0.39.
    #expect(abs(interval.lowerBound - 0.21) < 0.02 && abs(interval.upperBound - 0.39) < 0.02)
    #expect(Metrics.bootstrapInterval(ofMean: [], seed: 1) == 0...0)
  }

  @Test func gradingUsesTheRelationOfTheVote() {
    let grading = Grading(.boxedAnswer)
    #expect(grading.isCorrect("\\boxed{12}", reference: "12"))
    #expect(!grading.isCorrect("\\boxed{13}", reference: "12"))
    #expect(!grading.isCorrect("12", reference: "12"))
    let outcome = Outcome(candidates: [])
    #expect(grading.isCorrect(outcome, on: Problem("q", reference: "1")) == false)
    #expect(grading.isCorrect(outcome, on: "q") == nil)
  }
}
