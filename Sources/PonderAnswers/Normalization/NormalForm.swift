import BigInt

/// Brings surds, polynomials and rational functions to their normal form.
struct NormalForm {
  private let budget: WorkBudget

  init(budget: WorkBudget) { self.budget = budget }

  /// The normal form, or `nil` where there is none, or none of reasonable size.
  func form(of tree: SyntaxTree) -> RationalForm? {
    guard budget.spend(4) else { return nil }
    switch tree.node {
    case .number(let value, _): return RationalForm(Polynomial(value))
    case .symbol(let name): return RationalForm(Polynomial(.variable(name)))
    case .constant(.pi): return RationalForm(Polynomial(.pi))
    case .constant(.e): return RationalForm(Polynomial(.e))
    case .constant(.i): return RationalForm(Polynomial(.imaginary))
    case .negation(let inner): return form(of: inner).flatMap { $0 * RationalForm(Polynomial(Rational(-1))) }
    case .degrees(let inner), .percent(let inner): return form(of: inner)
    case .sum(let terms): return fold(terms, Polynomial(.zero)) { $0 + $1 }
    case .product(let factors): return fold(factors, Polynomial(.one)) { $0 * $1 }
    case .quotient(let a, let b):
      guard let top = form(of: a), let bottom = form(of: b) else { return nil }
      return top / bottom
    case .power(let base, let exponent): return power(base, exponent)
    case .root(nil, let radicand):
      return RationalEvaluator().value(of: radicand).flatMap(Self.squareRoot).map(RationalForm.init)
    case .binomial(let upper, let lower):
      if let expanded = SyntaxTree.binomial(upper, lower) { return form(of: expanded) }
      return RationalEvaluator().value(of: tree).map { RationalForm(Polynomial($0)) }
    case .factorial: return RationalEvaluator().value(of: tree).map { RationalForm(Polynomial($0)) }
    default: return nil
    }
  }

  private func fold(
    _ trees: [SyntaxTree], _ start: Polynomial, _ combine: (RationalForm, RationalForm) -> RationalForm?
  ) -> RationalForm? {
    var result = RationalForm(start)
    for tree in trees {
      guard let next = form(of: tree), budget.spend(result.numerator.terms.count + next.numerator.terms.count),
        let combined = combine(result, next)
      else { return nil }
      result = combined
    }
    return result
  }

  private func power(_ base: SyntaxTree, _ exponent: SyntaxTree) -> RationalForm? {
    guard let exact = RationalEvaluator().value(of: exponent) else { return nil }
    if let count = exact.int {
      guard abs(count) <= Polynomial.highestExponent, budget.spend(8 * abs(count)) else { return nil }
      return form(of: base)?.power(count)
    }
    guard exact.denominator == 2, let doubled = (exact * Rational(2)).int, abs(doubled) <= Polynomial.highestExponent,
      let value = RationalEvaluator().value(of: base), !value.isNegative
    else { return nil }
    return Self.squareRoot(value).flatMap { RationalForm($0).power(doubled) }
  }

  /// √(a/b) = √(ab)/b, with every square taken out: a rational number times square roots of primes and i.
  static func squareRoot(_ value: Rational) -> Polynomial? {
    if value.isZero { return Polynomial(.zero) }
    guard var rest = Int(exactly: value.numerator.magnitude * value.denominator.magnitude), rest < 1 << 40,
      var factor = Rational.one / Rational(value.denominator)
    else { return nil }
    var result = Polynomial(.one)
    func take(_ prime: Int) -> Bool {
      guard let next = result * Polynomial(.root(prime)) else { return false }
      result = next
      return true
    }
    var divisor = 2
    while divisor * divisor <= rest, divisor < 1 << 10 {
      var count = 0
      while rest % divisor == 0 {
        rest /= divisor
        count += 1
      }
      if count > 1, let square = Rational(divisor).power(count / 2, bits: 128) { factor = factor * square }
      if count % 2 == 1, !take(divisor) { return nil }
      divisor += divisor == 2 ? 1 : 2
    }
    // What is left has no factor below 2^10: a prime if it is below 2^20, else we do not know.
    if rest > 1 {
      guard rest < 1 << 20, take(rest) else { return nil }
    }
    if value.isNegative { result = (result * Polynomial(.imaginary)) ?? result }
    return result.scaled(by: factor)
  }
}

extension RationalForm {
  /// The form as a syntax tree with its terms in order, for evaluation: equal forms give equal trees.
  var tree: SyntaxTree {
    let top = numerator.tree
    if denominator.constant == .one { return top }
    return SyntaxTree(.quotient(top, denominator.tree), 0..<0)
  }
}

extension Polynomial {
  fileprivate var tree: SyntaxTree {
    SyntaxTree(
      .sum(
        sortedTerms.map { term in
          let number = SyntaxTree(.number(term.coefficient, isDecimal: false), 0..<0)
          return SyntaxTree(.product([number] + term.monomial.map(Self.tree)), 0..<0)
        }), 0..<0)
  }

  private static func tree(_ generator: Generator, _ exponent: Int) -> SyntaxTree {
    let base: SyntaxTree =
      switch generator {
      case .imaginary: SyntaxTree(.constant(.i), 0..<0)
      case .pi: SyntaxTree(.constant(.pi), 0..<0)
      case .e: SyntaxTree(.constant(.e), 0..<0)
      case .variable(let name): SyntaxTree(.symbol(name), 0..<0)
      case .root(let prime):
        SyntaxTree(.root(index: nil, SyntaxTree(.number(Rational(prime), isDecimal: false), 0..<0)), 0..<0)
      }
    if exponent == 1 { return base }
    return SyntaxTree(.power(base, SyntaxTree(.number(Rational(exponent), isDecimal: false), 0..<0)), 0..<0)
  }
}
