extension Parser {
  /// `(…)`, `[…]`, `(…]`, `[…)`: a bracket around one value is nothing, around several a tuple or an interval.
  mutating func bracketed() throws(SyntaxError) -> SyntaxTree {
    let start = position
    let open: SyntaxTree.Bracket = isSymbol("(") ? .round : .square
    position += 1
    let items = try inside { parser throws(SyntaxError) in try parser.items() }
    let close: SyntaxTree.Bracket
    if take(")") {
      close = .round
    } else if take("]") {
      close = .square
    } else if current == nil {
      close = open
    } else {
      throw error
    }
    if items.count == 1, open == close { return items[0].ranged(range(from: start)) }
    return SyntaxTree(.tuple(open, items, close), range(from: start))
  }

  /// `{…}`: a group; with commas in it a set written without backslashes.
  mutating func group(from start: Int) throws(SyntaxError) -> SyntaxTree {
    if take("}") { return SyntaxTree(.set([]), range(from: start)) }
    let isOutermost = brackets == 0 && start == 0
    let items = isOutermost ? try items() : try inside { parser throws(SyntaxError) in try parser.items() }
    try expect("}")
    if items.count == 1 { return items[0].ranged(range(from: start)) }
    return SyntaxTree(.set(items), range(from: start))
  }

  /// `\{1, 2\}` and `\{x \mid x > 0\}`.
  mutating func set(from start: Int) throws(SyntaxError) -> SyntaxTree {
    if takeClosingBrace() { return SyntaxTree(.set([]), range(from: start)) }
    let outer = bars
    bars = 1
    defer { bars = outer }
    let items = try inside { parser throws(SyntaxError) in try parser.items() }
    if items.count == 1, take("|") || take(":") {
      bars = 0
      let condition = try inside { parser throws(SyntaxError) in try parser.list() }
      guard takeClosingBrace() else { throw error }
      return SyntaxTree(.setBuilder(items[0], condition: condition), range(from: start))
    }
    guard takeClosingBrace() else { throw error }
    return SyntaxTree(.set(items), range(from: start))
  }

  private mutating func takeClosingBrace() -> Bool {
    if kind == .command("rbrace") || kind == .symbol("}") {
      position += 1
      return true
    }
    return current == nil
  }

  /// `|x|`, `⌊x⌋`, `⌈x⌉`.
  mutating func enclosed(
    by close: Character, _ function: ElementaryFunction, from start: Int
  ) throws(SyntaxError) -> SyntaxTree {
    let outer = bars
    bars = 1
    defer { bars = outer }
    let content = try inside { parser throws(SyntaxError) in try parser.sum() }
    guard take(close) else { throw error }
    return SyntaxTree(.function(function, [content]), range(from: start))
  }

  private mutating func inside<Value>(
    _ parse: (inout Parser) throws(SyntaxError) -> Value
  ) throws(SyntaxError) -> Value {
    brackets += 1
    defer { brackets -= 1 }
    return try parse(&self)
  }

  /// `\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}`: rows of equal length.
  mutating func matrix() throws(SyntaxError) -> SyntaxTree {
    let start = position
    guard case .begin(let environment) = kind else { throw error }
    position += 1
    guard Self.matrixEnvironments.contains(environment.filter { $0 != "*" }) else {
      throw SyntaxError(reason: .unexpected, offset: tokens[start].range.lowerBound)
    }
    if environment == "vmatrix" {
      return try determinant(from: start) { parser throws(SyntaxError) in try parser.rows() }
    }
    if environment == "array" { skipColumns() }
    let entries = try rows()
    return SyntaxTree(.matrix(entries), range(from: start))
  }

  /// The rows of an environment, up to and with its end.
  private mutating func rows() throws(SyntaxError) -> [[SyntaxTree]] {
    var rows: [[SyntaxTree]] = []
    while !isAtEnd {
      if kind == .rowBreak || kind == .command("hline") {
        position += 1
        continue
      }
      rows.append(try row())
    }
    if current != nil { position += 1 }
    guard let width = rows.first?.count, rows.allSatisfy({ $0.count == width }) else { throw error }
    return rows
  }

  /// `\begin{vmatrix}…\end{vmatrix}` and `\det` before a matrix, written out.
  mutating func determinant(
    from start: Int, _ rows: (inout Parser) throws(SyntaxError) -> [[SyntaxTree]]
  ) throws(SyntaxError) -> SyntaxTree {
    guard !isInDeterminant else { throw error }
    isInDeterminant = true
    defer { isInDeterminant = false }
    let entries = try rows(&self)
    guard let determinant = determinant(entries, range(from: start)) else { throw error }
    return determinant
  }

  /// The determinant of a square matrix of up to four rows, expanded along its first column.
  private func determinant(_ rows: [[SyntaxTree]], _ range: Range<Int>) -> SyntaxTree? {
    guard rows.count <= 4, rows.allSatisfy({ $0.count == rows.count }) else { return nil }
    if rows.count == 1 { return rows[0][0].ranged(range) }
    let terms = rows.indices.compactMap { index -> SyntaxTree? in
      let minor = rows.indices.filter { $0 != index }.map { Array(rows[$0].dropFirst()) }
      guard let cofactor = determinant(minor, range) else { return nil }
      let term = SyntaxTree(.product([rows[index][0], cofactor]), range)
      return index.isMultiple(of: 2) ? term : SyntaxTree(.negation(term), range)
    }
    return SyntaxTree(.sum(terms), range)
  }

  private mutating func row() throws(SyntaxError) -> [SyntaxTree] {
    var cells: [SyntaxTree] = []
    repeat {
      cells.append(try inside { parser throws(SyntaxError) in try parser.sum() })
    } while take("&")
    guard isAtEnd || kind == .rowBreak else { throw error }
    return cells
  }

  private var isAtEnd: Bool {
    if case .end = kind { return true }
    return current == nil
  }

  /// `{cc}` after `\begin{array}`.
  private mutating func skipColumns() {
    guard isSymbol("{") else { return }
    while let token = current {
      position += 1
      if token.kind == .symbol("}") { return }
    }
  }

  private static let matrixEnvironments: Set<String> = [
    "pmatrix", "bmatrix", "matrix", "Bmatrix", "vmatrix", "array", "smallmatrix", "psmallmatrix",
  ]
}

extension SyntaxTree {
  func ranged(_ range: Range<Int>) -> SyntaxTree { SyntaxTree(node, range) }
}
