import PonderGeneration

/// Plain text of which every line has a value at its end, as in Skywork-o1-Open-PRM.
///
/// A beginning-of-text token, the question and a line break; then each line of the answer, tokenised by itself, and a
/// line break. Lines are that model's steps: a step of ours has the value of its last line that is not empty.
public struct LineRewardFormat: ProcessRewardFormat, Hashable {
  /// Names it in errors and on the command line.
  public let name: String
  /// The special token before the question, spelled out; empty for none.
  public let beginning: String

  /// Makes a format; the defaults are Skywork's over Qwen2.5.
  public init(name: String = "skywork", beginning: String = "<|endoftext|>") {
    self.name = name
    self.beginning = beginning
  }

  /// By the value head.
  public var readout: RewardReadout { .sigmoid }

  /// Question and lines, with the line break behind the last one.
  public func layout(
    of steps: [String], answering question: String, for model: any ScoringModel
  ) throws(GenerationError) -> StepLayout {
    let lineBreak = try model.token(spelling: "\n")
    var tokens = beginning.isEmpty ? [] : [try model.token(spelling: beginning)]
    tokens += try model.encode(.text(question + "\n"))
    var layout = StepLayout(tokens: tokens, questionCount: tokens.count, positions: [])
    for step in steps {
      var lines = step.split(separator: "\n", omittingEmptySubsequences: false)
      if lines.last?.isEmpty == true { lines.removeLast() }
      var position = layout.tokens.count
      for line in lines {
        if !line.isEmpty { layout.tokens += try model.encode(.text(String(line))) }
        layout.tokens.append(lineBreak)
        if !line.allSatisfy(\.isWhitespace) { position = layout.tokens.count - 1 }
      }
      layout.positions.append(position)
    }
    return layout
  }
}

extension ProcessRewardFormat where Self == LineRewardFormat {
  /// Skywork-o1-Open-PRM's lines (Skywork o1 team 2024).
  public static var skywork: LineRewardFormat { LineRewardFormat() }
}
