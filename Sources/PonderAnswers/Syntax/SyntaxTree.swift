/// An expression as it was written: a node of the syntax tree and the UTF-8 bytes it came from.
package struct SyntaxTree: Sendable, Hashable {
  package indirect enum Node: Sendable, Hashable {
    /// A literal. Decimals are exact fractions that remember having been written with a point.
    case number(Rational, isDecimal: Bool)
    /// A variable, with its subscript and primes: `x`, `a_37`, `\alpha`.
    case symbol(String)
    case constant(Constant)
    /// Words: `\text{even}`.
    case text(String)
    case sum([SyntaxTree])
    case negation(SyntaxTree)
    /// Both signs; `\mp` has its signs the other way round.
    case plusMinus(SyntaxTree, isMinusPlus: Bool)
    case product([SyntaxTree])
    case quotient(SyntaxTree, SyntaxTree)
    case power(SyntaxTree, SyntaxTree)
    case root(index: SyntaxTree?, SyntaxTree)
    case function(ElementaryFunction, [SyntaxTree])
    case logarithm(base: SyntaxTree, SyntaxTree)
    /// `n!`, or `n!!` over every second number.
    case factorial(SyntaxTree, isDouble: Bool)
    case binomial(SyntaxTree, SyntaxTree)
    case degrees(SyntaxTree)
    case percent(SyntaxTree)
    /// A letter before a bracket: a function's value, or a product.
    case call(String, [SyntaxTree])
    /// Several answers without brackets: `1, 2 and 3`.
    case list([SyntaxTree])
    /// A point, a tuple, an interval: what stands between two brackets.
    case tuple(Bracket, [SyntaxTree], Bracket)
    case set([SyntaxTree])
    /// `\{x \mid x > 0\}`.
    case setBuilder(SyntaxTree, condition: SyntaxTree)
    /// `A \cup B \cap C`: one more operand than operations, read from the left.
    case combination([SyntaxTree], [SetOperation])
    /// `1:2:3`. Two parts are a quotient.
    case ratio([SyntaxTree])
    case matrix([[SyntaxTree]])
    case transpose(SyntaxTree)
    /// `0 < x \le 1`: one more operand than relations.
    case relation([SyntaxTree], [Relation])
  }

  package enum Constant: String, Sendable, Hashable { case pi, e, i, infinity, emptySet, reals }
  package enum Bracket: String, Sendable, Hashable {
    case round, square
  }
  package enum SetOperation: String, Sendable, Hashable { case union, intersection, difference }
  package enum Relation: String, Sendable, Hashable {
    case equal = "=", approximately = "≈", notEqual = "≠", less = "<", lessOrEqual = "≤", greater = ">"
    case greaterOrEqual = "≥", element = "∈", equivalent = "≡"

    /// The relation with its sides exchanged.
    var mirrored: Relation {
      switch self {
      case .less: .greater
      case .lessOrEqual: .greaterOrEqual
      case .greater: .less
      case .greaterOrEqual: .lessOrEqual
      default: self
      }
    }
  }

  package var node: Node
  /// Offsets into the answer's UTF-8 bytes.
  package var range: Range<Int>

  init(_ node: Node, _ range: Range<Int>) {
    self.node = node
    self.range = range
  }
}
