import Foundation
import PonderEvaluation
import PonderGeneration
import Testing

@Suite struct ReliabilityTests {
  @Test func theAreaUnderTheCurveCountsTiesHalf() {
    // The example of scikit-learn's roc_auc_score: 3 of 4 pairs in order.
    #expect(Metrics.areaUnderCurve([0.1, 0.4, 0.35, 0.8], [false, false, true, true]) == 0.75)
    #expect(Metrics.areaUnderCurve([0.5, 0.5], [true, false]) == 0.5)
    #expect(Metrics.areaUnderCurve([0.5, 0.5, 0.7], [true, false, true]) == 0.75)
    #expect(Metrics.areaUnderCurve([3, 2, 1], [true, true, false]) == 1)
    #expect(Metrics.areaUnderCurve([0.5], [true]) == nil && Metrics.areaUnderCurve([], []) == nil)
  }

  @Test func theAreaIsThatOfAllPairs() {
    var generator = Seed(4).generator
    let scores = (0..<200).map { _ in Double(Int.random(in: 0..<20, using: &generator)) }
    let labels = scores.map { Double.random(in: 0..<20, using: &generator) < $0 }
    var (sum, pairs) = (0.0, 0.0)
    for i in scores.indices where labels[i] {
      for j in scores.indices where !labels[j] {
        sum += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0
        pairs += 1
      }
    }
    #expect(abs((Metrics.areaUnderCurve(scores, labels) ?? 0) - sum / pairs) < 1e-12)
  }

  @Test func theIntervalHoldsTheAreaAndDrawsWholeProblems() throws {
    var generator = Seed(5).generator
    let labels = (0..<200).map { _ in Bool.random(using: &generator) }
    let scores = labels.map { ($0 ? 0.3 : 0) + Double.random(in: 0..<1, using: &generator) }
    let area = try #require(Metrics.areaUnderCurve(scores, labels))
    let alone = try #require(
      Metrics.areaUnderCurveInterval(scores, labels, groups: scores.indices.map(String.init), seed: 1))
    #expect(alone.contains(area))
    // Hanley and McNeil 1982: the standard error at this area and 100 + 100 examples is about 0.03.
    #expect(abs(alone.upperBound - alone.lowerBound - 2 * 1.96 * 0.031) < 0.03)
    // Each example ten times over tells nothing new, and the interval knows.
    let copies = (0..<10).flatMap { _ in scores.indices }
    let repeated = try #require(
      Metrics.areaUnderCurveInterval(
        copies.map { scores[$0] }, copies.map { labels[$0] }, groups: copies.map(String.init), seed: 1))
    #expect(abs(repeated.lowerBound - alone.lowerBound) < 0.01)
  }

  @Test func theCalibrationErrorIsTheMeanDistanceOfScoreAndTruth() {
    // Two bins of two examples, |1 − 0.65| and |0.5 − 0.95|.
    let reliability = Reliability([0.9, 1, 0.6, 0.7], [true, false, true, true], bins: 2)
    #expect(reliability.bins.map(\.count) == [0, 4])
    let fine = Reliability([0.9, 1, 0.6, 0.7], [true, false, true, true], bins: 5)
    #expect(fine.bins.map(\.count) == [0, 0, 0, 2, 2])
    #expect(abs(fine.expectedCalibrationError - (0.35 + 0.45) / 2) < 1e-12)
    #expect(abs(fine.brierScore - (0.01 + 1 + 0.16 + 0.09) / 4) < 1e-12)
    #expect(Reliability([0, 1], [false, true]).expectedCalibrationError == 0)
    #expect(Reliability([], []).expectedCalibrationError == 0)
  }

  @Test func thePlotIsWellFormedAndReadsInTheDark() throws {
    let svg = ReliabilityPlot(Reliability([0.05, 0.55, 0.95], [false, true, true]), title: "A < B & C").svg
    #expect(svg.contains("prefers-color-scheme: dark") && svg.contains("A &lt; B &amp; C"))
    let parser = XMLDocumentCheck(svg)
    #expect(parser.isWellFormed)
    #expect(svg.components(separatedBy: "class=\"bar\"").count - 1 == 2)
    #expect(!svg.contains("href") && !svg.contains("url("))
  }
}

/// Tags that open and close in order: what a figure of ours needs of XML.
private struct XMLDocumentCheck {
  var isWellFormed = true

  init(_ text: String) {
    var open: [Substring] = []
    for match in text.matches(of: /<(\/?)([a-z]+)[^<>]*?(\/?)>/) {
      let (_, closes, name, isEmpty) = match.output
      if closes == "/" {
        if open.popLast() != name { isWellFormed = false }
      } else if isEmpty.isEmpty {
        open.append(name)
      }
    }
    isWellFormed = isWellFormed && open.isEmpty
  }
}
