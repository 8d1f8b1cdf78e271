/// Reads relations: `x = 5` is 5, `0 < x \le 1` is an interval, `x + y = 2` an equation.
struct RelationNormalizer {
  let normalizer: Normalizer

  func value(_ operands: [SyntaxTree], _ relations: [SyntaxTree.Relation]) -> AnswerValue? {
    if let element = relations.lastIndex(of: .element) { return normalizer.value(of: operands[element + 1]) }
    if let approximation = relations.firstIndex(of: .approximately) {
      // "x ≈ 11" is 11; "√3/3 ≈ 0.577" is √3/3.
      let before = operands[approximation]
      return normalizer.value(of: before.isName ? operands[approximation + 1] : before)
    }
    if relations.allSatisfy({ $0 == .equal || $0 == .equivalent }) { return equation(operands) }
    if relations == [.notEqual] { return inequation(operands[0], operands[1]) }
    return inequality(operands, relations)
  }

  // MARK: - Equations

  private func equation(_ operands: [SyntaxTree]) -> AnswerValue? {
    let last = operands[operands.count - 1]
    if operands[0].isName || operands.count > 2 { return normalizer.value(of: last) }
    if last.isName, let left = normalizer.scalar(operands[0]), left.isConstant { return .scalar(left) }
    guard let difference = difference(operands[0], last) else { return nil }
    if difference.isConstant { return normalizer.value(of: last) }
    return .relation(.comparison(.equal, difference: difference))
  }

  private func inequation(_ left: SyntaxTree, _ right: SyntaxTree) -> AnswerValue? {
    if left.isName, let value = normalizer.scalar(right), value.real != nil {
      return Normalizer.region(.scalar(value)).map { Normalizer.value($0.complement) }
    }
    return difference(left, right).map { .relation(.comparison(.notEqual, difference: $0)) }
  }

  private func difference(_ left: SyntaxTree, _ right: SyntaxTree) -> Scalar? {
    let range = left.range.lowerBound..<max(left.range.upperBound, right.range.upperBound)
    return normalizer.scalar(SyntaxTree(.sum([left, SyntaxTree(.negation(right), right.range)]), range))
  }

  // MARK: - Inequalities

  private func inequality(_ operands: [SyntaxTree], _ relations: [SyntaxTree.Relation]) -> AnswerValue? {
    // Written with "<" and "≤" only.
    var operands = operands
    var relations = relations
    if relations.allSatisfy({ $0 == .greater || $0 == .greaterOrEqual }) {
      operands.reverse()
      relations = relations.reversed().map(\.mirrored)
    }
    guard relations.allSatisfy({ $0 == .less || $0 == .lessOrEqual }) else { return nil }
    if let region = solved(operands, relations) { return Normalizer.value(region) }
    if operands.count == 2, let difference = difference(operands[0], operands[1]) {
      return .relation(.comparison(relations[0], difference: difference))
    }
    return .relation(.chain(operands.map(normalizer.value), relations))
  }

  /// `x < 3`, `2 \le x`, `0 < f(x) < 1`: one name between constants.
  private func solved(_ operands: [SyntaxTree], _ relations: [SyntaxTree.Relation]) -> Region? {
    guard operands.count <= 3, let name = operands.firstIndex(where: \.isName),
      operands.count == 2 || name == 1
    else { return nil }
    var interval = Region.Interval(lower: .infinite, upper: .infinite)
    if name > 0 {
      guard let bound = bound(operands[name - 1], relations[name - 1]) else { return nil }
      interval.lower = bound
    }
    if name + 1 < operands.count {
      guard let bound = bound(operands[name + 1], relations[name]) else { return nil }
      interval.upper = bound
    }
    return Region([interval])
  }

  private func bound(_ tree: SyntaxTree, _ relation: SyntaxTree.Relation) -> Region.Bound? {
    switch normalizer.value(of: tree) {
    case .infinity: .infinite
    case .scalar(let scalar) where scalar.real != nil:
      Region.Bound(value: scalar, isClosed: relation == .lessOrEqual)
    default: nil
    }
  }
}

extension SyntaxTree {
  /// Whether it only names what an equation defines: x, f(x), (p, q), S_1 : S, AB, "Area".
  var isName: Bool {
    switch node {
    case .symbol, .text: true
    case .call(_, let arguments): arguments.allSatisfy { $0.isName || $0.isLiteral }
    case .tuple(_, let items, _), .list(let items): items.allSatisfy(\.isName)
    case .quotient(let a, let b): a.isName && b.isName
    case .product(let factors):
      factors.allSatisfy { factor in
        guard case .symbol(let name) = factor.node else { return false }
        return name.first?.isUppercase ?? false
      }
    case .function(_, let arguments): arguments.count == 1 && arguments[0].isName
    default: false
    }
  }

  private var isLiteral: Bool {
    if case .number = node { return true }
    return false
  }

  var isInequality: Bool {
    if case .relation(_, let relations) = node {
      return relations.contains { $0 != .equal && $0 != .approximately && $0 != .element }
    }
    return false
  }
}
