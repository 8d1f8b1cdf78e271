import Foundation
import PonderGeneration
import PonderStrategies
import PonderVerifiers
import Testing

@Suite struct CalibrationTests {
  /// Scores whose truth is drawn with probability `truth(score)`.
  private func examples(_ count: Int, truth: (Double) -> Double) -> (scores: [Double], labels: [Bool]) {
    var generator = Seed(3).generator
    let scores = (0..<count).map { _ in Double.random(in: 0..<1, using: &generator) }
    return (scores, scores.map { Double.random(in: 0..<1, using: &generator) < truth($0) })
  }

  private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  @Test func plattScalingFindsTheLineInLogOdds() throws {
    let (scores, labels) = examples(20_000) { self.sigmoid(0.5 * log($0 / (1 - $0)) - 1) }
    let platt = try PlattCalibration(fitting: scores, labels)
    // Standard errors are about 0.013 and 0.018 at this size.
    #expect(abs(platt.slope - 0.5) < 0.05 && abs(platt.offset + 1) < 0.06)
    #expect(abs(platt(0.5) - sigmoid(platt.offset)) < 1e-12)
  }

  @Test func plattScalingIsAtItsOptimum() throws {
    let (scores, labels) = examples(50) { $0 }
    let platt = try PlattCalibration(fitting: scores, labels)
    let right = Double(labels.count { $0 })
    let wrong = 50 - right
    // The derivatives of the loss with Platt's targets vanish.
    var (slope, offset) = (0.0, 0.0)
    for (score, label) in zip(scores, labels) {
      let residual = platt(score) - (label ? (right + 1) / (right + 2) : 1 / (wrong + 2))
      slope += residual * log(score / (1 - score))
      offset += residual
    }
    #expect(abs(slope) < 1e-6 && abs(offset) < 1e-6)
  }

  @Test func aVerifierThatRanksTheWrongWayRoundIsFlattenedAndNotTurnedOver() throws {
    let (scores, labels) = examples(500) { 1 - $0 }
    let platt = try PlattCalibration(fitting: scores, labels)
    #expect(platt.slope == 0)
    #expect(abs(platt(0.9) - Double(labels.count { $0 }) / 500) < 0.01)
  }

  @Test func isotonicRegressionPoolsAdjacentViolators() throws {
    // 0 | 1, 0 pooled to ½ | 1, 1
    let isotonic = try IsotonicCalibration(fitting: [0.1, 0.3, 0.2, 0.4, 0.5], [false, false, true, true, true])
    #expect(isotonic.scores == [0.1, 0.2, 0.3, 0.4, 0.5])
    #expect(isotonic.values == [0, 0.5, 0.5, 1, 1])
    #expect(isotonic(0) == 0 && isotonic(0.25) == 0.5 && isotonic(1) == 1)
    #expect(abs(isotonic(0.35) - 0.75) < 1e-12)
    // Equal scores are one example from the start, whatever their order.
    let tied = try IsotonicCalibration(fitting: [0.5, 0.5, 0.5, 0.9], [true, false, true, false])
    #expect(tied.values == [0.5, 0.5])
  }

  @Test func isotonicRegressionNeverDecreasesAndKeepsTheMean() throws {
    let (scores, labels) = examples(2000) { $0 * $0 }
    let isotonic = try IsotonicCalibration(fitting: scores, labels)
    let values = (0...1000).map { isotonic(Double($0) / 1000) }
    #expect(zip(values, values.dropFirst()).allSatisfy { $0 <= $1 })
    let mean = scores.map { isotonic($0) }.reduce(0, +) / 2000
    #expect(abs(mean - Double(labels.count { $0 }) / 2000) < 1e-9)
    #expect(abs(isotonic(0.8) - 0.64) < 0.1)
  }

  @Test func calibrationsAreStoredAndDamagedOnesRefused() throws {
    let (scores, labels) = examples(100) { $0 }
    let platt = try PlattCalibration(fitting: scores, labels)
    let isotonic = try IsotonicCalibration(fitting: scores, labels)
    let (encoder, decoder) = (JSONEncoder(), JSONDecoder())
    #expect(try decoder.decode(PlattCalibration.self, from: encoder.encode(platt)) == platt)
    #expect(try decoder.decode(IsotonicCalibration.self, from: encoder.encode(isotonic)) == isotonic)
    for text in [#"{"scores": [0.1], "values": [0.5, 0.2]}"#, #"{"scores": [0, 1], "values": [1, 0]}"#] {
      #expect(throws: DecodingError.self) {
        try decoder.decode(IsotonicCalibration.self, from: Data(text.utf8))
      }
    }
  }

  @Test func whatCannotBeFittedIsRefused() {
    #expect(throws: FittingError.mismatched(examples: 1, labels: 2)) {
      try PlattCalibration(fitting: [0.5], [true, false])
    }
    #expect(throws: FittingError.oneSided(examples: 2)) { try IsotonicCalibration(fitting: [0.5, 1], [true, true]) }
    #expect(throws: FittingError.oneSided(examples: 0)) { try PlattCalibration(fitting: [], []) }
    #expect(throws: FittingError.invalidExample(index: 1)) {
      try PlattCalibration(fitting: [0.5, .nan], [true, false])
    }
  }

  @Test func aCalibratedVerifierSaysSoAndKeepsItsRanking() async throws {
    let base = CustomVerifier("length") { candidate, _ in Double(candidate.text.count) / 10 }
    let calibrated = base.calibrated(by: PlattCalibration(slope: 2, offset: 0))
    #expect(calibrated.isCalibrated && calibrated.name == "length")
    let outcome = try await calibrated.scoring(["a", "aaaaa", "aaaaaaaa"].enumerated().map { .given($0, $1) }, of: "?")
    let scores = outcome.candidates.compactMap(\.score)
    #expect(scores.count == 3 && scores == scores.sorted())
    // logit(0.8) = log 4, so σ(2 log 4) = 16/17
    #expect(abs(scores[2] - 16.0 / 17) < 1e-12 && abs(scores[1] - 0.5) < 1e-12)
  }
}
