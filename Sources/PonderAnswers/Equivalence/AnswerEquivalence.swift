/// Decides which answers are the same, by giving each a canonical key.
///
/// One relation serves voting and grading: reflexive, symmetric and transitive because it is equality of keys.
public protocol AnswerEquivalence: Sendable {
  /// The key of an extracted answer. Answers are equal exactly when their keys are. Never throws, whatever the answer.
  func key(for answer: String) -> AnswerKey
}

extension AnswerEquivalence {
  /// Whether two answers are the same.
  public func areEqual(_ first: String, _ second: String) -> Bool { key(for: first) == key(for: second) }
}

extension AnswerEquivalence where Self == TextEquivalence {
  /// Equal letter by letter, apart from white space at both ends.
  public static var exactText: TextEquivalence { TextEquivalence(form: .exact) }
  /// Equal numbers; anything that is no number is compared as text.
  public static var number: TextEquivalence { TextEquivalence(form: .number) }
  /// The same letter of a multiple-choice question, however it is bracketed.
  public static var choice: TextEquivalence { TextEquivalence(form: .choice) }
}

extension AnswerEquivalence where Self == CustomEquivalence {
  /// Answers are equal exactly when the closure gives equal strings for them.
  public static func custom(_ key: @escaping @Sendable (String) -> String) -> CustomEquivalence {
    CustomEquivalence(key: key)
  }
}

/// An equivalence made of a closure.
public struct CustomEquivalence: AnswerEquivalence {
  let key: @Sendable (String) -> String

  /// The closure's string as a key.
  public func key(for answer: String) -> AnswerKey { AnswerKey(key(answer)) }
}
