/// Inputs made to hurt a parser of answers.
enum HostileInputs {
  static let all: [(String, String)] = [
    ("power tower", "9^{9^{9^9}}"),
    ("boxed power tower", "\\boxed{9^{9^{9^9}}}"),
    ("factorials", "((((99999!)!)!)!)!"),
    ("powers of powers", "((((2^{9999})^{9999})^{9999})^{9999})"),
    ("ten thousand nested braces", "\\boxed{" + repeated("{", 10_000) + "1" + repeated("}", 10_000) + "}"),
    ("a million open braces", repeated("{", 1_000_000)),
    ("a million open brackets", repeated("(", 1_000_000)),
    ("100,000 digits", "\\boxed{" + repeated("7", 100_000) + "}"),
    ("a million digits", repeated("7", 1_000_000)),
    ("a million minus signs", repeated("-", 1_000_000)),
    ("a million dollar signs", repeated("$", 1_000_000)),
    ("a million backslashes", repeated("\\", 1_000_000)),
    ("nested fractions", repeated("\\frac{1}{", 8_000) + "2" + repeated("}", 8_000)),
    ("nested roots in 8 kB", "\\boxed{" + repeated("\\sqrt", 1_200) + "2}"),
    ("unclosed boxes", repeated("\\boxed{", 140_000)),
    ("empty boxes", repeated("\\boxed{}", 120_000)),
    ("boxes", repeated("\\boxed{1}", 110_000)),
    ("answer is", repeated("answer is ", 100_000)),
    ("final answer", repeated("the final answer is $", 47_000)),
    ("equations", repeated("x=", 500_000)),
    ("numbers", repeated("12 ", 330_000)),
    ("letters then digits", repeated("m2", 500_000)),
    ("exponents of units", repeated("m^2", 330_000)),
    ("prose", repeated("Lorem ipsum dolor sit amet, ", 36_000)),
    ("quotients in 8 kB", "\\boxed{1" + repeated("/3", 4_000) + "}"),
    ("sum of roots in 8 kB", "\\boxed{" + (1...600).map { "\\sqrt{\($0)}" }.joined(separator: "+") + "}"),
    ("product of sums in 8 kB", "\\boxed{" + repeated("(x+y+1)", 1_100) + "}"),
    ("list in 8 kB", "\\boxed{" + repeated("\\sqrt2,", 1_100) + "3}"),
    ("both signs in 8 kB", "\\boxed{" + repeated("\\pm1,", 1_500) + "3}"),
    ("union in 8 kB", "\\boxed{" + repeated("(0,1)\\cup", 850) + "(2,3)}"),
    ("sines in 8 kB", "\\boxed{" + repeated("\\sin1+", 1_300) + "1}"),
    ("exponents 2^2^2…", "2" + repeated("^2", 500_000)),
    ("factorial signs", "5" + repeated("!", 1_000_000)),
    ("big exponents", "\\boxed{x^{99999999999}+2^{-99999999999}}"),
    ("scientific", "1e999999999"),
    ("matrix in 8 kB", "\\begin{pmatrix}" + repeated("1&", 3_900) + "1\\end{pmatrix}"),
    ("choices", repeated("(A) ", 250_000)),
    ("Chinese", repeated("答案是", 110_000)),
    (
      "nested determinants",
      repeated("\\begin{vmatrix} 1 & 2 \\\\ 3 & ", 14) + "5" + repeated(" \\end{vmatrix}", 14)
    ),
    (
      "determinant of sums",
      "\\begin{vmatrix}"
        + repeated(repeated("(x+1+" + repeated("y+", 200) + "2) & ", 3) + "x^9 \\\\ ", 4) + "\\end{vmatrix}"
    ),
    ("nested binomials", repeated("\\binom{", 14) + "n" + repeated("}{8}", 14)),
    ("digits in letters in 8 kB", repeated("1A", 4_000) + "_{16}"),
    ("double factorials in 8 kB", repeated("n!!", 2_700)),
    ("unions of relations in 8 kB", repeated("x<1\\cup ", 900) + "x>2"),
    ("nested text", repeated("\\text{", 1_000) + "1" + repeated("}", 1_000)),
  ]

  private static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }
}
