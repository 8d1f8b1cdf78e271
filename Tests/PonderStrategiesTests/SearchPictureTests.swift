import Foundation
import PonderGeneration
import PonderStrategies
import PonderTesting
import Testing

@Suite struct SearchPictureTests {
  private static let made = Trace(
    [
      .step(id: id(0), parent: nil, text: "a < \"b\"", ending: .open), .scored(id: id(0), score: 0.5),
      .step(id: id(1), parent: nil, text: "c", ending: .open), .pruned([id(1)]),
      .step(id: id(2), parent: id(0), text: "d", ending: .endOfText), .scored(id: id(2), score: 1),
      .selected(id: id(2), answer: nil),
    ].enumerated().map { Event(path: TreePath("beam"), sequence: $0, kind: $1) })

  private var trace: Trace { Self.made }

  private static func id(_ number: Int) -> Candidate.ID { Candidate.ID(path: TreePath("beam"), number: number) }

  @Test func thePictureHoldsTheTree() {
    let nodes = SearchPicture(trace).nodes
    #expect(nodes.map(\.id.number) == [0, 1, 2])
    #expect(nodes.map(\.parent?.number) == [nil, nil, 0])
    #expect(nodes.map(\.score) == [0.5, nil, 1])
    #expect(nodes.map(\.isPruned) == [false, true, false])
    #expect(nodes.map(\.isSelected) == [false, false, true])
  }

  @Test func theGraphvizDocumentEscapesItsTexts() {
    let dot = SearchPicture(trace).dot
    #expect(dot.hasPrefix("digraph search {") && dot.hasSuffix("}\n"))
    #expect(dot.contains("label=\"0.50 a < \\\"b\\\"\"") && dot.contains("\"beam#0\" -> \"beam#2\";"))
  }

  @Test func theImageStandsByItself() {
    let svg = SearchPicture(trace).svg
    #expect(svg.contains("a &lt; &quot;b&quot;") && svg.contains("class=\"selected\""))
    #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
    #expect(svg.components(separatedBy: "<rect").count == 4)
  }

  @Test func aPageHoldsTheImageAndAllTexts() {
    let picture = SearchPicture(trace)
    #expect(picture.selectedPath.map(\.text) == ["a < \"b\"", "d"])
    let html = picture.html
    #expect(html.contains(picture.svg) && html.hasPrefix("<!DOCTYPE html>") && html.hasSuffix("</html>\n"))
    #expect(html.contains("<tr class=\"pruned\"><td>beam#1</td><td></td><td></td><td>c</td></tr>"))
    #expect(html.components(separatedBy: "<td>a &lt; &quot;b&quot;</td>").count == 3)
  }

  @Test func aTerminalShowsTheTreeWithTheChosenPath() {
    #expect(
      SearchPicture(trace).text == """
        beam
        ├─ ★ 0.50 a < "b"
        │  └─ ★ 1.00 d
        └─ ✂ c

        """)
  }

  @Test func equalStepsOfOneParentAreCounted() {
    func id(_ number: Int) -> Candidate.ID { Self.id(number) }
    let kinds: [Event.Kind] = [
      .step(id: id(0), parent: nil, text: "a", ending: .open), .scored(id: id(0), score: 1),
      .step(id: id(1), parent: nil, text: "a", ending: .open), .step(id: id(2), parent: nil, text: "b", ending: .open),
      .step(id: id(3), parent: nil, text: "a", ending: .open),
      .step(id: id(4), parent: id(0), text: "c", ending: .open),
    ]
    let trace = Trace(kinds.enumerated().map { Event(path: TreePath("beam"), sequence: $0, kind: $1) })
    #expect(
      SearchPicture(trace).text == """
        beam
        ├─ 1.00 a ×3
        │  └─ c
        └─ b

        """)
    let svg = SearchPicture(trace).svg
    #expect(svg.contains(">1.00 a ×3</text>") && svg.components(separatedBy: "<rect").count == 4)
    let dot = SearchPicture(trace).dot
    #expect(dot.contains("label=\"1.00 a ×3\"") && dot.components(separatedBy: "[label=").count == 4)
    #expect(dot.components(separatedBy: " -> ").count == 2)
  }

  @Test func aRealSearchCanBeDrawn() async throws {
    let search = BeamSearch(8, guidedBy: SimulatedRewardModel())
    let outcome = try await search.solve(
      SimulatedProblem(1).problem, on: SimulatedReasoner(successByLevel: [0.6]), seed: 1)
    let picture = SearchPicture(outcome.trace)
    #expect(picture.nodes.count { $0.parent == nil } == 8)
    let svg = picture.svg
    let more = svg.matches(of: /×(\d+)<\/text>/).compactMap { Int($0.1) }.reduce(0) { $0 + $1 - 1 }
    #expect(svg.components(separatedBy: "<rect").count - 1 + more == picture.nodes.count)
  }
}
