import BigInt

/// Equality with what the grading options allow: rounding, percentages, order.
struct Leniency {
  let options: GradingOptions

  func allows(_ a: AnswerValue, _ b: AnswerValue) -> Bool {
    switch (a, b) {
    case (.scalar(let x), .scalar(let y)): return allows(x, y)
    case (.tuple(let open, let items, let close), .tuple(let otherOpen, let others, let otherClose)):
      return open == otherOpen && close == otherClose && pairwise(items, others)
    case (.collection(let items), .collection(let others)): return matched(items, others)
    case (.collection(let items), .tuple(.round, let others, .round)),
      (.tuple(.round, let others, .round), .collection(let items)):
      return !options.strictOrder && matched(items, others)
    case (.collection(let items), .scalar) where items.count == 1: return allows(items[0], b)
    case (.scalar, .collection(let items)) where items.count == 1: return allows(a, items[0])
    case (.matrix(let rows), .matrix(let others)):
      return rows.count == others.count
        && zip(rows, others).allSatisfy { row, other in
          row.count == other.count && zip(row, other).allSatisfy { allows($0, $1) }
        }
    case (.region(let region), .region(let other)): return allows(region, other)
    default: return a.key == b.key
    }
  }

  private func pairwise(_ items: [AnswerValue], _ others: [AnswerValue]) -> Bool {
    items.count == others.count && zip(items, others).allSatisfy { allows($0, $1) }
  }

  /// Whether the elements can be paired: those with equal keys first, the few others by search.
  private func matched(_ items: [AnswerValue], _ others: [AnswerValue]) -> Bool {
    guard items.count == others.count, items.count <= 256 else { return false }
    var unmatched = Dictionary(others.map { ($0.key, [$0]) }, uniquingKeysWith: +)
    let left = items.filter { unmatched[$0.key]?.popLast() == nil }
    var rest = others.filter { other in
      unmatched[other.key]?.popLast() != nil
    }
    guard left.count <= 32 else { return false }
    for item in left {
      guard let match = rest.firstIndex(where: { allows(item, $0) }) else { return false }
      rest.remove(at: match)
    }
    return true
  }

  private func allows(_ region: Region, _ other: Region) -> Bool {
    region.intervals.count == other.intervals.count
      && zip(region.intervals, other.intervals).allSatisfy { a, b in
        allows(a.lower, b.lower) && allows(a.upper, b.upper)
      }
  }

  private func allows(_ a: Region.Bound, _ b: Region.Bound) -> Bool {
    guard let x = a.value, let y = b.value else { return a.value == nil && b.value == nil }
    return a.isClosed == b.isClosed && allows(x, y)
  }

  private func allows(_ a: Scalar, _ b: Scalar) -> Bool {
    if a.key == b.key || rounds(a, b) { return true }
    guard options.percentAsFraction, a.isPercent != b.isPercent, let x = a.rational, let y = b.rational else {
      return false
    }
    let hundred = Rational(100)
    return a.isPercent
      ? rounds(x, hundred * y, a.isDecimal || b.isDecimal) : rounds(hundred * x, y, a.isDecimal || b.isDecimal)
  }

  private func rounds(_ a: Scalar, _ b: Scalar) -> Bool {
    guard a.isDecimal || b.isDecimal, let places = options.decimalPlaces else { return false }
    if let x = a.rational, let y = b.rational { return rounds(x, y, true) }
    guard let x = a.real, let y = b.real, (0...60).contains(places) else { return false }
    let tolerance = BigFloat(Rational(numerator: 1, denominator: 2 * BigInt(10).power(places)))
    let difference = x - y
    return (difference.isNegative ? -difference : difference) < tolerance
  }

  private func rounds(_ a: Rational, _ b: Rational, _ hasDecimal: Bool) -> Bool {
    if a == b { return true }
    guard hasDecimal, let places = options.decimalPlaces, (0...1000).contains(places) else { return false }
    let difference = a - b
    let tolerance = Rational(numerator: 1, denominator: 2 * BigInt(10).power(places))
    return (difference.isNegative ? -difference : difference) < tolerance
  }
}
