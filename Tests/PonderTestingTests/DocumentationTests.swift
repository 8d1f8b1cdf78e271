import Foundation
import Testing

@Suite struct DocumentationTests {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The example is a test target of its own, so what the document shows is known to compile and to pass.
  @Test func theExampleOfAnAppsTestIsTheOneThatRuns() throws {
    let document = try String(contentsOf: Self.root.appending(path: "docs/TESTING.md"), encoding: .utf8)
    let example = try String(
      contentsOf: Self.root.appending(path: "Examples/unit-test/SolverTests.swift"), encoding: .utf8)
    #expect(document.contains("```swift\n\(example)```"))
    #expect(example.split(separator: "\n", omittingEmptySubsequences: false).count <= 30)
  }
}
