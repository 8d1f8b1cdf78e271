extension SyntaxTree {
  /// The trees directly below this one.
  var children: [SyntaxTree] {
    switch node {
    case .number, .symbol, .constant, .text: []
    case .sum(let items), .product(let items), .list(let items), .set(let items), .ratio(let items),
      .tuple(_, let items, _), .function(_, let items), .call(_, let items), .combination(let items, _),
      .relation(let items, _):
      items
    case .negation(let inner), .plusMinus(let inner, _), .factorial(let inner, _), .degrees(let inner),
      .percent(let inner), .transpose(let inner):
      [inner]
    case .quotient(let a, let b), .power(let a, let b), .binomial(let a, let b), .logarithm(let a, let b),
      .setBuilder(let a, let b):
      [a, b]
    case .root(let index, let radicand): index.map { [$0, radicand] } ?? [radicand]
    case .matrix(let rows): rows.flatMap { $0 }
    }
  }

  /// Whether a literal in it was written with a decimal point.
  var hasDecimal: Bool {
    if case .number(_, let isDecimal) = node { return isDecimal }
    return children.contains(where: \.hasDecimal)
  }

  /// Whether it stands for two values.
  var hasPlusMinus: Bool {
    if case .plusMinus = node { return true }
    return children.contains(where: \.hasPlusMinus)
  }

  /// Whether it is several answers, each with signs of its own.
  var isSeveral: Bool {
    switch node {
    case .list, .set: true
    case .relation, .tuple: false
    default: false
    }
  }

  /// What "x = 1, y = 2" says of each of several variables; `nil` for all else.
  static func assignments(_ items: [SyntaxTree]) -> [(name: String, value: SyntaxTree)]? {
    let assignments = items.compactMap { item -> (name: String, value: SyntaxTree)? in
      guard case .relation(let sides, [.equal]) = item.node, case .symbol(let name) = sides[0].node else { return nil }
      return (name, sides[1])
    }
    let isWhole = assignments.count == items.count && Set(assignments.map(\.name)).count == items.count
    return isWhole ? assignments : nil
  }

  /// "x = 1, y = 2" as "1, 2"; `nil` for what is no list of assignments.
  var withoutNames: SyntaxTree? {
    guard case .list(let items) = node, let assignments = Self.assignments(items) else { return nil }
    return SyntaxTree(.list(assignments.map(\.value)), range)
  }
}
