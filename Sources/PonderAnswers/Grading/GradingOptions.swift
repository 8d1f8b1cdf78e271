/// What grading allows beyond equal keys. Grouping for votes never uses these: none of them is transitive.
public struct GradingOptions: Sendable, Hashable, Codable {
  /// A decimal equals a value that rounds to it at this many decimal places; `nil` compares exactly.
  /// 6 by default, as in Math-Verify (`float_rounding`).
  public var decimalPlaces: Int?
  /// Whether 50 % is also 1/2 and 0.5. It always equals 50, the usual convention of answer keys.
  public var percentAsFraction: Bool
  /// Whether variables must have the same names; otherwise f(y) is f(x) (`strict` in Math-Verify).
  public var strictVariables: Bool
  /// Whether order matters between a tuple and a set: otherwise (1, 2) is {2, 1}.
  public var strictOrder: Bool
  /// Whether an equation equals another spelling of itself even where one defines a variable:
  /// y = 2x + 3 and y − 2x = 3; and whether values may go without the names: x = 1, y = 2 and 1, 2.
  public var equationsByContent: Bool

  /// Makes options; the defaults are those of Math-Verify where it has them.
  public init(
    decimalPlaces: Int? = 6,
    percentAsFraction: Bool = true,
    strictVariables: Bool = true,
    strictOrder: Bool = true,
    equationsByContent: Bool = true
  ) {
    self.decimalPlaces = decimalPlaces
    self.percentAsFraction = percentAsFraction
    self.strictVariables = strictVariables
    self.strictOrder = strictOrder
    self.equationsByContent = equationsByContent
  }

  /// Equal keys and nothing more.
  public static let keysOnly = GradingOptions(
    decimalPlaces: nil, percentAsFraction: false, equationsByContent: false)
}
