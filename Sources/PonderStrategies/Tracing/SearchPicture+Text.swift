extension SearchPicture {
  /// The tree for a terminal: one line a node with its score and the beginning of its text, stages one below the other.
  ///
  /// ★ stands at the selected node and those before it, ✂ at those that the search gave up; ×4 counts equal steps of
  /// one parent, of which the search kept one.
  public var text: String {
    let chosen = Set(selectedPath.map(\.id))
    var lines: [String] = []
    for stage in stages {
      lines.append(stage.path.description)
      let ids = Set(stage.nodes.map(\.id))
      let children = Dictionary(grouping: stage.nodes, by: \.parent)
      // Depth first without recursion, since a path may be long.
      let roots = stage.nodes.filter { $0.parent.map { !ids.contains($0) } ?? true }
      var open = Self.lastFirst(roots, behind: "", above: children)
      while let (node, count, indent, isLast) = open.popLast() {
        let mark = chosen.contains(node.id) ? "★ " : node.isPruned ? "✂ " : ""
        let caption = Self.caption(of: node, characters: 60) + (count > 1 ? " ×\(count)" : "")
        lines.append(indent + (isLast ? "└─ " : "├─ ") + mark + caption)
        open += Self.lastFirst(children[node.id] ?? [], behind: indent + (isLast ? "   " : "│  "), above: children)
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private typealias Line = (node: Node, count: Int, indent: String, isLast: Bool)

  /// Siblings as lines, the last one first.
  private static func lastFirst(
    _ nodes: [Node], behind indent: String, above children: [Candidate.ID?: [Node]]
  ) -> [Line] {
    var lines = merged(nodes, above: children).map { Line($0.node, $0.count, indent, false) }
    if !lines.isEmpty { lines[lines.count - 1].isLast = true }
    return lines.reversed()
  }
}
