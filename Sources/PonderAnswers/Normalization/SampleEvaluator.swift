/// High-precision values of an expression at one sample point. Where no normal form decides, these do.
struct SampleEvaluator {
  let point: Int
  /// +1 or −1 for `\pm`.
  let sign: Int
  private let budget: WorkBudget
  private(set) var usedVariables = false

  init(point: Int, sign: Int, budget: WorkBudget) {
    self.point = point
    self.sign = sign
    self.budget = budget
  }

  mutating func value(of tree: SyntaxTree) -> ComplexFloat? {
    guard budget.spend(tree.cost) else { return nil }
    switch tree.node {
    case .number(let value, _): return ComplexFloat(BigFloat(value))
    case .symbol(let name):
      usedVariables = true
      return ComplexFloat(SamplePoint.value(of: name, at: point))
    case .constant(let constant): return self.constant(constant)
    case .negation(let inner): return value(of: inner).map { -$0 }
    case .plusMinus(let inner, let isMinusPlus):
      return value(of: inner).map { (sign > 0) != isMinusPlus ? $0 : -$0 }
    case .sum(let terms):
      var sum = ComplexFloat.zero
      for term in terms {
        guard let next = value(of: term) else { return nil }
        sum = sum + next
      }
      return sum
    case .product(let factors):
      var product = ComplexFloat.one
      for factor in factors {
        guard let next = value(of: factor) else { return nil }
        product = product * next
      }
      return product
    case .quotient(let a, let b):
      guard let numerator = value(of: a), let denominator = value(of: b), !denominator.isZero else { return nil }
      return numerator / denominator
    case .power(let base, let exponent): return power(base, exponent)
    case .root(let index, let radicand):
      guard let radicand = value(of: radicand) else { return nil }
      guard let index else { return radicand.squareRoot }
      guard let order = RationalEvaluator().value(of: index)?.int, order != 0, abs(order) <= 1000 else { return nil }
      return order > 0 ? radicand.root(order) : radicand.root(-order).flatMap { .one / $0 }
    case .function(let function, let arguments): return self.function(function, arguments)
    case .logarithm(let base, let argument):
      guard let top = value(of: argument)?.naturalLogarithm, let bottom = value(of: base)?.naturalLogarithm,
        !bottom.isZero
      else { return nil }
      return top / bottom
    case .degrees(let inner): return value(of: inner)
    case .percent(let inner): return value(of: inner)
    case .factorial(let inner, let isDouble): return factorial(tree, isDouble ? "!!" : "!", [inner])
    case .binomial(let upper, let lower):
      if let expanded = SyntaxTree.binomial(upper, lower) { return value(of: expanded) }
      return factorial(tree, "binomial", [upper, lower])
    case .call(let name, let arguments): return call(name, arguments)
    case .text, .list, .tuple, .set, .setBuilder, .combination, .ratio, .matrix, .transpose, .relation: return nil
    }
  }

  private func constant(_ constant: SyntaxTree.Constant) -> ComplexFloat? {
    switch constant {
    case .pi: ComplexFloat(.pi)
    case .e: Self.e
    case .i: .i
    case .infinity, .emptySet, .reals: nil
    }
  }

  private static let e = ComplexFloat.one.exponential

  private mutating func power(_ base: SyntaxTree, _ exponent: SyntaxTree) -> ComplexFloat? {
    guard let base = value(of: base) else { return nil }
    if let exact = RationalEvaluator().value(of: exponent) {
      if let count = exact.int { return base.power(count) }
      guard let order = Int(exactly: exact.denominator), let count = Int(exactly: exact.numerator), order <= 1000,
        abs(count) <= 1000
      else { return nil }
      return base.root(order)?.power(count)
    }
    guard let exponent = value(of: exponent) else { return nil }
    if base.isZero { return exponent.isZero ? .one : .zero }
    guard let logarithm = base.naturalLogarithm else { return nil }
    return (logarithm * exponent).exponential
  }

  /// f(x) for an unnamed function: a value that depends on the function's name and the argument's value;
  /// a product for other letters, as in k(k + 1).
  private mutating func call(_ name: String, _ arguments: [SyntaxTree]) -> ComplexFloat? {
    let values = arguments.compactMap { value(of: $0) }
    guard values.count == arguments.count else { return nil }
    usedVariables = true
    if !SyntaxTree.functionLetters.contains(name), values.count == 1 {
      return ComplexFloat(SamplePoint.value(of: name, at: point)) * values[0]
    }
    let spelling = name + "(" + values.map(\.keyText).joined(separator: ",") + ")"
    return ComplexFloat(SamplePoint.value(of: spelling, at: point))
  }

  /// The value at whole numbers; with variables in it, one that depends on the arguments' values.
  private mutating func factorial(_ tree: SyntaxTree, _ name: String, _ arguments: [SyntaxTree]) -> ComplexFloat? {
    if let exact = RationalEvaluator().value(of: tree) { return ComplexFloat(BigFloat(exact)) }
    let before = usedVariables
    usedVariables = false
    defer { usedVariables = usedVariables || before }
    let values = arguments.compactMap { value(of: $0) }
    guard values.count == arguments.count, usedVariables else { return nil }
    let spelling = name + "(" + values.map(\.keyText).joined(separator: ",") + ")"
    return ComplexFloat(SamplePoint.value(of: spelling, at: point))
  }

  private mutating func function(_ function: ElementaryFunction, _ arguments: [SyntaxTree]) -> ComplexFloat? {
    if arguments.count > 1 {
      return RationalEvaluator().value(of: SyntaxTree(.function(function, arguments), 0..<0)).map {
        ComplexFloat(BigFloat($0))
      }
    }
    guard let first = arguments.first, var argument = value(of: first) else { return nil }
    if function.isTrigonometric, first.hasDegrees {
      argument = argument * ComplexFloat(BigFloat.pi.dividedBySmall(180))
    }
    return function.value(at: argument)
  }
}

extension SyntaxTree {
  /// n choose k as the polynomial in n that it is: n·(n − 1)⋯(n − k + 1) / k!, for small whole k and n that is no number.
  static func binomial(_ upper: SyntaxTree, _ lower: SyntaxTree) -> SyntaxTree? {
    guard let k = RationalEvaluator().value(of: lower)?.int, (1...8).contains(k),
      RationalEvaluator().value(of: upper) == nil
    else { return nil }
    func number(_ value: Int) -> SyntaxTree { SyntaxTree(.number(Rational(value), isDecimal: false), lower.range) }
    let factors = (0..<k).map { SyntaxTree(.sum([upper, number(-$0)]), upper.range) }
    let divisor = SyntaxTree(.factorial(number(k), isDouble: false), lower.range)
    return SyntaxTree(.quotient(SyntaxTree(.product(factors), upper.range), divisor), upper.range)
  }

  /// The steps that evaluating this node takes, without its children.
  fileprivate var cost: Int {
    switch node {
    case .function, .logarithm: 40
    case .root, .power, .call: 10
    case .factorial, .binomial: 20
    default: 1
    }
  }

  /// Letters that are functions before a bracket; others are factors.
  static let functionLetters: Set<String> = ["f", "g", "h", "F", "G", "H", "f'", "g'", "f''"]

  /// Whether an angle is in degrees.
  var hasDegrees: Bool {
    switch node {
    case .degrees: true
    case .negation(let inner): inner.hasDegrees
    case .sum(let items), .product(let items): items.contains(where: \.hasDegrees)
    case .quotient(let a, let b): a.hasDegrees || b.hasDegrees
    default: false
    }
  }
}
