import PonderEvaluation
import Synchronization
import Testing

@Suite struct ReportingTests {
  @Test func aTableAlignsItsColumns() {
    var table = TextTable(["run", "right"])
    table.append(["greedy", "41 %"])
    table.append(["majority@16", "9 %"])
    #expect(
      table.description == """
        run          right
        ───────────  ─────
        greedy        41 %
        majority@16    9 %
        """)
  }

  @Test func awayFromATerminalProgressIsALineEveryTenth() {
    let written = Mutex("")
    let bar = ProgressBar("Solving", total: 20, isTerminal: false) { text in written.withLock { $0 += text } }
    for _ in 0..<20 { bar.advance() }
    bar.finish()
    bar.finish()
    let lines = written.withLock { $0 }.split(separator: "\n")
    #expect(lines.count == 11)
    #expect(lines[0].hasPrefix("Solving: 2 of 20"))
    #expect(lines[9] == "Solving: 20 of 20")
    #expect(lines[10].hasPrefix("Solving: 20 of 20 in "))
  }

  @Test func onATerminalABarFills() {
    let written = Mutex("")
    let bar = ProgressBar("Solving", total: 2, isTerminal: true) { text in written.withLock { $0 += text } }
    bar.advance(by: 5)
    #expect(written.withLock { $0 }.hasSuffix("Solving ████████████████████████ 2/2"))
  }
}
