import PonderAnswers
import Testing

@Suite("Extraction")
struct ExtractionTests {
  @Test(
    "The last balanced box is the answer",
    arguments: [
      ("So \\boxed{12}.", "12"),
      ("\\boxed{1} is wrong. Therefore \\boxed{2}", "2"),
      ("$\\boxed{\\frac{1}{\\sqrt{2}}}$", "\\frac{1}{\\sqrt{2}}"),
      ("\\fbox{3}", "3"),
      ("\\boxed{\\{1, 2\\}}", "\\{1, 2\\}"),
      ("\\boxed 7 apples", "7"),
      ("\\boxed{5} and then \\boxed{6", "5"),
      ("\\boxed{\\boxed{4}}", "4"),
    ])
  func box(text: String, answer: String) throws {
    let found = try #require(AnswerConvention.boxedAnswer.read(text))
    #expect(found.answer.rule == .boxed)
    #expect(found.key == MathEquivalence().key(for: answer))
  }

  @Test("Boxes joined by a comma or a conjunction are one answer; others are not")
  func joinedBoxes() {
    let extractor = RuleExtractor.boxedAnswer
    #expect(extractor.extract(from: "\\boxed{1}, \\boxed{2} and $\\boxed{3}$")?.text == "1, 2, 3")
    #expect(extractor.extract(from: "\\boxed{1} no, rather \\boxed{2}")?.text == "2")
    #expect(extractor.extract(from: "$x = \\boxed{1}$ or $y = \\boxed{2}$")?.text == "1, 2")
  }

  @Test(
    "A text without an answer has none, and no vote", arguments: ["", "   ", "I do not know.", "\\boxed{}", "\\boxed{"])
  func noAnswer(text: String) {
    #expect(AnswerConvention.boxedAnswer.read(text) == nil)
  }

  @Test(
    "Each rule is named when it fires",
    arguments: [
      ("Hence \\boxed{3}.", ExtractionRule.boxed, "3"),
      ("Therefore, the final answer is: $\\frac{1}{2}$. I hope it is correct.", .finalAnswer, "\\frac{1}{2}"),
      ("## Final Answer: The largest $n$ is 34.", .finalAnswer, "34"),
      ("10/9", .wholeText, "10/9"),
      ("We add them up. So the answer is 42 because it must be.", .answer, "42"),
      ("We multiply and get this many:\nthe area of the field = 4000", .trailingEquality, "4000"),
      ("After that we know that $x = 3$ holds.", .lastFormula, "x = 3"),
      ("He pays 10 dollars and gets back 1,000.99€", .lastExpression, "1,000.99"),
      ("所以这个问题的答案是 12 公斤。", .answer, "12"),
      ("Donc la réponse est (35 + 70 = 105).", .answer, "(35 + 70 = 105)"),
    ])
  func rules(text: String, rule: ExtractionRule, answer: String) throws {
    let found = try #require(RuleExtractor.math.extract(from: text))
    #expect(found.rule == rule)
    #expect(found.text == answer)
  }

  @Test("The range is where the answer stands in the UTF-8 bytes")
  func range() throws {
    let text = "Die Lösung – also \\boxed{x^2}."
    let found = try #require(RuleExtractor.boxedAnswer.extract(from: text))
    let bytes = Array(text.utf8)
    #expect(String(decoding: bytes[found.range], as: UTF8.self) == "x^2")
  }

  @Test(
    "The last number stands alone",
    arguments: [
      ("we compute (513 + 487)(513 - 480).", "480"), ("so -3", "-3"), ("from 5-3", "3"),
      ("it is $1,234.50 in all", "1,234.50"),
      ("it's 1,000.99m²", "1,000.99"), ("an area of 15 cm^2", "15"), ("nearly .75 of it", ".75"),
      ("14{,}916 in TeX", "14{,}916"),
      ("none", nil),
    ] as [(String, String?)])
  func lastNumber(text: String, number: String?) {
    #expect(RuleExtractor(rules: [.lastNumber]).extract(from: text)?.text == number)
  }

  @Test("The order of the rules decides")
  func order() {
    let text = "The answer is 5, see \\boxed{6}, or 7"
    #expect(RuleExtractor(rules: [.boxed, .answer]).extract(from: text)?.text == "6")
    #expect(RuleExtractor(rules: [.answer, .boxed]).extract(from: text)?.text == "5")
    #expect(RuleExtractor(rules: [.lastNumber]).extract(from: text)?.text == "7")
    #expect(RuleExtractor(rules: []).extract(from: text) == nil)
  }

  @Test("Phrases are data: another language needs no code")
  func phrases() {
    let swedish = AnswerPhrases(finalAnswer: ["slutliga svaret är"], answer: ["svaret är"], conjunctions: ["och"])
    let extractor = RuleExtractor(rules: [.boxed, .finalAnswer, .answer], phrases: swedish)
    #expect(extractor.extract(from: "Det slutliga SVARET är 8.")?.text == "8")
    #expect(extractor.extract(from: "The answer is 8.") == nil)
    #expect(extractor.extract(from: "\\boxed{1} och \\boxed{2}")?.text == "1, 2")
  }

  @Test(
    "The letter of a choice",
    arguments: [
      ("I think it's B", "B"), ("The answer is for sure D, it can't be A or B", "D"), ("The answer: (c)", nil),
      ("(D) Alina", "D"), ("C", "C"), ("Alina and the answer is\n(C) Cecile", "C"), ("\\boxed{\\text{(E)}}", "E"),
      ("B。不是 A", "B"), ("no letter here", nil), ("A triangle is what it is, so (B)", "B"),
    ] as [(String, String?)])
  func choice(text: String, letter: String?) {
    #expect(RuleExtractor.choice.extract(from: text)?.text == letter)
  }

  @Test("A closure finds answers too")
  func custom() throws {
    let convention = AnswerConvention.custom(
      extract: { $0.contains("yes") ? "yes" : nil }, key: { $0.uppercased() })
    let found = try #require(convention.read("well, yes"))
    #expect(found.answer.rule == .custom)
    #expect(found.answer.range == 6..<9)
    #expect(found.key == AnswerKey("YES"))
    #expect(convention.read("no") == nil)
  }
}
