/// A union of intervals of real numbers, disjoint and in order.
package struct Region: Sendable {
  package struct Bound: Sendable {
    /// `nil` is infinite.
    package var value: Scalar?
    package var isClosed: Bool

    static let infinite = Bound(value: nil, isClosed: false)
  }

  package struct Interval: Sendable {
    package var lower: Bound
    package var upper: Bound
  }

  package let intervals: [Interval]

  static let reals = Region([Interval(lower: .infinite, upper: .infinite)])
  static let empty = Region([])

  /// Sorts the intervals, merges those that meet and drops the empty ones.
  /// - Precondition: the bounds are real constants.
  init(_ parts: [Interval]) {
    let sorted = parts.filter { !Self.isEmpty($0) }.sorted { Self.starts($0.lower, before: $1.lower) }
    var merged: [Interval] = []
    for next in sorted {
      guard let last = merged.last, Self.meet(last.upper, next.lower) else {
        merged.append(next)
        continue
      }
      if Self.ends(last.upper, before: next.upper) { merged[merged.count - 1].upper = next.upper }
    }
    intervals = merged
  }

  func union(_ other: Region) -> Region { Region(intervals + other.intervals) }

  func intersection(_ other: Region) -> Region {
    Region(
      intervals.flatMap { a in
        other.intervals.map { b in
          Interval(
            lower: Self.starts(a.lower, before: b.lower) ? b.lower : a.lower,
            upper: Self.ends(a.upper, before: b.upper) ? a.upper : b.upper)
        }
      })
  }

  var complement: Region {
    var parts: [Interval] = []
    var lower = Bound.infinite
    for interval in intervals {
      if interval.lower.value != nil {
        parts.append(
          Interval(lower: lower, upper: Bound(value: interval.lower.value, isClosed: !interval.lower.isClosed)))
      }
      guard let value = interval.upper.value else { return Region(parts) }
      lower = Bound(value: value, isClosed: !interval.upper.isClosed)
    }
    return Region(parts + [Interval(lower: lower, upper: .infinite)])
  }

  package var key: String {
    if intervals.isEmpty { return "{}" }
    return intervals.map { interval in
      if interval.isPoint, let value = interval.lower.value {
        return intervals.count == 1 ? value.key : "{\(value.key)}"
      }
      return (interval.lower.isClosed ? "[" : "(") + (interval.lower.value?.key ?? "-infinity") + ", "
        + (interval.upper.value?.key ?? "infinity") + (interval.upper.isClosed ? "]" : ")")
    }.joined(separator: " ∪ ")
  }

  // MARK: - Order of bounds

  private static func compare(_ a: Scalar, _ b: Scalar) -> Int {
    if let x = a.rational, let y = b.rational { return x < y ? -1 : (x == y ? 0 : 1) }
    guard let x = a.real, let y = b.real else { return 0 }
    let difference = x - y
    if difference.magnitude < max(x.magnitude, 0) + BigFloat.zeroMagnitude { return 0 }
    return difference.isNegative ? -1 : 1
  }

  private static func isEmpty(_ interval: Interval) -> Bool {
    guard let lower = interval.lower.value, let upper = interval.upper.value else { return false }
    let order = compare(lower, upper)
    return order > 0 || (order == 0 && !(interval.lower.isClosed && interval.upper.isClosed))
  }

  private static func starts(_ a: Bound, before b: Bound) -> Bool {
    guard let x = a.value else { return b.value != nil }
    guard let y = b.value else { return false }
    let order = compare(x, y)
    return order < 0 || (order == 0 && a.isClosed && !b.isClosed)
  }

  private static func ends(_ a: Bound, before b: Bound) -> Bool {
    guard let x = a.value else { return false }
    guard let y = b.value else { return true }
    let order = compare(x, y)
    return order < 0 || (order == 0 && !a.isClosed && b.isClosed)
  }

  /// Whether an interval that ends at `upper` touches one that starts at `lower`.
  private static func meet(_ upper: Bound, _ lower: Bound) -> Bool {
    guard let x = upper.value, let y = lower.value else { return true }
    let order = compare(y, x)
    return order < 0 || (order == 0 && (upper.isClosed || lower.isClosed))
  }
}

extension Region.Interval {
  var isPoint: Bool {
    guard let lower = lower.value, let upper = upper.value else { return false }
    return lower.key == upper.key
  }
}
