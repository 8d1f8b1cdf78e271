/// An equation as an equation, even where it defines a variable.
enum EquationForm {
  /// The key of left − right = 0 up to a factor, or `nil` for what is no equation of two expressions.
  static func key(of tree: SyntaxTree) -> String? {
    guard case .relation(let operands, [.equal]) = tree.node else { return nil }
    let difference = SyntaxTree(
      .sum([operands[0], SyntaxTree(.negation(operands[1]), operands[1].range)]), tree.range)
    guard let scalar = Normalizer(spelling: { _ in "" }).scalar(difference), !scalar.isConstant else { return nil }
    return scalar.directionKey(anySign: true)
  }
}

extension SyntaxTree {
  /// The tree with its variables named by the order in which they first appear.
  func withRenamedVariables() -> SyntaxTree {
    var names: [String: String] = [:]
    return renamed(&names)
  }

  private func renamed(_ names: inout [String: String]) -> SyntaxTree {
    func rename(_ tree: SyntaxTree) -> SyntaxTree { tree.renamed(&names) }
    func rename(_ trees: [SyntaxTree]) -> [SyntaxTree] { trees.map { $0.renamed(&names) } }
    func name(_ name: String) -> String {
      let next = "variable \(names.count)"
      return names[name]
        ?? {
          names[name] = next; return next
        }()
    }
    let renamed: Node
    switch node {
    case .number, .constant, .text: renamed = node
    case .symbol(let symbol): renamed = .symbol(name(symbol))
    case .sum(let items): renamed = .sum(rename(items))
    case .negation(let inner): renamed = .negation(rename(inner))
    case .plusMinus(let inner, let isMinusPlus): renamed = .plusMinus(rename(inner), isMinusPlus: isMinusPlus)
    case .product(let items): renamed = .product(rename(items))
    case .quotient(let a, let b): renamed = .quotient(rename(a), rename(b))
    case .power(let a, let b): renamed = .power(rename(a), rename(b))
    case .root(let index, let radicand): renamed = .root(index: index.map { rename($0) }, rename(radicand))
    case .function(let function, let items): renamed = .function(function, rename(items))
    case .logarithm(let base, let argument): renamed = .logarithm(base: rename(base), rename(argument))
    case .factorial(let inner, let isDouble): renamed = .factorial(rename(inner), isDouble: isDouble)
    case .binomial(let a, let b): renamed = .binomial(rename(a), rename(b))
    case .degrees(let inner): renamed = .degrees(rename(inner))
    case .percent(let inner): renamed = .percent(rename(inner))
    case .call(let function, let items):
      renamed = .call(Self.functionLetters.contains(function) ? function : name(function), rename(items))
    case .list(let items): renamed = .list(rename(items))
    case .tuple(let open, let items, let close): renamed = .tuple(open, rename(items), close)
    case .set(let items): renamed = .set(rename(items))
    case .setBuilder(let element, let condition):
      renamed = .setBuilder(rename(element), condition: rename(condition))
    case .combination(let items, let operations): renamed = .combination(rename(items), operations)
    case .ratio(let items): renamed = .ratio(rename(items))
    case .matrix(let rows): renamed = .matrix(rows.map { rename($0) })
    case .transpose(let inner): renamed = .transpose(rename(inner))
    case .relation(let items, let relations): renamed = .relation(rename(items), relations)
    }
    return SyntaxTree(renamed, range)
  }
}

extension MathEquivalence {
  /// The key of a tree that was changed after parsing.
  static func key(of tree: SyntaxTree) -> String {
    Normalizer { _ in "?\(tree.range)" }.value(of: tree).key
  }
}
