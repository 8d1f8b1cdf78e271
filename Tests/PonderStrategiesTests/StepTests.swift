import PonderStrategies
import Testing

@Suite struct StepTests {
  @Test(arguments: [
    ("", []),
    ("a", ["a"]),
    ("a\n\nb", ["a\n\n", "b"]),
    ("a\n\nb\n\n", ["a\n\n", "b\n\n"]),
    ("a\n\n\n\nb", ["a\n\n\n\n", "b"]),
    ("a\n\n \nb\n", ["a\n\n", " \nb\n"]),
    ("é\n\n漢\n\n  ", ["é\n\n", "漢\n\n  "]),
  ])
  func stepsEndWithTheirDelimiterAndHaveNoPhantom(text: String, steps: [String]) {
    #expect(Step.split(text).map(\.text) == steps)
    #expect(Step.split(text).map(\.text).joined() == text)
  }

  @Test func anotherDelimiterCanBeChosen() {
    #expect(Step.split("a\nb\nc", at: "\n").map(\.text) == ["a\n", "b\n", "c"])
  }
}

@Suite struct TreePathTests {
  @Test func pathsAreOrderedAsTheTreeIsWalked() {
    let paths = ["b", "a/10/x", "a/2", "a", "a/2/x", ""].map { TreePath($0) }
    #expect(paths.sorted().map(\.description) == ["", "a", "a/2", "a/2/x", "a/10/x", "b"])
  }

  @Test func aPathIsReadBackFromItsDescription() {
    let path = TreePath().appending("ensemble").appending(12).appending("a/b")
    #expect(path.description == "ensemble/12/a-b")
    #expect(TreePath(path.description) == path)
  }
}
