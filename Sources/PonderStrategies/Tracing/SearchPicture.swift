/// The tree of a trace: what was made from what, with scores, for pictures.
public struct SearchPicture: Sendable, Hashable {
  /// A candidate or step.
  public struct Node: Sendable, Hashable {
    /// Names it.
    public var id: Candidate.ID
    /// What it was made from.
    public var parent: Candidate.ID?
    /// Its own text, without what stands before it.
    public var text: String
    /// What a verifier said last.
    public var score: Double?
    /// How it ended.
    public var ending: Candidate.Ending
    /// Whether the search gave it up.
    public var isPruned = false
    /// Whether it was selected last.
    public var isSelected = false
  }

  /// All nodes, in the order of the tree: parents before children.
  public let nodes: [Node]

  /// Reads the tree from a trace.
  public init(_ trace: Trace) {
    var nodes: [Candidate.ID: Node] = [:]
    var selected: (event: Event, id: Candidate.ID)?
    for event in trace.events {
      switch event.kind {
      case .candidate(let id, let parent, let text, let ending), .step(let id, let parent, let text, let ending):
        nodes[id] = Node(id: id, parent: parent, text: (nodes[id]?.text ?? "") + text, ending: ending)
      default: break
      }
    }
    // Scores and choices may stand before a node in the order of paths.
    for event in trace.events {
      switch event.kind {
      case .scored(let id, let score): nodes[id]?.score = score
      case .pruned(let ids): for id in ids { nodes[id]?.isPruned = true }
      case .selected(let id, _):
        if selected.map({ $0.event.path.components.count <= event.path.components.count }) ?? true {
          selected = (event, id)
        }
      case .revised(let id, _, true): selected = (event, id)
      default: break
      }
    }
    if let selected { nodes[selected.id]?.isSelected = true }
    self.nodes = nodes.values.sorted { $0.id < $1.id }
  }

  /// A Graphviz document: one cluster a stage, one box a node, filled from red (score 0) to green (score 1); ×4 counts
  /// equal steps of one parent, of which the search kept one.
  public var dot: String {
    var lines = ["digraph search {", "  rankdir=LR;", "  node [shape=box, style=filled, fontname=\"Helvetica\"];"]
    let children = Dictionary(grouping: nodes, by: \.parent)
    var drawn = Set<Candidate.ID>()
    for (place, stage) in stages.enumerated() {
      lines.append("  subgraph cluster_\(place) {")
      lines.append("    label=\"\(Self.escapedForDot(stage.path.description))\";")
      for (node, count, _, _) in Self.rows(of: stage.nodes, above: children) {
        drawn.insert(node.id)
        let label = Self.escapedForDot(Self.caption(of: node) + (count > 1 ? " ×\(count)" : ""))
        let pen = node.isSelected ? ", penwidth=4" : node.isPruned ? ", color=gray, fontcolor=gray" : ""
        lines.append("    \"\(node.id)\" [label=\"\(label)\", fillcolor=\"\(Self.color(of: node))\"\(pen)];")
      }
      lines.append("  }")
    }
    for node in nodes where drawn.contains(node.id) {
      if let parent = node.parent, drawn.contains(parent) { lines.append("  \"\(parent)\" -> \"\(node.id)\";") }
    }
    return (lines + ["}", ""]).joined(separator: "\n")
  }

