/// What an answer is once spelling no longer matters.
package indirect enum AnswerValue: Sendable {
  /// A number or an expression in variables.
  case scalar(Scalar)
  case infinity(isNegative: Bool)
  case text(String)
  /// Answers whose order does not matter: `1, 2`, `\{1, 2\}`, `\pm 3`.
  case collection([AnswerValue])
  /// Values between brackets, in order: a point, or an interval, which looks the same.
  case tuple(SyntaxTree.Bracket, [AnswerValue], SyntaxTree.Bracket)
  /// A set of real numbers that is no single interval.
  case region(Region)
  case matrix([[Scalar]])
  /// `7:32:5`, up to a common factor.
  case ratio([AnswerValue])
  /// An equation or inequality that does not say what a variable is.
  case relation(RelationValue)
  /// An expression that parses and has no value that we can compute, by its spelling.
  case opaque(String)
}

/// A relation between expressions, brought to one side where that decides it.
package enum RelationValue: Sendable {
  /// `difference` relates to zero; equations only up to a factor, inequalities up to a positive one.
  case comparison(SyntaxTree.Relation, difference: Scalar)
  /// A chain of several, written with "<" and "≤" only.
  case chain([AnswerValue], [SyntaxTree.Relation])
}

extension AnswerValue {
  /// The canonical key.
  package var key: String {
    switch self {
    case .scalar(let scalar): return scalar.key
    case .infinity(let isNegative): return isNegative ? "-infinity" : "infinity"
    case .text(let text): return "text:" + text
    case .opaque(let spelling): return "source:" + spelling
    case .region(let region): return region.key
    case .relation(let relation): return relation.key
    case .ratio(let parts): return "ratio(" + parts.map(\.key).joined(separator: " : ") + ")"
    case .matrix(let rows):
      return "[" + rows.map { "[" + $0.map(\.key).joined(separator: ", ") + "]" }.joined(separator: ", ") + "]"
    case .tuple(let open, let items, let close):
      let inner = items.map(\.key).joined(separator: ", ")
      return (open == .round ? "(" : "[") + inner + (close == .round ? ")" : "]")
    case .collection(let items):
      var keys = items.map(\.key).sorted()
      keys = keys.indices.filter { $0 == 0 || keys[$0] != keys[$0 - 1] }.map { keys[$0] }
      return keys.count == 1 ? keys[0] : "{" + keys.joined(separator: ", ") + "}"
    }
  }
}

extension RelationValue {
  var key: String {
    switch self {
    case .comparison(let relation, let difference):
      let isEquation = relation == .equal || relation == .notEqual
      return difference.directionKey(anySign: isEquation) + " \(relation.rawValue) 0"
    case .chain(let operands, let relations):
      var text = operands[0].key
      for (operand, relation) in zip(operands.dropFirst(), relations) { text += " \(relation.rawValue) \(operand.key)" }
      return text
    }
  }
}
