import PonderAnswers
import PonderStrategies
import Testing

@Suite struct SelectorTests {
  // Votes: 5 twice, 7 three times, one unreadable. Scores: 5 has 0.9 + 0.8, 7 has 0.5 + 0.4 + 0.3.
  let pool = [
    candidate(0, "5", score: 0.8), candidate(1, "7", score: 0.3), candidate(2, nil, score: 0.95),
    candidate(3, "7", score: 0.5), candidate(4, "5", score: 0.9), candidate(5, "7", score: 0.4),
  ]

  @Test func theMajorityIsTheLargestGroup() {
    let selection = AnswerVote.majority(of: .boxedAnswer).select(from: pool)
    #expect(selection?.answer == "7")
    #expect(selection?.candidate.id.number == 1)
  }

  @Test func theWeightedVoteIsTheLargestSumOfScores() {
    let selection = AnswerVote.weightedVote(of: .boxedAnswer).select(from: pool)
    #expect(selection?.answer == "5")  // 1.7 against 1.2
    #expect(selection?.candidate.id.number == 4)
  }

  @Test func bestOfNTakesTheHighestScoreReadableOrNot() {
    #expect(BestOfN.bestOfN.select(from: pool)?.candidate.id.number == 2)
  }

  @Test func onATieTheFirstWins() {
    let tied = [candidate(0, "1", score: 0.5), candidate(1, "2", score: 0.5)]
    #expect(AnswerVote.majority(of: .boxedAnswer).select(from: tied)?.answer == "1")
    #expect(AnswerVote.weightedVote(of: .boxedAnswer).select(from: tied)?.answer == "1")
    #expect(BestOfN().select(from: tied)?.candidate.id.number == 0)
  }

  @Test func whatWasCutOffNeitherVotesNorWinsBesideWhatIsComplete() {
    let cut: [Candidate.Ending] = [.length, .budget, .cancelled, .open]
    let pool = cut.enumerated().map { candidate($0, "9", score: 0.9, ending: $1) } + [candidate(9, "1", score: 0.1)]
    #expect(AnswerVote.majority(of: .boxedAnswer).select(from: pool)?.answer == "1")
    #expect(BestOfN().select(from: pool)?.candidate.id.number == 9)
    #expect(AnswerVote.majority(of: .boxedAnswer).select(from: Array(pool.dropLast()))?.answer == "9")
  }

  @Test func aMergedPathVotesAsOftenAsItWasFound() {
    let pool = [candidate(0, "1"), candidate(1, "1"), candidate(2, "2", multiplicity: 3)]
    #expect(AnswerVote.majority(of: .boxedAnswer).select(from: pool)?.answer == "2")
  }

  @Test func aVoteReadsEachCandidateOnceHoweverManyAnswersThereAre() {
    // So that grouping takes time in proportion to the candidates: their keys are looked up and never compared in pairs.
    let (extractions, keys) = (CallCounter(), CallCounter())
    let convention = AnswerConvention.custom(
      extract: { text in
        extractions.count()
        return text
      },
      key: { answer in
        keys.count()
        return answer
      })
    let pool = (0..<500).map { candidate($0, "\($0 % 250)") }
    let groups = AnswerVote.majority(of: convention).groups(of: pool)
    #expect(groups.count == 250 && groups.allSatisfy { $0.weight == 2 })
    #expect(extractions.value == 500 && keys.value == 500)
  }

  @Test func whereThereIsNothingToChooseNothingIsChosen() {
    #expect(AnswerVote.majority(of: .boxedAnswer).select(from: []) == nil)
    #expect(AnswerVote.majority(of: .boxedAnswer).select(from: [candidate(0, nil)]) == nil)
    #expect(AnswerVote.weightedVote(of: .boxedAnswer).select(from: [candidate(0, "1")]) == nil)
    #expect(BestOfN().select(from: [candidate(0, "1")]) == nil)
  }
}
