import PonderGeneration

/// The tokens of a solution as a process reward model reads them, and where it tells the score of each step.
public struct StepLayout: Sendable, Hashable {
  /// What the model reads.
  public var tokens: [Token]
  /// So many of ``tokens`` stand before any step and are the same for all solutions of the problem: at most
  /// `positions[0]`.
  public var questionCount: Int
  /// For each step the index in ``tokens`` of the position that tells its score, ascending.
  public var positions: [Int]

  /// Makes a layout.
  public init(tokens: [Token], questionCount: Int, positions: [Int]) {
    self.tokens = tokens
    self.questionCount = questionCount
    self.positions = positions
  }
}

/// The form in which a process reward model was trained to read solutions: where the question stands, what marks the
/// end of a step, where and how the score of a step is read.
///
/// ``DialogueRewardFormat``, ``TaggedTextRewardFormat``, ``TaggedTurnRewardFormat`` and ``LineRewardFormat`` are the
/// published ones, each with its words as properties, so a model that only uses other words needs no new type. Another
/// form is a type of your own:
///
/// ```swift
/// struct BracketFormat: ProcessRewardFormat {
///   let name = "bracket"
///   let readout = RewardReadout.tokens(positive: "]", negative: "?")
///
///   func layout(
///     of steps: [String], answering question: String, for model: any ScoringModel
///   ) throws(GenerationError) -> StepLayout {
///     var layout = StepLayout(tokens: try model.encode(.prompt(.raw(question))), questionCount: 0, positions: [])
///     layout.questionCount = layout.tokens.count
///     for step in steps {
///       layout.tokens += try model.encode(.text("[" + step))
///       layout.positions.append(layout.tokens.count - 1)
///     }
///     return layout
///   }
/// }
/// ```
public protocol ProcessRewardFormat: Sendable {
  /// Names it in errors and on the command line.
  var name: String { get }

  /// How the outputs at a step's position become its score.
  var readout: RewardReadout { get }

  /// The tokens to read.
  ///
  /// The tokens up to a step's position must not depend on the steps behind it: then a search that adds a step reads
  /// only that step.
  /// - Parameters:
  ///   - steps: At least one; each has text besides white space, and the delimiter that ended it.
  ///   - question: The bare question.
  ///   - model: Tokenises and renders.
  func layout(
    of steps: [String], answering question: String, for model: any ScoringModel
  ) throws(GenerationError) -> StepLayout
}

extension StepLayout {
  /// What is wrong with a layout of so many steps, if anything.
  func defect(steps: Int) -> String? {
    guard positions.count == steps else { return "gave \(positions.count) positions for \(steps) steps" }
    guard zip(positions, positions.dropFirst()).allSatisfy({ $0 < $1 }), let first = positions.first,
      let last = positions.last, first >= 0, last < tokens.count
    else { return "gave positions that do not ascend within its \(tokens.count) tokens" }
    guard (0...first).contains(questionCount) else { return "gave a question that reaches into the first step" }
    return nil
  }

  /// The layout of tokens that end every step with `mark`.
  ///
  /// Throws ``GenerationError/invalidRequest(_:)`` when the mark stands elsewhere too: then nobody can tell which step
  /// it ends.
  init(
    _ tokens: [Token], question: [Token], mark: Token, spelled spelling: String, steps: Int
  ) throws(GenerationError) {
    self.init(
      tokens: tokens, questionCount: tokens.commonPrefixCount(with: question),
      positions: tokens.indices.filter { tokens[$0] == mark })
    questionCount = min(questionCount, positions.first ?? 0)
    guard positions.count == steps else {
      throw .invalidRequest("the mark '\(spelling)' stands \(positions.count) times in a text of \(steps) steps")
    }
  }
}

extension Array where Element: Equatable {
  /// How many first elements both have in common.
  func commonPrefixCount(with other: [Element]) -> Int { zip(self, other).prefix { $0 == $1 }.count }
}

extension String {
  /// Without white space around it.
  var trimmed: String {
    var text = self[...]
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text.drop(while: \.isWhitespace))
  }
}
