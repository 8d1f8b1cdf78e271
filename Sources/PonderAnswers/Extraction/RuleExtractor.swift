/// Tries extraction rules in order; the first that finds something says what the answer is.
///
/// Rules and phrases are data, so that any language and any house style can be configured:
///
///     RuleExtractor(rules: [.boxed, .answer, .lastNumber], phrases: .english + .chinese)
///
/// Reads a text in time linear in its length.
public struct RuleExtractor: AnswerExtractor, Hashable, Codable {
  /// The rules, in the order in which they are tried.
  public var rules: [ExtractionRule]
  /// The words that announce an answer.
  public var phrases: AnswerPhrases
  /// The letters of a multiple-choice question, in either case.
  public var choices: ClosedRange<UInt8>
  /// The longest text, in UTF-8 bytes, that `.wholeText` takes for one answer.
  public var wholeTextLimit: Int

  /// Makes an extractor.
  /// - Parameters:
  ///   - rules: the rules, in order. `.custom` finds nothing here.
  ///   - phrases: the words that announce an answer.
  ///   - choices: the capital letters of a multiple-choice question, as ASCII.
  ///   - wholeTextLimit: the longest text, in UTF-8 bytes, that `.wholeText` takes for one answer.
  public init(
    rules: [ExtractionRule],
    phrases: AnswerPhrases = .all,
    choices: ClosedRange<UInt8> = UInt8(ascii: "A")...UInt8(ascii: "J"),
    wholeTextLimit: Int = 400
  ) {
    self.rules = rules
    self.phrases = phrases
    self.choices = choices
    self.wholeTextLimit = wholeTextLimit
  }

  /// The answer of the first rule that finds one.
  public func extract(from text: String) -> ExtractedAnswer? {
    let source = SourceBytes(text)
    for rule in rules {
      guard let found = find(by: rule, in: source) else { continue }
      return ExtractedAnswer(text: found.text, rule: rule, range: found.range)
    }
    return nil
  }

  private func find(by rule: ExtractionRule, in source: SourceBytes) -> FoundAnswer? {
    switch rule {
    case .boxed: BoxedAnswers(source: source, phrases: phrases).last
    case .finalAnswer: AnnouncedAnswer(source: source, phrases: phrases.finalAnswer).last
    case .answer: AnnouncedAnswer(source: source, phrases: phrases.answer).last
    case .wholeText: Formulas(source: source).wholeText(limit: wholeTextLimit, phrases: phrases)
    case .trailingEquality: Formulas(source: source).trailingEquality
    case .lastFormula: Formulas(source: source).last
    case .lastExpression: PlainExpressions(source: source).last
    case .lastNumber: BareNumbers(source: source).last
    case .choice: ChoiceLetters(source: source, letters: choices, phrases: phrases).last
    case .custom: nil
    }
  }
}

/// What a rule found: the answer's text and where it stands.
struct FoundAnswer {
  var text: String
  var range: Range<Int>

  /// `nil` where nothing but white space stands.
  init?(_ source: SourceBytes, _ range: Range<Int>) {
    let trimmed = source.trimmed(range)
    guard !trimmed.isEmpty else { return nil }
    text = source.text(trimmed)
    self.range = trimmed
  }

  init(text: String, range: Range<Int>) {
    self.text = text
    self.range = range
  }
}
