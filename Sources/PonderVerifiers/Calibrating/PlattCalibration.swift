import Foundation

/// Platt scaling: p = σ(slope · logit(score) + offset), with slope ≥ 0.
///
/// Platt 1999, fitted by Newton's method with his smoothed targets, as Lin, Lin and Weng 2007 ("A note on Platt's
/// probabilistic outputs"). Differs: scores here are probabilities, so their log-odds take the place of a raw
/// decision value; the identity is slope 1, offset 0. Scores are clamped to [1e-6, 1 − 1e-6].
public struct PlattCalibration: ScoreCalibration, Hashable {
  /// ≥ 0; below 1 for an overconfident verifier.
  public let slope: Double
  /// In log-odds.
  public let offset: Double

  /// A calibration with given parameters.
  public init(slope: Double, offset: Double) {
    precondition(slope >= 0, "slope is \(slope), must be ≥ 0")
    self.slope = slope
    self.offset = offset
  }

  /// The calibration that fits best.
  ///
  /// - Parameters:
  ///   - scores: In [0, 1].
  ///   - labels: Whether each was right.
  /// - Throws: ``FittingError`` when lengths differ, a score is out of range or all labels are the same.
  public init(fitting scores: [Double], _ labels: [Bool]) throws(FittingError) {
    try FittingError.check(scores, labels)
    let x = scores.map(Self.logit)
    let right = Double(labels.count { $0 })
    let wrong = Double(labels.count) - right
    let targets = labels.map { $0 ? (right + 1) / (right + 2) : 1 / (wrong + 2) }
    func loss(_ a: Double, _ b: Double) -> Double {
      zip(x, targets).reduce(0) { sum, pair in
        let z = a * pair.0 + b
        // log(1 + e^z) − t·z, without overflow
        return sum + max(z, 0) + log1p(exp(-abs(z))) - pair.1 * z
      }
    }
    func fit(slopeIsFree: Bool) -> (a: Double, b: Double) {
      var (a, b) = (0.0, log((right + 1) / (wrong + 1)))
      for _ in 0..<100 {
        var (ga, gb, haa, hab, hbb) = (0.0, 0.0, 1e-12, 0.0, 1e-12)
        for (x, t) in zip(x, targets) {
          let p = 1 / (1 + exp(-(a * x + b)))
          let w = p * (1 - p)
          if slopeIsFree {
            ga += (p - t) * x
            haa += w * x * x
            hab += w * x
          }
          gb += p - t
          hbb += w
        }
        let determinant = haa * hbb - hab * hab
        guard determinant > 0 else { break }
        let (da, db) = ((hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant)
        // Halve the step until the loss falls.
        let before = loss(a, b)
        var step = 1.0
        while step > 1e-10, loss(a - step * da, b - step * db) > before { step /= 2 }
        a -= step * da
        b -= step * db
        if step * max(abs(da), abs(db)) < 1e-10 || step <= 1e-10 { break }
      }
      return (a, b)
    }
    // A verifier that ranks the wrong way round is not turned over: then the best slope that keeps its order is 0.
    var (a, b) = fit(slopeIsFree: true)
    if a < 0 { (a, b) = (0, fit(slopeIsFree: false).b) }
    self.init(slope: max(a, 0), offset: b)
  }

  /// σ(slope · logit(score) + offset)
  public func callAsFunction(_ score: Double) -> Double { 1 / (1 + exp(-(slope * Self.logit(score) + offset))) }

  private static func logit(_ score: Double) -> Double {
    let p = min(max(score, 1e-6), 1 - 1e-6)
    return log(p / (1 - p))
  }
}
