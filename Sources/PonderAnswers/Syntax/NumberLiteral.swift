import BigInt

/// The value of a literal: digits, a point, a repeating part, an exponent, a base.
struct NumberLiteral {
  let text: String

  /// Literals with more digits are compared as text.
  static let longest = 2048
  /// The largest power of ten in scientific notation.
  static let largestExponent = 4096

  var isInteger: Bool { text.utf8.allSatisfy(\.isDigit) }
  /// Whether it is a numeral in some base: `101`, `0.11`, `2A`.
  var isNumeral: Bool { text.utf8.allSatisfy { $0.isDigit || $0 == UInt8(ascii: ".") || (65...70).contains($0) } }
  var isDecimal: Bool { text.utf8.contains(UInt8(ascii: ".")) }

  /// The exact value, or `nil` for literals beyond the limits.
  var value: Rational? {
    if text.utf8.count < 18, let small = Int(text) { return Rational(small) }
    guard text.utf8.count <= Self.longest, !text.utf8.contains(where: { (65...70).contains($0) && $0 != 69 }) else {
      return nil
    }
    var whole = ""
    var decimals = 0
    var seenPoint = false
    var repeating = ""
    var inRepeat = false
    var rest = Substring(text)
    while let character = rest.first, character != "e", character != "E" {
      rest.removeFirst()
      switch character {
      case ".": seenPoint = true
      case "(": inRepeat = true
      case ")": inRepeat = false
      default:
        if inRepeat {
          repeating.append(character)
        } else {
          whole.append(character)
          if seenPoint { decimals += 1 }
        }
      }
    }
    guard let digits = BigInt(whole.isEmpty ? "0" : whole), let exponent = rest.isEmpty ? 0 : Int(rest.dropFirst()),
      abs(exponent) <= Self.largestExponent
    else { return nil }
    var value = Rational(numerator: digits, denominator: BigInt(10).power(decimals))
    if !repeating.isEmpty, let cycle = BigInt(repeating) {
      let nines = BigInt(10).power(repeating.utf8.count) - 1
      value = value + Rational(numerator: cycle, denominator: nines * BigInt(10).power(decimals))
    }
    let power = BigInt(10).power(abs(exponent))
    return exponent >= 0
      ? value * Rational(power) : value * Rational(numerator: 1, denominator: power)
  }

  /// The value of the digits in another base, or `nil` where one of them is no digit of it.
  func value(inBase base: Int) -> Rational? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let digits = parts.joined()
    guard parts.count <= 2, !digits.isEmpty, text.utf8.count <= Self.longest, (2...36).contains(base),
      digits.allSatisfy({ $0.hexDigitValue.map { $0 < base } ?? false }), let value = BigInt(digits, radix: base)
    else { return nil }
    let decimals = parts.count == 2 ? parts[1].count : 0
    return Rational(numerator: value, denominator: BigInt(base).power(decimals))
  }
}
