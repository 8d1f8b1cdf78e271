/// A quotient of polynomials in normal form: no roots and no i below the line, numerator and denominator without a
/// common factor, the denominator's first coefficient 1.
///
/// Common factors are cancelled when one variable (or π, or e) is in the denominator; with more, only a denominator
/// that divides the numerator is. What is left uncancelled still has the right value.
struct RationalForm {
  let numerator: Polynomial
  let denominator: Polynomial

  init(_ polynomial: Polynomial) {
    numerator = polynomial
    denominator = Polynomial(.one)
  }

  private init(numerator: Polynomial, denominator: Polynomial) {
    self.numerator = numerator
    self.denominator = denominator
  }

  /// The value if it is a rational number.
  var constant: Rational? {
    guard let top = numerator.constant, let bottom = denominator.constant else { return nil }
    return top / bottom
  }

  /// `nil` when the denominator is zero or the result too large.
  static func quotient(_ top: Polynomial, _ bottom: Polynomial) -> RationalForm? {
    if bottom.isZero { return nil }
    var (top, bottom) = (top, bottom)
    for generator in bottom.generators.filter(\.isAlgebraic).sorted() {
      let conjugate = bottom.conjugated(by: generator)
      guard let numerator = top * conjugate, let denominator = bottom * conjugate else { return nil }
      (top, bottom) = (numerator, denominator)
    }
    if let inverse = bottom.invertedTerm { return (top * inverse).map(RationalForm.init) }
    if let (numerator, denominator) = UnivariateDivision.cancelled(top, bottom) {
      (top, bottom) = (numerator, denominator)
    }
    if let inverse = bottom.invertedTerm { return (top * inverse).map(RationalForm.init) }
    guard let leading = bottom.sortedTerms.first?.coefficient, let scale = Rational.one / leading else { return nil }
    return RationalForm(numerator: top.scaled(by: scale), denominator: bottom.scaled(by: scale))
  }

  static func + (a: RationalForm, b: RationalForm) -> RationalForm? {
    if a.denominator == b.denominator { return quotient(a.numerator + b.numerator, a.denominator) }
    guard let left = a.numerator * b.denominator, let right = b.numerator * a.denominator,
      let bottom = a.denominator * b.denominator
    else { return nil }
    return quotient(left + right, bottom)
  }

  static func * (a: RationalForm, b: RationalForm) -> RationalForm? {
    guard let top = a.numerator * b.numerator, let bottom = a.denominator * b.denominator else { return nil }
    return quotient(top, bottom)
  }

  static func / (a: RationalForm, b: RationalForm) -> RationalForm? {
    guard let top = a.numerator * b.denominator, let bottom = a.denominator * b.numerator else { return nil }
    return quotient(top, bottom)
  }

  func power(_ exponent: Int) -> RationalForm? {
    guard abs(exponent) <= Polynomial.highestExponent else { return nil }
    var result = RationalForm(Polynomial(.one))
    for _ in 0..<abs(exponent) {
      guard let next = result * self else { return nil }
      result = next
    }
    return exponent >= 0 ? result : RationalForm(Polynomial(.one)) / result
  }
}
