import PonderAnswers
import Testing

@Suite("Conventions")
struct ConventionTests {
  /// What a convention reads in a text: the answer, the rule that found it, the bytes where it stands, and its key.
  struct Reading: Sendable {
    let convention: AnswerConvention
    let text: String
    let answer: String
    let rule: ExtractionRule
    let key: String
  }

  static let readings = [
    Reading(
      convention: .boxedAnswer, text: "So $x = \\boxed{\\frac{2}{4}}$, not 7.", answer: "\\frac{2}{4}", rule: .boxed,
      key: "1/2"),
    Reading(
      convention: .math, text: "The final answer is $\\dfrac{3}{6}$. I hope it is correct.", answer: "\\dfrac{3}{6}",
      rule: .finalAnswer, key: "1/2"),
    Reading(
      convention: .number, text: "5 + 7 = 12, so she pays 1,200 dollars.", answer: "1,200", rule: .lastNumber,
      key: "1200"),
    Reading(convention: .choice, text: "It must be (C), for 3 is odd.", answer: "C", rule: .choice, key: "C"),
    Reading(
      convention: .exactText, text: "  Sie sagt: ja. ", answer: "Sie sagt: ja.", rule: .wholeText, key: "Sie sagt: ja."),
    Reading(
      convention: .custom(extract: { $0.contains("nein") ? "nein" : nil }, key: { "<\($0)>" }), text: "Äh, nein!",
      answer: "nein", rule: .custom, key: "<nein>"),
  ]

  @Test("Each factory says what the answer is, which rule found it, where it stands, and its key", arguments: readings)
  func reading(_ reading: Reading) throws {
    let found = try #require(reading.convention.read(reading.text))
    #expect(found.answer.text == reading.answer)
    #expect(found.answer.rule == reading.rule)
    #expect(found.key == AnswerKey(reading.key))
    #expect(String(decoding: Array(reading.text.utf8)[found.answer.range], as: UTF8.self) == reading.answer)
  }

  @Test("The conventions of answer keys, case by case", arguments: OwnCases.all)
  func own(_ item: OwnCases.Case) {
    let grader = Grader()
    #expect(grader.grade(prediction: item.prediction, gold: item.gold).isEqual == item.isEqual)
    #expect(grader.grade(prediction: item.gold, gold: item.prediction).isEqual == item.isEqual, "the other way round")
  }

  @Test("No line of the table of cases is lost")
  func table() { #expect(OwnCases.all.count == 460) }
}
