import PonderAnswers
import Testing

@Suite("Canonical keys")
struct KeyTests {
  private func key(_ answer: String) -> AnswerKey { MathEquivalence().key(for: answer) }

  @Test(
    "Spellings of one answer have one key",
    arguments: [
      [
        "12500", "12,500", "12{,}500", "12,\\!500", "12\\,500", "$12500$", "\\$12,500", "12500.0", "1.25e4",
        "12500 people",
      ],
      [
        "0.5", ".5", "1/2", "\\frac12", "\\dfrac{1}{2}", "\\tfrac 12", "½", "\\frac{2}{4}", "2^{-1}",
        "\\sqrt{\\frac14}",
      ],
      ["3.5", "3\\frac{1}{2}", "3 1/2", "7/2", "3\\tfrac12"],
      ["0.1\\overline{6}", "1/6", "\\frac{1}{6}"],
      ["28", "28\\%", "28 percent", "28%"],
      ["90", "90^\\circ", "90^{\\circ}", "90°", "90\\text{ degrees}", "90 degrees"],
      ["-3", "- 3", "x = -3", "$x=-3$", "f(x) = -3", "x = 4 - 7 = -3", "\\frac{-3}{1}", "\\frac{3}{-1}"],
      [
        "2\\sqrt{3}", "\\sqrt{12}", "\\sqrt12", "2√3", "\\frac{6}{\\sqrt3}", "\\sqrt{3}+\\sqrt{3}", "12^{1/2}",
        "2 \\cdot 3^{0.5}",
      ],
      ["1+\\sqrt2", "\\sqrt{3+2\\sqrt2}", "\\sqrt{2}+1", "\\frac{1}{\\sqrt2-1}"],
      ["\\frac{\\sqrt6+\\sqrt2}{4}", "\\cos 15^\\circ", "\\cos\\frac{\\pi}{12}", "\\sin(75^\\circ)"],
      [
        "3", "\\log_2 8", "\\sqrt[3]{27}", "\\log_{2}{8}", "\\ln e^3", "|-3|", "\\lfloor \\pi \\rfloor",
        "\\binom{3}{1}",
      ],
      ["120", "5!", "\\binom{10}{3}"],
      ["-1", "i^2", "e^{i\\pi}", "\\cos \\pi"],
      ["6+9i", "9i+6", "3(2+3i)"],
      ["x^2+2x+1", "1+2x+x^2", "(x+1)^2", "(1+x)(x+1)", "x^2 + 2*x + 1", "x**2+2x+1"],
      ["\\frac{x+2}{7}", "\\frac{x}{7}+\\frac{2}{7}", "(x+2)/7"],
      ["x+1", "\\frac{x^2-1}{x-1}", "\\frac{x^3+1}{x^2-x+1}"],
      ["\\sec^2 y", "\\tan^2(y)+1", "\\frac{1}{\\cos^2 y}"],
      ["2\\sin b\\cos a", "\\sin(a+b)-\\sin(a-b)"],
      ["|x|", "\\sqrt{x^2}", "\\left|x\\right|"],
      ["2^{n+1}", "2 \\cdot 2^n"],
      ["204_5", "54", "204_{5}"],
      ["\\{1, 2\\}", "1, 2", "2, 1", "{2,1}", "1 and 2", "x=1, x=2", "x = 2 or x = 1", "1\\text{ and }2", "1,2,2"],
      ["\\{1+\\sqrt5, 1-\\sqrt5\\}", "1\\pm\\sqrt5", "x = 1 \\pm \\sqrt{5}", "1 \\mp \\sqrt5"],
      ["(1, 2)", "(1,\\frac{4}{2})", "\\left(1, 2\\right)", "(x,y)=(1,2)", "1 < x < 2", "2 > x > 1"],
      ["[1, 2)", "1 \\le x < 2", "\\left[1,2\\right)", "x \\in [1,2)", "x \\ge 1 \\text{ and } x < 2"],
      ["(-\\infty, 3)", "x < 3", "3 > x", "\\{x \\mid x < 3\\}"],
      ["(0,1) \\cup (2,3)", "(2,3)\\cup(0,1)", "(0,1) U (2,3)"],
      ["(-\\infty,2)\\cup(2,\\infty)", "x \\ne 2", "\\mathbb{R} \\setminus \\{2\\}"],
      [
        "\\begin{pmatrix} 6 & 8 \\\\ 10 & 12 \\end{pmatrix}", "2\\begin{bmatrix} 3 & 4 \\\\ 5 & 6 \\end{bmatrix}",
        "\\begin{pmatrix}1 & 2 \\\\ 3 & 4\\end{pmatrix} + \\begin{pmatrix}5 & 6 \\\\ 7 & 8\\end{pmatrix}",
      ],
      ["5x - 7y + 4 = 0", "7y - 5x = 4", "10x - 14y + 8 = 0"],
      ["\\text{Evelyn}", "Evelyn", "\\textbf{evelyn}", "$Evelyn$"],
      ["E", "\\text{E}", "\\mathrm{E}", "(E)", "\\text{(E)}"],
      ["7:32", "14:64", "7/32"],
      ["1:2:3", "2:4:6"],
      ["\\infty", "+\\infty", "∞"],
      ["\\emptyset", "\\{\\}", "\\varnothing"],
      ["m_1 + a_{37}", "a_37 + m_{1}"],
      ["\\frac{\\sqrt3}{3} \\approx 0.577", "\\frac{1}{\\sqrt3}"],
    ])
  func sameKey(spellings: [String]) {
    for spelling in spellings.dropFirst() {
      #expect(
        key(spelling) == key(spellings[0]), "\(spelling): \(key(spelling)), \(spellings[0]): \(key(spellings[0]))")
    }
  }

  @Test(
    "Different answers have different keys",
    arguments: [
      ("1", "2"), ("12500", "12,501"), ("1/3", "0.333333"), ("x", "y"), ("x", "|x|"), ("x+1", "x+2"),
      ("(1,2)", "(2,1)"),
      ("(1,2)", "[1,2]"), ("(1,2)", "\\{1,2\\}"), ("[0,1)", "[0,9)"), ("x \\le 5", "x \\ge 5"), ("x<5", "x \\le 5"),
      ("1\\pm\\sqrt5", "1+\\sqrt5"), ("204_5", "204"), ("\\sqrt2", "1.41421356237309504880168872420969807857"),
      ("\\pi", "3.14159265358979323846264338327950288420"), ("32, 349", "32349"), ("odd", "oddd"), ("1:2:3", "1:3:2"),
      ("x^2+y^2=1", "x^2+y^2=2"), ("7 = 11a+c", "11a+c"), ("e^x", "x^e"), ("2", "2i"), ("\\sin x", "\\cos x"),
      ("\\begin{pmatrix}1\\\\2\\end{pmatrix}", "\\begin{pmatrix}1&2\\end{pmatrix}"), ("", "0"),
      ("\\text{yes}", "\\text{no}"),
      ("(0,1) \\cup (2,3)", "(0,1) \\cup (2,4)"), ("9^{9^{9^9}}", "9^{9^{9^8}}"), ("x < 3", "x \\ne 3"),
      ("f(1)", "f(2)"),
    ])
  func differentKey(first: String, second: String) {
    #expect(key(first) != key(second))
  }

  @Test(
    "Normal forms decide what digits could not",
    arguments: [
      // The sum differs from 0 or 1 by less than any key shows, or is lost in the digits of its parts.
      ["1", "(\\sqrt2+1)^{100}(\\sqrt2-1)^{100}"],
      ["0", "(\\sqrt2+\\sqrt3)^{40}-(5+2\\sqrt6)^{20}"],
      ["\\frac{\\sqrt3-\\sqrt2+1}{2}", "\\frac{1+\\sqrt3-\\sqrt2}{\\sqrt4}"],
      ["\\frac{1}{x+\\sqrt2}", "\\frac{x-\\sqrt2}{x^2-2}"],
      ["\\frac{1}{\\sqrt2+\\sqrt3+\\sqrt5}", "\\frac{2\\sqrt3+3\\sqrt2-\\sqrt{30}}{12}"],
      ["\\frac{1+i}{1-i}", "i"],
      ["\\frac{x^4-1}{x^2-1}", "x^2+1"],
      ["\\frac{1}{x}+\\frac1y", "\\frac{x+y}{xy}"],
      ["\\frac{\\pi^2-1}{\\pi+1}", "\\pi-1"],
      ["x^{100}-1", "(x^{50}-1)(x^{50}+1)"],
      ["\\sqrt{1000003}\\cdot\\sqrt{1000003}", "1000003"],
    ])
  func normalForms(spellings: [String]) {
    #expect(key(spellings[0]) == key(spellings[1]), "\(spellings)")
  }

  @Test("Keys of fractions, sets and tuples can be read")
  func readable() {
    #expect(key("\\frac{10}{4}").canonical == "5/2")
    #expect(key("{3, 1}").canonical == "{1, 3}")
    #expect(key("(0, \\infty)").canonical == "(0, infinity)")
    #expect(key("\\text{Odd!}").canonical == "text:odd")
  }

  @Test("A key of a constant shows its decimals")
  func decimals() {
    // 1 + √2 to 40 digits, from OEIS A014176.
    #expect(key("1+\\sqrt2").canonical == "0.241421356237309504880168872420969807857e1")
    // π to 40 digits, from OEIS A000796.
    #expect(key("\\pi").canonical == "0.3141592653589793238462643383279502884197e1")
    // ln 10 to 40 digits, from OEIS A002392.
    #expect(key("\\ln 10").canonical == "0.2302585092994045684017991454684364207601e1")
    // e to 40 digits, from OEIS A001113.
    #expect(key("e").canonical == "0.2718281828459045235360287471352662497757e1")
  }

  @Test("Grouping is by key alone: it never rounds")
  func noTolerance() {
    #expect(key("0.333333333333") != key("1/3"))
    #expect(Grader().areEqual(prediction: "0.333333333333", gold: "1/3"))
  }

  @Test("Numbers, choices and texts have equivalences of their own")
  func otherEquivalences() {
    #expect(TextEquivalence.choice.areEqual("(B)", "b"))
    #expect(!TextEquivalence.exactText.areEqual("B", "b"))
    #expect(TextEquivalence.exactText.areEqual(" b\n", "b"))
    #expect(TextEquivalence.number.areEqual("$1,000", "1000.00"))
  }
}
