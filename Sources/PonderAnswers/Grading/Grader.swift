/// Grades predictions against reference answers.
///
/// The relation is that of voting (equal keys); options allow more, such as rounding against a decimal.
public struct Grader: Sendable {
  /// Finds the answer in a prediction.
  public var predictionExtractor: any AnswerExtractor
  /// Finds the answer in a reference, which may be bare or a worked solution.
  public var goldExtractor: any AnswerExtractor
  /// What is allowed beyond equal keys.
  public var options: GradingOptions

  /// Makes a grader of mathematics.
  public init(
    predictionExtractor: any AnswerExtractor = .math,
    goldExtractor: any AnswerExtractor = .math,
    options: GradingOptions = GradingOptions()
  ) {
    self.predictionExtractor = predictionExtractor
    self.goldExtractor = goldExtractor
    self.options = options
  }

  /// The verdict with everything it rests on. A prediction or a reference without an answer is never equal.
  public func grade(prediction: String, gold: String) -> Grade {
    let predicted = predictionExtractor.extract(from: prediction)
    let reference = goldExtractor.extract(from: gold)
    guard let predicted, let reference else {
      return Grade(
        isEqual: false, prediction: predicted, gold: reference,
        predictionKey: predicted.map { MathEquivalence().key(for: $0.text) },
        goldKey: reference.map { MathEquivalence().key(for: $0.text) })
    }
    let (predictionValue, goldValue) = (
      MathEquivalence().value(of: predicted.text), MathEquivalence().value(of: reference.text)
    )
    let (predictionKey, goldKey) = (AnswerKey(predictionValue.key), AnswerKey(goldValue.key))
    let isEqual =
      predictionKey == goldKey || Leniency(options: options).allows(predictionValue, goldValue)
      || hasEqualForm(predicted.text, reference.text)
    return Grade(
      isEqual: isEqual, prediction: predicted, gold: reference, predictionKey: predictionKey, goldKey: goldKey)
  }

  /// Whether two extracted answers are equal.
  public func areEqual(prediction: String, gold: String) -> Bool {
    let equivalence = MathEquivalence()
    let (predicted, reference) = (equivalence.value(of: prediction), equivalence.value(of: gold))
    return predicted.key == reference.key || Leniency(options: options).allows(predicted, reference)
      || hasEqualForm(prediction, gold)
  }

  /// What only the syntax trees show: equations as equations, expressions up to the names of variables.
  private func hasEqualForm(_ prediction: String, _ gold: String) -> Bool {
    guard options.equationsByContent || !options.strictVariables,
      let predicted = try? Parser.parse(prediction), let reference = try? Parser.parse(gold)
    else { return false }
    if options.equationsByContent, let first = EquationForm.key(of: predicted), first == EquationForm.key(of: reference)
    {
      return true
    }
    if options.equationsByContent, (predicted.withoutNames == nil) != (reference.withoutNames == nil),
      MathEquivalence.key(of: predicted.withoutNames ?? predicted)
        == MathEquivalence.key(of: reference.withoutNames ?? reference)
    {
      return true
    }
    guard !options.strictVariables else { return false }
    return MathEquivalence.key(of: predicted.withRenamedVariables())
      == MathEquivalence.key(of: reference.withRenamedVariables())
  }
}

/// A verdict and what it rests on.
public struct Grade: Sendable, Hashable, Codable {
  /// Whether the prediction is right.
  public var isEqual: Bool
  /// The prediction's answer, if it has one.
  public var prediction: ExtractedAnswer?
  /// The reference's answer, if it has one.
  public var gold: ExtractedAnswer?
  /// The key of the prediction's answer.
  public var predictionKey: AnswerKey?
  /// The key of the reference's answer.
  public var goldKey: AnswerKey?
}
