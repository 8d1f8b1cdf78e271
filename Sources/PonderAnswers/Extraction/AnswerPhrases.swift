/// The words that announce an answer, by language. Matching ignores ASCII case.
public struct AnswerPhrases: Sendable, Hashable, Codable {
  /// Phrases that announce the final answer: "final answer is".
  public var finalAnswer: [String]
  /// Phrases that announce an answer: "answer is".
  public var answer: [String]
  /// Words that join two answers: "and", "or".
  public var conjunctions: [String]

  /// Makes a set of phrases. Empty phrases are ignored.
  public init(finalAnswer: [String], answer: [String], conjunctions: [String]) {
    self.finalAnswer = finalAnswer
    self.answer = answer
    self.conjunctions = conjunctions
  }

  /// The phrases of both.
  public static func + (left: AnswerPhrases, right: AnswerPhrases) -> AnswerPhrases {
    AnswerPhrases(
      finalAnswer: left.finalAnswer + right.finalAnswer,
      answer: left.answer + right.answer,
      conjunctions: left.conjunctions + right.conjunctions)
  }

  /// Every language below. No phrase of one is a common word of another.
  public static let all = english + chinese + french + german + spanish + arabic

  /// English.
  public static let english = AnswerPhrases(
    finalAnswer: ["final answer is", "final answer:", "final answer**", "final answer\n"],
    answer: ["answer is", "answer:", "answer would be", "answer should be", "answer ="],
    conjunctions: ["and", "or"])

  /// Chinese, with half-width and full-width colons.
  public static let chinese = AnswerPhrases(
    finalAnswer: ["最终答案是", "最终答案为", "最终答案：", "最终答案:"],
    answer: ["答案是", "答案为", "答案：", "答案:"],
    conjunctions: ["和", "或"])

  /// French.
  public static let french = AnswerPhrases(
    finalAnswer: ["réponse finale est", "réponse finale :", "réponse finale:"],
    answer: ["réponse est", "réponse :", "réponse:"],
    conjunctions: ["et", "ou"])

  /// German.
  public static let german = AnswerPhrases(
    finalAnswer: ["endgültige antwort ist", "endgültige antwort lautet", "endgültige antwort:"],
    answer: ["antwort ist", "antwort lautet", "antwort:"],
    conjunctions: ["und", "oder"])

  /// Spanish.
  public static let spanish = AnswerPhrases(
    finalAnswer: ["respuesta final es", "respuesta final:"],
    answer: ["respuesta es", "respuesta:"],
    conjunctions: ["y", "o"])

  /// Arabic.
  public static let arabic = AnswerPhrases(
    finalAnswer: ["الإجابة النهائية هي", "الجواب النهائي هو"],
    answer: ["الإجابة هي", "الجواب هو"],
    conjunctions: [])
}

extension AnswerPhrases: CustomStringConvertible {
  /// `all` for those of every language, and the phrases themselves otherwise.
  public var description: String {
    self == .all ? "all" : "\(finalAnswer), \(answer), \(conjunctions)"
  }
}
