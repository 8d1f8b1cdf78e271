import PonderGeneration

extension Metrics {
  /// The area under the receiver operating characteristic: the chance that a right example scores above a wrong one,
  /// ties counted half (Mann and Whitney 1947). ½ is chance, 1 perfect; `nil` unless there are both right and wrong
  /// examples.
  ///
  /// - Parameters:
  ///   - scores: Finite.
  ///   - labels: Whether each is right; as many.
  public static func areaUnderCurve(_ scores: [Double], _ labels: [Bool]) -> Double? {
    precondition(scores.count == labels.count, "\(scores.count) scores, \(labels.count) labels")
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    let right = Double(labels.count { $0 })
    let wrong = Double(labels.count) - right
    guard right > 0, wrong > 0 else { return nil }
    // The sum of the right ones' ranks, those of equal scores averaged.
    var rankSum = 0.0
    var start = 0
    while start < order.count {
      var end = start
      while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
      let rank = Double(start + end + 1) / 2
      rankSum += rank * Double(order[start..<end].count { labels[$0] })
      start = end
    }
    return (rankSum - right * (right + 1) / 2) / (right * wrong)
  }

  /// An interval for ``areaUnderCurve(_:_:)`` by the percentile bootstrap over groups: examples of one problem are not
  /// independent, so whole problems are drawn. `nil` where there is no area.
  ///
  /// - Parameters:
  ///   - groups: The problem of each example.
  ///   - confidence: In (0, 1).
  ///   - resamples: ≥ 1.
  ///   - seed: The same seed gives the same interval.
  public static func areaUnderCurveInterval(
    _ scores: [Double], _ labels: [Bool], groups: [String], confidence: Double = 0.95, resamples: Int = 1000,
    seed: Seed
  ) -> ClosedRange<Double>? {
    precondition(groups.count == scores.count, "\(scores.count) scores, \(groups.count) groups")
    precondition(0 < confidence && confidence < 1, "confidence is \(confidence), must be in (0, 1)")
    precondition(resamples >= 1, "resamples is \(resamples), must be ≥ 1")
    guard areaUnderCurve(scores, labels) != nil else { return nil }
    var members: [String: [Int]] = [:]
    for (index, group) in groups.enumerated() { members[group, default: []].append(index) }
    let pools = members.keys.sorted().compactMap { members[$0] }
    var generator = seed.generator
    let areas = (0..<resamples).compactMap { _ -> Double? in
      let drawn = pools.indices.flatMap { _ in pools[Int.random(in: pools.indices, using: &generator)] }
      return areaUnderCurve(drawn.map { scores[$0] }, drawn.map { labels[$0] })
    }.sorted()
    guard !areas.isEmpty else { return nil }
    let tail = (1 - confidence) / 2
    func quantile(_ p: Double) -> Double { areas[Int((p * Double(areas.count - 1)).rounded())] }
    return quantile(tail)...quantile(1 - tail)
  }
}
