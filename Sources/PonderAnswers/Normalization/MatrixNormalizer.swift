/// Computes with matrices: sums, multiples, products and transposes, as long as every entry is a scalar.
struct MatrixNormalizer {
  /// The largest matrix that is computed with.
  static let largest = 400

  let normalizer: Normalizer

  /// The entries, or `nil` when the tree is no matrix.
  func rows(of tree: SyntaxTree) -> [[Scalar]]? {
    guard let entries = entries(of: tree), entries.count * (entries.first?.count ?? 0) <= Self.largest else {
      return nil
    }
    var rows: [[Scalar]] = []
    for row in entries {
      let scalars = row.compactMap(normalizer.scalar)
      guard scalars.count == row.count else { return nil }
      rows.append(scalars)
    }
    return rows
  }

  private func entries(of tree: SyntaxTree) -> [[SyntaxTree]]? {
    switch tree.node {
    case .matrix(let rows): return rows
    case .transpose(let inner): return entries(of: inner).map(transposed)
    case .negation(let inner):
      return entries(of: inner)?.map { row in row.map { SyntaxTree(.negation($0), $0.range) } }
    case .sum(let terms): return sum(terms)
    case .product(let factors): return product(factors)
    case .quotient(let matrix, let divisor):
      return entries(of: matrix)?.map { row in row.map { SyntaxTree(.quotient($0, divisor), $0.range) } }
    default: return nil
    }
  }

  private func transposed(_ rows: [[SyntaxTree]]) -> [[SyntaxTree]] {
    guard let width = rows.first?.count else { return rows }
    return (0..<width).map { column in rows.map { $0[column] } }
  }

  private func sum(_ terms: [SyntaxTree]) -> [[SyntaxTree]]? {
    let matrices = terms.compactMap(entries)
    guard matrices.count == terms.count, let first = matrices.first,
      matrices.allSatisfy({ $0.count == first.count && $0[0].count == first[0].count })
    else { return nil }
    return first.indices.map { row in
      first[row].indices.map { column in
        SyntaxTree(.sum(matrices.map { $0[row][column] }), first[row][column].range)
      }
    }
  }

  private func product(_ factors: [SyntaxTree]) -> [[SyntaxTree]]? {
    var scale: [SyntaxTree] = []
    var result: [[SyntaxTree]]?
    for factor in factors {
      guard let next = entries(of: factor) else {
        scale.append(factor)
        continue
      }
      guard let left = result else {
        result = next
        continue
      }
      guard left[0].count == next.count, left.count * next[0].count * next.count <= Self.largest else { return nil }
      result = left.map { row in
        next[0].indices.map { column in
          let terms = row.indices.map { SyntaxTree(.product([row[$0], next[$0][column]]), row[$0].range) }
          return SyntaxTree(.sum(terms), row[0].range)
        }
      }
    }
    if scale.isEmpty { return result }
    return result?.map { row in row.map { SyntaxTree(.product(scale + [$0]), $0.range) } }
  }
}
