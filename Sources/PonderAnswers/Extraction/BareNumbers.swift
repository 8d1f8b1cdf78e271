/// Numbers as they stand in a text: digits with separators, a point and a sign, without the arithmetic around them.
struct BareNumbers {
  let source: SourceBytes

  /// The last number, which no unit's exponent is ("m^2", "m2").
  var last: FoundAnswer? {
    var end = source.count
    while end > 0 {
      guard source[end - 1].isDigit else {
        end -= 1
        continue
      }
      let start = start(of: end)
      if !isExponentOfUnit(start) { return FoundAnswer(source, withSign(start)..<end) }
      end = start
    }
    return nil
  }

  /// Where the number that ends at `end` begins: over points, and over commas before three digits.
  private func start(of end: Int) -> Int {
    var start = end - 1
    var digits = 1
    var seenPoint = false
    while start > 0 {
      let byte = source[start - 1]
      if byte.isDigit {
        digits += 1
        start -= 1
      } else if byte == UInt8(ascii: "."), !seenPoint, start > 1, source[start - 2].isDigit || isDecimalPoint(start - 1)
      {
        seenPoint = true
        digits = 0
        start -= 1
      } else if byte == UInt8(ascii: ","), digits == 3, start > 1, source[start - 2].isDigit {
        seenPoint = true
        digits = 0
        start -= 1
      } else if digits == 3, source.matches(Array("{,}".utf8), at: start - 3), start > 3, source[start - 4].isDigit {
        seenPoint = true
        digits = 0
        start -= 3
      } else {
        break
      }
    }
    return start
  }

  /// ".5" after a space.
  private func isDecimalPoint(_ index: Int) -> Bool { index == 0 || source[index - 1].isSpace }

  /// A minus sign belongs to the number unless something stands before it to subtract from.
  private func withSign(_ start: Int) -> Int {
    guard start > 0, source[start - 1] == UInt8(ascii: "-") else { return start }
    guard start > 1 else { return start - 1 }
    let before = source[start - 2]
    return before.isDigit || before.isLetter || before == UInt8(ascii: ")") || before == UInt8(ascii: "}")
      ? start : start - 1
  }

  private func isExponentOfUnit(_ start: Int) -> Bool {
    guard start > 1 else { return start == 1 && source[0].isLetter }
    if source[start - 1] == UInt8(ascii: "^") { return source[start - 2].isLetter }
    return source[start - 1].isLetter
  }
}
