/// Turns a syntax tree into the value that an answer stands for.
package struct Normalizer {
  /// +1 or −1 for `\pm`.
  private var sign = 1
  private let spelling: (Range<Int>) -> String
  private let budget = WorkBudget()

  /// - Parameter spelling: the canonical spelling of a stretch of the answer, for what has no value.
  init(spelling: @escaping (Range<Int>) -> String) { self.spelling = spelling }

  package func value(of tree: SyntaxTree) -> AnswerValue {
    if sign == 1, tree.hasPlusMinus, !tree.isSeveral {
      var minus = self
      minus.sign = -1
      return .collection(Self.flattened([single(tree), minus.single(tree)]))
    }
    return single(tree)
  }

  private func single(_ tree: SyntaxTree) -> AnswerValue {
    switch tree.node {
    case .text(let text): return .text(Self.normalized(text))
    case .constant(.infinity): return .infinity(isNegative: false)
    case .constant(.emptySet): return .collection([])
    case .constant(.reals): return .region(.reals)
    case .list(let items): return list(items)
    case .set(let items): return .collection(Self.flattened(items.map(value)))
    case .setBuilder(_, let condition): return value(of: condition)
    case .tuple(let open, let items, let close): return .tuple(open, items.map(value), close)
    case .combination(let operands, let operations): return combination(operands, operations) ?? opaque(tree)
    case .ratio(let parts): return ratio(parts) ?? opaque(tree)
    case .relation(let operands, let relations):
      return RelationNormalizer(normalizer: self).value(operands, relations) ?? opaque(tree)
    case .negation(let inner) where inner.node == .constant(.infinity): return .infinity(isNegative: true)
    default: break
    }
    if let scalar = scalar(tree) { return .scalar(scalar) }
    if let rows = MatrixNormalizer(normalizer: self).rows(of: tree) { return .matrix(rows) }
    return opaque(tree)
  }

  /// The scalar that a tree is: exact where it is a fraction, else by the values of its normal form, or by its own
  /// where it has none. The two meet: cos 15° and (√6 + √2)/4 have one key.
  func scalar(_ tree: SyntaxTree) -> Scalar? {
    let isDecimal = tree.hasDecimal
    if let exact = RationalEvaluator().value(of: tree) {
      var scalar = Scalar(exact, isDecimal: isDecimal)
      if case .percent = tree.node { scalar.isPercent = true }
      return scalar
    }
    var tree = tree
    let form = tree.hasPlusMinus ? nil : NormalForm(budget: budget).form(of: tree)
    if let form {
      if let constant = form.constant { return Scalar(constant, isDecimal: isDecimal) }
      tree = form.tree
    }
    // What reading the digits of a value costs.
    guard budget.spend(30) else { return nil }
    var values: [ComplexFloat?] = []
    for point in 0..<SamplePoint.count {
      var evaluator = SampleEvaluator(point: point, sign: sign, budget: budget)
      values.append(evaluator.value(of: tree))
      if !evaluator.usedVariables { break }
    }
    return Scalar(values: values, isDecimal: isDecimal, isKnownIrrational: form?.denominator.constant != nil)
  }

  func opaque(_ tree: SyntaxTree) -> AnswerValue { .opaque(spelling(tree.range)) }

  // MARK: - Several values

  /// "x = 1, x = 2" is a collection; "x > 2, x < 5" an interval; "x < 2 or x > 5" a region.
  private func list(_ items: [SyntaxTree]) -> AnswerValue {
    if let point = point(items) { return point }
    let values = items.map(value)
    let regions = zip(items, values).compactMap { $0.isInequality ? Self.region($1) : nil }
    if regions.count == items.count, let first = regions.first {
      let common = regions.dropFirst().reduce(first) { $0.intersection($1) }
      return Self.value(common.intervals.isEmpty ? regions.dropFirst().reduce(first) { $0.union($1) } : common)
    }
    return .collection(Self.flattened(values))
  }

  /// "x = 1, y = 2" is the point (1, 2), its coordinates in the order of their names.
  private func point(_ items: [SyntaxTree]) -> AnswerValue? {
    guard let assignments = SyntaxTree.assignments(items) else { return nil }
    return .tuple(.round, assignments.sorted { $0.name < $1.name }.map { value(of: $0.value) }, .round)
  }

  /// Collections inside a collection come from `\pm`; they are its own elements.
  private static func flattened(_ values: [AnswerValue]) -> [AnswerValue] {
    values.flatMap { value -> [AnswerValue] in
      if case .collection(let inner) = value, !inner.isEmpty { return inner }
      return [value]
    }
  }

  private func combination(_ operands: [SyntaxTree], _ operations: [SyntaxTree.SetOperation]) -> AnswerValue? {
    let regions = operands.compactMap { Self.region(value(of: $0)) }
    guard regions.count == operands.count else { return nil }
    var result = regions[0]
    for (region, operation) in zip(regions.dropFirst(), operations) {
      switch operation {
      case .union: result = result.union(region)
      case .intersection: result = result.intersection(region)
      case .difference: result = result.intersection(region.complement)
      }
    }
    return Self.value(result)
  }

  private func ratio(_ parts: [SyntaxTree]) -> AnswerValue? {
    let scalars = parts.compactMap { scalar($0)?.rational }
    guard scalars.count == parts.count, let first = scalars.first else { return nil }
    let scaled = scalars.compactMap { $0 / first }
    return scaled.count == parts.count ? .ratio(scaled.map { .scalar(Scalar($0)) }) : nil
  }

  // MARK: - Regions

  /// The set of real numbers that a value is: an interval, finitely many points, a region.
  static func region(_ value: AnswerValue) -> Region? {
    switch value {
    case .region(let region): return region
    case .tuple(let open, let items, let close):
      guard items.count == 2, let lower = bound(items[0], isClosed: open == .square, isUpper: false),
        let upper = bound(items[1], isClosed: close == .square, isUpper: true)
      else { return nil }
      return Region([Region.Interval(lower: lower, upper: upper)])
    case .collection(let items):
      let points = items.compactMap { item -> Region.Interval? in
        guard case .scalar(let scalar) = item, scalar.real != nil else { return nil }
        let bound = Region.Bound(value: scalar, isClosed: true)
        return Region.Interval(lower: bound, upper: bound)
      }
      return points.count == items.count ? Region(points) : nil
    case .scalar(let scalar) where scalar.real != nil:
      let bound = Region.Bound(value: scalar, isClosed: true)
      return Region([Region.Interval(lower: bound, upper: bound)])
    default: return nil
    }
  }

  private static func bound(_ value: AnswerValue, isClosed: Bool, isUpper: Bool) -> Region.Bound? {
    switch value {
    case .infinity(let isNegative) where isNegative != isUpper: .infinite
    case .scalar(let scalar) where scalar.real != nil: Region.Bound(value: scalar, isClosed: isClosed)
    default: nil
    }
  }

  /// A region of one interval is written, and compared, as that interval.
  static func value(_ region: Region) -> AnswerValue {
    if region.intervals.isEmpty { return .collection([]) }
    if region.intervals.allSatisfy(\.isPoint) {
      return .collection(region.intervals.compactMap { $0.lower.value.map { .scalar($0) } })
    }
    guard region.intervals.count == 1 else { return .region(region) }
    let interval = region.intervals[0]
    return .tuple(
      interval.lower.isClosed ? .square : .round,
      [
        interval.lower.value.map { .scalar($0) } ?? .infinity(isNegative: true),
        interval.upper.value.map { .scalar($0) } ?? .infinity(isNegative: false),
      ], interval.upper.isClosed ? .square : .round)
  }

  /// Words in lower case, without punctuation.
  static func normalized(_ text: String) -> String {
    text.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: " ")
  }
}
