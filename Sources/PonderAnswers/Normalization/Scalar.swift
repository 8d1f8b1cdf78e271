/// A number, or an expression in variables by its values at seeded points.
package struct Scalar: Sendable {
  package enum Value: Sendable {
    /// An exact fraction.
    case rational(Rational)
    /// The value of a constant, or the values at `SamplePoint.all` of an expression in variables; `nil` where it
    /// has none.
    case sampled([ComplexFloat?], isConstant: Bool)
  }

  package let value: Value
  /// Fractions as such; other constants by their digits; expressions by their values.
  package let key: String
  /// Whether a decimal was in it, so that grading may allow for rounding.
  package var isDecimal = false
  /// Whether it was written with a percent sign.
  package var isPercent = false

  init(_ rational: Rational, isDecimal: Bool = false) {
    value = .rational(rational)
    key = rational.description
    self.isDecimal = isDecimal
  }

  /// - Parameters:
  ///   - values: the values at every sample point.
  ///   - isKnownIrrational: whether a normal form has shown that it is no fraction.
  /// - Returns: `nil` when it has no value anywhere.
  init?(values: [ComplexFloat?], isDecimal: Bool, isKnownIrrational: Bool) {
    guard let first = values.first(where: { $0 != nil }), let value = first else { return nil }
    self.isDecimal = isDecimal
    let isConstant = values.allSatisfy { $0.map { ($0 - value).magnitude < max(value.magnitude, 0) - 200 } ?? true }
    if isConstant, !isKnownIrrational, value.isReal, let rational = value.real.recognizedRational {
      self.value = .rational(rational)
      key = rational.description
    } else if isConstant {
      self.value = .sampled([value], isConstant: true)
      key = value.keyText
    } else {
      self.value = .sampled(values, isConstant: false)
      key = "f[" + values.map { $0?.keyText ?? "?" }.joined(separator: "; ") + "]"
    }
  }

  /// The value as a fraction, if it is one.
  package var rational: Rational? {
    if case .rational(let rational) = value { return rational }
    return nil
  }

  /// Whether no variable is in it.
  package var isConstant: Bool {
    switch value {
    case .rational: true
    case .sampled(_, let isConstant): isConstant
    }
  }

  /// The value of a real constant.
  package var real: BigFloat? {
    switch value {
    case .rational(let rational): BigFloat(rational)
    case .sampled(let values, true): values[0].flatMap { $0.isReal ? $0.real : nil }
    case .sampled: nil
    }
  }

  /// The values at the sample points.
  package var samples: [ComplexFloat?] {
    switch value {
    case .rational(let rational): [ComplexFloat](repeating: ComplexFloat(BigFloat(rational)), count: SamplePoint.count)
    case .sampled(let values, true): [ComplexFloat?](repeating: values[0], count: SamplePoint.count)
    case .sampled(let values, false): values
    }
  }

  /// The key of the values up to a common factor, or a positive one.
  func directionKey(anySign: Bool) -> String {
    let samples = samples
    guard let pivot = samples.first(where: { !($0?.isZero ?? true) }), let pivot else { return key }
    let scale = anySign ? pivot : ComplexFloat(pivot.modulus)
    return "f[" + samples.map { $0.flatMap { $0 / scale }?.keyText ?? "?" }.joined(separator: "; ") + "]"
  }
}

extension ComplexFloat {
  /// Digits of the real part, and of the imaginary part where there is one.
  package var keyText: String {
    if isReal { return real.keyText }
    let isImaginary = real.magnitude < imaginary.magnitude + BigFloat.zeroMagnitude
    return (isImaginary ? "" : real.keyText + " + ") + imaginary.keyText + "i"
  }
}