  /// A self-contained SVG document: one band a stage, depth to the right, the whole text of a node on hovering over it;
  /// ×4 counts equal steps of one parent, of which the search kept one.
  public var svg: String {
    var place: [Candidate.ID: (x: Int, y: Int, count: Int)] = [:]
    let children = Dictionary(grouping: nodes, by: \.parent)
    var row = 0
    var labels: [(String, Int)] = []
    for stage in stages {
      labels.append((stage.path.description, row))
      row += 1
      for (node, count, depth, isLeaf) in Self.rows(of: stage.nodes, above: children) {
        place[node.id] = (depth, row, count)
        if isLeaf { row += 1 }
      }
    }
    let width = ((place.values.map(\.x).max() ?? 0) + 1) * 220 + 20
    var body: [String] = []
    for (text, row) in labels {
      body.append("<text class=\"stage\" x=\"10\" y=\"\(row * 30 + 30)\">\(Self.escapedForXML(text))</text>")
    }
    // Lines first, so that they run behind the boxes; dashed from one stage to another.
    var boxes: [String] = []
    for node in nodes {
      guard let at = place[node.id] else { continue }
      let (x, y) = (at.x * 220 + 10, at.y * 30 + 14)
      if let parent = node.parent, let from = place[parent] {
        let (a, b) = (from.x * 220 + 200, from.y * 30 + 26)
        let style = parent.path == node.id.path ? "" : " class=\"between\""
        body.append("<path\(style) d=\"M\(a) \(b) C\(a + 15) \(b) \(x - 15) \(y + 12) \(x) \(y + 12)\"/>")
      }
      let style = node.isSelected ? " class=\"selected\"" : node.isPruned ? " class=\"pruned\"" : ""
      let count = at.count > 1 ? " ×\(at.count)" : ""
      let caption = Self.caption(of: node, characters: 24 - count.count) + count
      boxes.append(
        "<g\(style)><title>\(Self.escapedForXML("\(node.id)\n\(node.text)"))</title>"
          + "<rect x=\"\(x)\" y=\"\(y)\" width=\"190\" height=\"24\" rx=\"4\" fill=\"\(Self.color(of: node))\"/>"
          + "<text x=\"\(x + 6)\" y=\"\(y + 16)\">\(Self.escapedForXML(caption))</text></g>")
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(row * 30 + 60)" font-family="Helvetica, sans-serif" font-size="11">
      <style>path{fill:none;stroke:#999}.between{stroke-dasharray:4 4}rect{stroke:#666}.selected rect{stroke:#000;stroke-width:3}.pruned{opacity:.45}\
      .stage{font-size:14px;font-weight:bold}</style>
      \((body + boxes).joined(separator: "\n"))
      </svg>

      """
  }

  /// The nodes by their stages, both in the order of the tree.
  var stages: [(path: TreePath, nodes: [Node])] {
    var stages: [(path: TreePath, nodes: [Node])] = []
    for node in nodes {
      if stages.last?.path == node.id.path {
        stages[stages.count - 1].nodes.append(node)
      } else {
        stages.append((node.id.path, [node]))
      }
    }
    return stages
  }

  /// The nodes of a stage depth first, each before those made from it; equal siblings once, with their number.
  private static func rows(
    of stage: [Node], above children: [Candidate.ID?: [Node]]
  ) -> [(node: Node, count: Int, depth: Int, isLeaf: Bool)] {
    let ids = Set(stage.map(\.id))
    // Without recursion, since a path may be long.
    let roots = stage.filter { $0.parent.map { !ids.contains($0) } ?? true }
    var rows: [(node: Node, count: Int, depth: Int, isLeaf: Bool)] = []
    var open = merged(roots, above: children).reversed().map { ($0.node, $0.count, 0) }
    while let (node, count, depth) = open.popLast() {
      let mine = merged((children[node.id] ?? []).filter { ids.contains($0.id) }, above: children)
      rows.append((node, count, depth, mine.isEmpty))
      open += mine.reversed().map { ($0.node, $0.count, depth + 1) }
    }
    return rows
  }

  /// Siblings with their number. Those that came to the same text as an earlier one, and nothing more, are counted there.
  static func merged(
    _ siblings: [Node], above children: [Candidate.ID?: [Node]]
  ) -> [(node: Node, count: Int)] {
    var merged: [(node: Node, count: Int)] = []
    var places: [String: Int] = [:]
    for node in siblings {
      if node.score == nil, children[node.id] == nil, !node.isSelected, let place = places[node.text] {
        merged[place].count += 1
      } else {
        places[node.text] = places[node.text] ?? merged.count
        merged.append((node, 1))
      }
    }
    return merged
  }

  /// The score and the beginning of the text, in one line.
  static func caption(of node: Node, characters: Int = 24) -> String {
    let score = node.score.map { score in
      let hundredths = Int((score * 100).rounded())
      return hundredths >= 100 ? "1.00 " : "0.\(hundredths < 10 ? "0" : "")\(hundredths) "
    }
    let words = node.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return (score ?? "") + (words.count > characters ? words.prefix(characters - 1) + "…" : words)
  }

  private static func color(of node: Node) -> String {
    guard let score = node.score, score >= 0, score <= 1 else { return "#eeeeee" }
    func hex(_ value: Double) -> String {
      let text = String(Int(value.rounded()), radix: 16)
      return text.count == 1 ? "0" + text : text
    }
    return "#\(hex(245 - 85 * score))\(hex(160 + 75 * score))a0"
  }

  private static func escapedForDot(_ text: String) -> String {
    text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
  }

  static func escapedForXML(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      // Control characters have no place in XML.
      case "\u{0}"..."\u{8}", "\u{b}", "\u{c}", "\u{e}"..."\u{1f}", "\u{fffe}", "\u{ffff}": escaped += "\u{fffd}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
