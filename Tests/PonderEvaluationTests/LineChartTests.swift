import Foundation
import PonderEvaluation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct LineChartTests {
  let chart = LineChart(
    "Small & <large>", xLabel: "N",
    series: [
      LineChart.Series(
        "weighted",
        [1, 2, 4, 8].enumerated().map { .init(x: Double($1), y: 0.2 + 0.1 * Double($0), interval: 0.1...0.6) }),
      .level("large, \"greedy\"", 0.45),
    ])

  @Test func theDocumentIsWellFormedAndHoldsEveryPointAndName() throws {
    let svg = chart.svg
    let parser = XMLParser(data: Data(svg.utf8))
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    #expect(svg.components(separatedBy: "<circle").count - 1 == 4)
    #expect(svg.contains("Small &amp; &lt;large&gt;") && svg.contains("large, &quot;greedy&quot;"))
    #expect(svg.contains("prefers-color-scheme:dark"))
  }

  @Test func aHigherValueStandsHigher() throws {
    let heights = chart.svg.components(separatedBy: "cy=\"").dropFirst().compactMap { Double($0.prefix { $0 != "\"" }) }
    #expect(heights.count == 4 && heights == heights.sorted(by: >))
  }

  @Test func theTerminalShowsTheCurveAndItsLegend() {
    let text = TerminalChart(chart, width: 30, height: 8).description
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.first == "Small & <large>")
    #expect(text.contains("● weighted") && text.contains("▲ large, \"greedy\""))
    // Four measured points and one mark in the legend.
    #expect(text.count { $0 == "●" } == 5)
    #expect(lines.allSatisfy { $0.last != " " })
    #expect(TerminalChart(LineChart("none", xLabel: "N", series: [])).description == "none")
  }
}
