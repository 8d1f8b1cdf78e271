import PonderAnswers
import PonderGeneration

/// A verifier without a model: recomputes the arithmetic that stands in a solution, exactly.
///
/// Every equality between numbers of which a side has an operator (`31+15=46`, `6 × 7.5 = 45`, `(2+3)*4 = 20 = 40/2`) is
/// computed with fractions. A decimal on the right may be the left rounded to the decimals written. The score is
///
///     score = answer · ((right + ½) / (equations + ½))³
///
/// where `answer` is 1 when the final answer is a number that an equation gives as its result (or there are no
/// equations), ¾ when it is another well-formed answer, ¼ when there is none. The third power stands for how one wrong
/// equation spoils what follows: 4 of 5 right score 0.55, half of many 0.13. Without any equation the fraction counts as
/// one half. Scores are not calibrated.
public struct ArithmeticVerifier: Verifier {
  /// How the final answer is found.
  public let answer: AnswerConvention

  /// Makes the verifier.
  public init(answer: AnswerConvention = .number) { self.answer = answer }

  /// `arithmetic`
  public var name: String { "arithmetic" }

  /// The score of each candidate's text; see the type's description.
  public func verify(
    _ candidates: [Candidate], of problem: Problem, in context: RunContext
  ) async -> [Result<Verdict, StrategyFailure>] {
    candidates.map { .success(verdict(on: $0.text)) }
  }

  /// The verdict on a solution's text.
  public func verdict(on text: String) -> Verdict {
    let equations = Equation.all(in: text)
    let right = Double(equations.count { $0.holds })
    let fraction = equations.isEmpty ? 0.5 : (right + 0.5) / (Double(equations.count) + 0.5)
    let factor: Double
    if let found = answer.extractor.extract(from: text), !found.text.isEmpty {
      let results = equations.map(\.result)
      let isResult = Self.number(found.text).map { results.contains($0) } ?? false
      factor = isResult || equations.isEmpty ? 1 : 0.75
    } else {
      factor = 0.25
    }
    return Verdict(
      factor * fraction * fraction * fraction,
      explanation: "\(Int(right)) of \(equations.count) equations hold")
  }

  /// Whether each equation in a text holds, in the order of the text.
  public static func equations(in text: String) -> [Bool] { Equation.all(in: text).map(\.holds) }

  private static func number(_ text: String) -> Rational? {
    let tokens = ArithmeticToken.tokens(of: text)
    if case .number(let value, _) = tokens.first, tokens.count == 1 { return value }
    if tokens.count == 2, tokens[0] == .subtract, case .number(let value, _) = tokens[1] {
      return Rational.difference(Rational(0), value)
    }
    return nil
  }
}

extension Verifier where Self == ArithmeticVerifier {
  /// Recomputes the arithmetic in a solution.
  public static var arithmetic: ArithmeticVerifier { ArithmeticVerifier() }
}
