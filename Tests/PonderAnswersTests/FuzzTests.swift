import Foundation
import PonderAnswers
import Testing

/// A million mutated answers in a release build, fewer in a debug build, which is some forty times slower;
/// `PONDER_FUZZ_CASES` sets the number.
@Suite("Hostile text")
struct FuzzTests {
  private static let count: Int = {
    if let text = ProcessInfo.processInfo.environment["PONDER_FUZZ_CASES"], let count = Int(text) { return count }
    #if DEBUG
      return 10_000
    #else
      return 1_000_000
    #endif
  }()

  private static let seeds = [
    "The answer is \\boxed{\\frac{1}{2}}.", "$\\left( 3, \\frac{\\pi}{2} \\right)$", "1,234,567.89\\%",
    "\\begin{pmatrix} 1 & 2 \\\\ 3 & x^2 \\end{pmatrix}", "x \\in [-1, 2) \\cup (3, \\infty)", "\\{1, 2, \\sqrt{3}\\}",
    "\\sin^2(x) + \\cos^{-1} 1 - \\log_2 8", "3\\frac{1}{2} \\text{ cm}^2", "2^{-3^2}!", "|x - |y||", "204_5",
    "f(x) = x^2 + 1",
    "0 < x \\le 5 \\text{ or } x > 7", "y = -2x \\pm \\sqrt[3]{5}", "Final answer: (C) Evelyn", "9^{9^{9^9}}",
    "½ + 3√2 ≤ π",
    "\\boxed{1} and \\boxed{2}", "\\binom{10}{3} \\cdot 5!", "0.1\\overline{6}", "答案是 12 公斤",
    "\\lfloor 2.5 \\rfloor e^{i\\pi}",
  ]

  private static let pieces = [
    "{", "}", "(", ")", "[", "]", "\\", "\\\\", "$", "^", "_", "!", "%", ",", ".", "|", "&", "=", "<", "\\frac",
    "\\sqrt",
    "\\boxed{", "\\text{", "\\begin{pmatrix}", "\\end{pmatrix}", "\\left", "\\right", "\\pm", "\\infty", "\\cup",
    "99999", "e",
    "i", "x", "\\pi", "\\sin", "\\log", "-", "+", "/", "\\cdot", "0", "1e9", " ", "\n", "and", "é", "\u{0}", "🙂", "\\{",
    "\\}",
  ]

  private static func mutate(_ text: String, using generator: inout SplitMix) -> String {
    var bytes = Array(text.utf8)
    func below(_ bound: Int) -> Int { Int(generator.next() % UInt64(max(1, bound))) }
    for _ in 0...below(4) {
      let start = below(bytes.count + 1)
      let end = start + below(min(8, bytes.count - start + 1))
      switch below(6) {
      case 0: bytes.removeSubrange(start..<end)
      case 1: bytes.insert(contentsOf: bytes[start..<end], at: start)
      case 2: bytes.insert(contentsOf: Array(pieces[below(pieces.count)].utf8), at: start)
      case 3:
        bytes.insert(
          contentsOf: Array(repeating: Array(pieces[below(pieces.count)].utf8), count: below(30)).joined(), at: start)
      case 4: if start < bytes.count { bytes[start] = UInt8(below(256)) }
      default: bytes.insert(contentsOf: Array(seeds[below(seeds.count)].utf8), at: start)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test("No mutated text crashes; answers lie inside the text; every answer equals itself")
  func mutations() {
    var generator = SplitMix(seed: 2026)
    let extractors: [RuleExtractor] = [.math, .boxedAnswer, .number, .choice, .exactText]
    for index in 0..<Self.count {
      let text = Self.mutate(Self.seeds[index % Self.seeds.count], using: &generator)
      let found = extractors[index % extractors.count].extract(from: text)
      if let found {
        guard found.range.lowerBound >= 0, found.range.upperBound <= text.utf8.count, !found.text.isEmpty else {
          Issue.record("a range outside of \(text)")
          return
        }
      }
      let answer = found?.text ?? text
      let key = MathEquivalence().key(for: answer)
      guard Grader().areEqual(prediction: answer, gold: answer), MathEquivalence().key(for: answer) == key else {
        Issue.record("not equal to itself: \(text)")
        return
      }
    }
  }

  @Test(
    "Texts made to hurt have an answer or none, and a key",
    arguments: [
      "9^{9^{9^9}}",
      "\\boxed{" + String(repeating: "{", count: 10_000) + "1" + String(repeating: "}", count: 10_000) + "}",
      String(repeating: "7", count: 100_000), String(repeating: "(", count: 200_000), "((((99999!)!)!)!)!",
      "1e999999999",
      String(repeating: "\\boxed{", count: 20_000), "\\boxed{" + String(repeating: "\\sqrt", count: 1_000) + "2}",
      String(repeating: "-", count: 7_000) + "1", "5" + String(repeating: "!", count: 7_000), "x^{99999999999}",
      "1" + String(repeating: "/3", count: 4_000), "2" + String(repeating: "^2", count: 4_000),
      String(repeating: "\\text{", count: 1_000) + "1" + String(repeating: "}", count: 1_000),
      "(0,1)" + String(repeating: "\\cup(0,1)", count: 800), "\\frac{1}{0}", "0^{-1}", "\\log_1 5", "\\sqrt[0]{2}",
      "\\tan 90^\\circ",
      String(repeating: "\\begin{vmatrix} 1 & 2 \\\\ 3 & ", count: 14)
        + "5" + String(repeating: " \\end{vmatrix}", count: 14),
      String(repeating: "\\binom{", count: 14) + "n" + String(repeating: "}{8}", count: 14),
      String(repeating: "1A", count: 4_000) + "_{16}", String(repeating: "n!!", count: 2_000),
      String(repeating: "x < 1 \\cup ", count: 600) + "x > 2",
    ])
  func hostile(text: String) {
    let grade = Grader().grade(prediction: text, gold: "5")
    #expect(!grade.isEqual)
    #expect(MathEquivalence().areEqual(text, text))
  }

  @Test("Two numbers of 100,000 digits are equal exactly when their digits are")
  func longNumbers() {
    let long = String(repeating: "7", count: 100_000)
    #expect(MathEquivalence().areEqual(long, " " + long))
    #expect(!MathEquivalence().areEqual(long, long.dropLast() + "8"))
  }

  @Test(
    "The deepest text that parses fits the stack of a small thread",
    arguments: [
      ("-\\frac{1}{1+x^{-", "}}"), ("(1-2\\sqrt{3-", "})"), ("\\sin(1+", ")"), ("2^{-", "}"), ("|1-", "|"),
      ("\\{1,", "\\}"),
    ])
  func smallStack(open: String, close: String) async {
    for depth in stride(from: 1, through: 60, by: 1) {
      let text = String(repeating: open, count: depth) + "5" + String(repeating: close, count: depth)
      // 512 KiB is what secondary threads have on Apple's systems.
      let isEqual = await withCheckedContinuation { continuation in
        let thread = Thread { continuation.resume(returning: Grader().areEqual(prediction: text, gold: text)) }
        thread.stackSize = 512 << 10
        thread.start()
      }
      #expect(isEqual)
    }
  }
}
