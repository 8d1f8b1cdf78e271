import PonderAnswers
import Testing

@Suite("Parser")
struct ParserTests {
  private func slice(_ text: String, _ range: Range<Int>) -> String {
    String(decoding: Array(text.utf8)[range], as: UTF8.self)
  }

  @Test("Every node knows the bytes that it came from")
  func ranges() throws {
    let text = "x = \\frac{12}{π} + 3"
    let tree = try Parser.parse(text)
    guard case .relation(let operands, [.equal]) = tree.node, case .sum(let terms) = operands[1].node,
      case .quotient(let top, let bottom) = terms[0].node
    else {
      Issue.record("not the tree expected: \(tree)")
      return
    }
    #expect(slice(text, tree.range) == text)
    #expect(slice(text, operands[0].range) == "x")
    #expect(slice(text, terms[0].range) == "\\frac{12}{π}")
    #expect(slice(text, top.range) == "{12}")
    #expect(slice(text, bottom.range) == "{π}")
    #expect(slice(text, terms[1].range) == "3")
  }

  @Test(
    "What is no expression is an error with its place",
    arguments: [
      ("", SyntaxError.Reason.empty, 0), ("1 + ", .unexpected, 4), ("2 ) 3", .unexpected, 2),
      ("\\unknown{x}", .unexpected, 0),
      (String(repeating: "(", count: 100) + "1", .tooDeep, 14), (String(repeating: "7", count: 9000), .tooLong, 0),
    ])
  func errors(text: String, reason: SyntaxError.Reason, offset: Int) {
    #expect(throws: SyntaxError.self) { try Parser.parse(text) }
    do {
      _ = try Parser.parse(text)
    } catch {
      #expect(error.reason == reason)
      #expect(error.offset == offset)
    }
  }

  @Test("A bracket that a cut-off text left open is forgiven")
  func unclosed() {
    #expect(MathEquivalence().areEqual("\\frac{1}{2", "1/2"))
    #expect(MathEquivalence().areEqual("(1, 2", "(1, 2)"))
  }
}
