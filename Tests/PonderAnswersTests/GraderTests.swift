import PonderAnswers
import Testing

@Suite("Grading")
struct GraderTests {
  @Test("A decimal agrees with what rounds to it, at as many places as asked")
  func decimals() {
    #expect(Grader().areEqual(prediction: "\\frac{1}{3}", gold: "0.33333333"))
    #expect(!Grader().areEqual(prediction: "\\frac{1}{3}", gold: "0.33"))
    #expect(Grader(options: GradingOptions(decimalPlaces: 2)).areEqual(prediction: "\\frac{1}{3}", gold: "0.33"))
    #expect(!Grader(options: .keysOnly).areEqual(prediction: "\\frac{1}{3}", gold: "0.33333333"))
    #expect(Grader().areEqual(prediction: "(1.4142136, 2)", gold: "(\\sqrt2, 2)"))
    #expect(Grader().areEqual(prediction: "\\{2, 0.333333333\\}", gold: "\\{\\frac13, 2\\}"))
    // No decimal, no rounding.
    #expect(!Grader().areEqual(prediction: "\\frac{33333333}{100000000}", gold: "\\frac13"))
  }

  @Test("A percentage is a number of hundredths as well, unless that is switched off")
  func percent() {
    #expect(Grader().areEqual(prediction: "50\\%", gold: "1/2"))
    #expect(Grader().areEqual(prediction: "0.5", gold: "50%"))
    #expect(Grader().areEqual(prediction: "50", gold: "50%"))
    #expect(!Grader(options: GradingOptions(percentAsFraction: false)).areEqual(prediction: "50\\%", gold: "1/2"))
  }

  @Test("Names of variables matter when strict, and not otherwise")
  func variables() {
    let lenient = Grader(options: GradingOptions(strictVariables: false))
    #expect(!Grader().areEqual(prediction: "2a + b", gold: "2x + y"))
    #expect(lenient.areEqual(prediction: "2a + b", gold: "2x + y"))
    #expect(!lenient.areEqual(prediction: "2a + b", gold: "x + 2y"))
  }

  @Test("Order matters between a tuple and a set when strict, and not otherwise")
  func order() {
    let lenient = Grader(options: GradingOptions(strictOrder: false))
    #expect(!Grader().areEqual(prediction: "\\{2, 1\\}", gold: "(1, 2)"))
    #expect(lenient.areEqual(prediction: "\\{2, 1\\}", gold: "(1, 2)"))
    #expect(!lenient.areEqual(prediction: "\\{2, 3\\}", gold: "(1, 2)"))
  }

  @Test("An equation that defines a variable is also compared as an equation")
  func equations() {
    #expect(Grader().areEqual(prediction: "y - 2x = 3", gold: "y = 2x + 3"))
    #expect(!Grader().areEqual(prediction: "y - 2x = 4", gold: "y = 2x + 3"))
    #expect(Grader().areEqual(prediction: "2x + 3", gold: "y = 2x + 3"))
  }

  @Test("A verdict says what was compared, and why")
  func explained() throws {
    let grade = Grader().grade(prediction: "Hence $\\boxed{\\dfrac{4}{8}}$.", gold: "The answer is 0.5.")
    #expect(grade.isEqual)
    #expect(grade.prediction?.text == "\\dfrac{4}{8}")
    #expect(grade.prediction?.rule == .boxed)
    #expect(grade.gold?.rule == .answer)
    #expect(grade.predictionKey == AnswerKey("1/2"))
    #expect(grade.goldKey == AnswerKey("1/2"))
  }

  @Test("A prediction without an answer is never right, not even against its like")
  func missing() {
    #expect(!Grader().grade(prediction: "", gold: "").isEqual)
    #expect(!Grader().grade(prediction: "I give up, sorry. There is nothing I can say.", gold: "5").isEqual)
  }
}
