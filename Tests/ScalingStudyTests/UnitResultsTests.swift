import Foundation
import Ponder
import Testing

@testable import scaling_study

/// The file of results holds rows without names: what is written in one column must be read from the same.
@Suite struct UnitResultsTests {
  /// A record whose fields all differ, so that no two can be exchanged unseen.
  private func record(strategy: String, n: Int, isCorrect: Bool) -> StudyRecord {
    StudyRecord(
      StudyRecord.Method(policy: "small", strategy: strategy, n: n, verifier: "judge"), problem: "p7", level: 3,
      seed: 2, isCorrect: isCorrect, isCovered: !isCorrect, tokens: 101, verifierTokens: 202, policyFlops: 3.5e9,
      verifierFlops: 4.25e9, seconds: 1.5, pilotScore: 0.75)
  }

  @Test func recordsComeBackAsTheyWere() throws {
    let records = [
      record(strategy: "majority", n: 4, isCorrect: true), record(strategy: "beam", n: 16, isCorrect: false),
    ]
    let results = try #require(UnitResults(records))
    let read = try JSONDecoder().decode(UnitResults.self, from: JSONEncoder().encode(results))
    let again = JSONEncoder()
    again.outputFormatting = .sortedKeys
    #expect(try again.encode(read.records) == again.encode(records))
  }

  /// The order of the values is that of the names in the header.
  @Test func valuesStandInTheirColumns() throws {
    let results = try #require(UnitResults([record(strategy: "majority", n: 4, isCorrect: true)]))
    let row = try JSONSerialization.jsonObject(with: JSONEncoder().encode(results.rows[0])) as? [Any]
    let named = Dictionary(uniqueKeysWithValues: zip(UnitResults.columns, try #require(row)))
    #expect(named.count == row?.count)
    #expect(named["strategy"] as? String == "majority")
    #expect(named["n"] as? Int == 4)
    #expect(named["right"] as? Int == 1)
    #expect(named["any"] as? Int == 0)
    #expect(named["tokens"] as? Int == 101)
    #expect(named["tokens read"] as? Int == 202)
    #expect(named["policy flops"] as? Double == 3.5e9)
    #expect(named["verifier flops"] as? Double == 4.25e9)
    #expect(named["seconds"] as? Double == 1.5)
  }

  @Test func nothingMeasuredIsNoResult() {
    #expect(UnitResults([]) == nil)
  }
}
