/// A word of mathematics and the UTF-8 bytes it came from.
struct Token: Hashable {
  enum Kind: Hashable {
    /// Digits with at most one point.
    case number(String)
    /// A single letter.
    case letter(String)
    /// A word in letters that is not mathematics.
    case word(String)
    /// The content of `\text{…}`.
    case text(String)
    case function(ElementaryFunction)
    /// A command that stands for an operator or takes arguments, without its backslash.
    case command(String)
    case relation(SyntaxTree.Relation)
    /// An operator, a bracket, a separator.
    case symbol(Character)
    case begin(String)
    case end(String)
    /// `\\` in a matrix.
    case rowBreak
    /// "and", "or" or ";" between answers.
    case separator
    /// A comma inside a number: `12{,}500`, `11,\! 111`.
    case grouping
  }

  var kind: Kind
  var range: Range<Int>
  /// Whether white space stood before it.
  var isSpaced = false
}
