import PonderGeneration
import PonderStrategies
import Testing

@Suite struct ArithmeticVerifierTests {
  let verifier = ArithmeticVerifier()

  /// How many equations are found in a text and how many hold.
  @Test(arguments: [
    ("31+15=46", "1 of 1"), ("31+15=47", "0 of 1"), ("31 - 15 = 16", "1 of 1"), ("6 × 7.5 = 45", "1 of 1"),
    ("84 ÷ 4 = 21", "1 of 1"), ("84/4=22", "0 of 1"), ("2 x 3 = 6", "1 of 1"), ("(2+3)*4 = 20 = 40/2", "2 of 2"),
    ("2+3=5=11/2", "1 of 2"), ("1,234 + 1 = 1,235", "1 of 1"), ("$5 + $3.50 = $8.50", "1 of 1"),
    ("0.1 + 0.2 = 0.3", "1 of 1"), ("10 / 3 = 3.33", "1 of 1"), ("10 / 3 = 3.34", "0 of 1"),
    ("2 \\times 3 = 6 and 2 \\cdot 4 = 9", "1 of 2"), ("-3 + 5 = 2", "1 of 1"), ("2(3+4)=14", "1 of 1"),
    ("2^3 + 1 = 9", "1 of 1"), ("(35 + 70 = 105)", "1 of 1"), ("Step 1: 31 + 15 = 46", "1 of 1"),
    ("In 3 5 + 4 = 9.", "1 of 1"), ("7 = 3 + 4", "1 of 1"), ("−3 + 5 = 2", "1 of 1"),
    ("1/3 + 1/6 = 1/2", "1 of 1"), ("\\(2+2=4\\)", "1 of 1"), ("**2+2=4**", "1 of 1"), ("2**3=8", "1 of 1"),
    // Not arithmetic between numbers, so not judged.
    ("x = 5", "0 of 0"), ("x + 3 = 5", "0 of 0"), ("2x = 4", "0 of 0"), ("20% of 50 = 10", "0 of 0"),
    ("total - 3 = 8", "0 of 0"), ("5 = 2 + x", "0 of 0"), ("46 = 46", "0 of 0"), ("5! = 120", "0 of 0"),
    ("3 / 0 = 4", "0 of 0"), ("=", "0 of 0"), ("1 + = 2", "0 of 0"), ("", "0 of 0"),
    ("99999999999999999999999999999999999999999 + 1 = 2", "0 of 0"),
  ])
  func equationsAreFoundAndRecomputed(text: String, expected: String) {
    #expect(verifier.verdict(on: text).explanation == "\(expected) equations hold")
  }

  @Test func anEquationOfHundredThousandBracketsIsLeftAlone() {
    let text = String(repeating: "(", count: 100_000) + "1" + String(repeating: ")", count: 100_000) + "+1=2"
    #expect(verifier.verdict(on: text).explanation == "0 of 0 equations hold")
  }

  @Test func theScoreIsThatOfTheFormula() {
    func score(_ text: String) -> Double { verifier.verdict(on: text).score }
    #expect(score("1+1=2\n\n2+2=4\n\nAnswer: \\boxed{4}") == 1)
    // One of two holds: (1.5 / 2.5)³ = 0.216.
    #expect(abs(score("1+1=2\n\n2+2=5\n\nAnswer: \\boxed{5}") - 0.216) < 1e-12)
    #expect(score("1+1=2\n\nAnswer: \\boxed{3}") == 0.75)
    #expect(score("Answer: \\boxed{3}") == 0.125)
    #expect(score("I give up") == 0.03125)
  }

  @Test func everyScoreIsInItsRangeWhateverTheText() {
    var generator = Seed(7).generator
    let pieces = ["1", "23", ".", ",", "+", "-", "*", "/", "=", "(", ")", " ", "x", "^", "\\boxed{", "}", "\n", "é"]
    for _ in 0..<2000 {
      let text = (0..<Int.random(in: 0..<30, using: &generator)).map { _ in
        pieces[Int.random(in: pieces.indices, using: &generator)]
      }.joined()
      let score = verifier.verdict(on: text).score
      #expect(score >= 0 && score <= 1, "\(text)")
    }
  }
}
