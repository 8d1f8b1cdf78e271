extension SearchPicture {
  /// A self-contained HTML page: the image, and below it the path to the selected node and every node's whole text.
  public var html: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <title>Search tree</title>
    <style>
    body{font-family:Helvetica,sans-serif;font-size:14px;margin:24px}
    .tree{overflow:auto;max-height:80vh;border:1px solid #ccc}
    table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:4px 8px;text-align:left;vertical-align:top}
    td:last-child{white-space:pre-wrap}.selected{font-weight:bold}.pruned{color:#888}
    </style>
    </head>
    <body>
    <h1>\(nodes.count) nodes in \(stages.count) stages</h1>
    <div class="tree">
    \(svg)</div>
    <h2>The selected path</h2>
    \(Self.table(of: selectedPath))
    <h2>All nodes</h2>
    \(Self.table(of: nodes))
    </body>
    </html>

    """
  }

  /// The nodes from the first one to the selected one; empty if none is selected.
  public var selectedPath: [Node] {
    let byID = Dictionary(nodes.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var path: [Node] = []
    var seen = Set<Candidate.ID>()
    var next = nodes.first(where: \.isSelected)
    while let node = next, seen.insert(node.id).inserted {
      path.append(node)
      next = node.parent.flatMap { byID[$0] }
    }
    return path.reversed()
  }

  private static func table(of nodes: [Node]) -> String {
    let rows = nodes.map { node in
      let style = node.isSelected ? " class=\"selected\"" : node.isPruned ? " class=\"pruned\"" : ""
      let cells = [
        node.id.description, node.parent?.description ?? "", node.score.map { "\($0)" } ?? "", node.text,
      ].map { "<td>\(escapedForXML($0))</td>" }
      return "<tr\(style)>\(cells.joined())</tr>"
    }
    return "<table>\n<tr><th>node</th><th>made from</th><th>score</th><th>text</th></tr>\n"
      + rows.joined(separator: "\n") + "\n</table>"
  }
}
