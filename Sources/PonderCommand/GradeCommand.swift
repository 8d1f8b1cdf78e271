import ArgumentParser
import Foundation
import PonderAnswers

/// `ponder grade`: grades predictions against reference answers.
struct GradeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grade",
    abstract: "Grades answers: reads JSON lines with prediction and gold, writes the verdict for each.",
    discussion: """
      Each input line is an object with the strings "prediction" and "gold"; other fields are ignored. Each output \
      line has "equal", both answers as extracted, the rules that found them, and their keys. Two answers belong \
      to one group exactly when their keys are equal.
      """)

  @Argument(help: "The file to read; standard input when absent or \"-\".")
  var file: String?

  @Option(help: "The decimal places to which a decimal must agree.")
  var decimalPlaces: Int = 6

  @Flag(help: "Equal keys and nothing more: no rounding, no percentages as fractions.")
  var keysOnly = false

  @Flag(help: "Allow variables of other names, and sets in place of tuples.")
  var lenient = false

  /// The output is JSON in any case; the option is there because every subcommand has it.
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (0...60).contains(decimalPlaces) else {
      throw ValidationError("--decimal-places must be between 0 and 60, not \(decimalPlaces).")
    }
  }

  func run() throws {
    var options = keysOnly ? GradingOptions.keysOnly : GradingOptions(decimalPlaces: decimalPlaces)
    if lenient {
      options.strictVariables = false
      options.strictOrder = false
    }
    let grader = Grader(options: options)
    var number = 0
    for line in try lines() {
      number += 1
      if line.allSatisfy(\.isWhitespace) { continue }
      let input: Input
      do {
        input = try JSONDecoder().decode(Input.self, from: Data(line.utf8))
      } catch {
        throw GradeError.line(number, file ?? "standard input")
      }
      try Output.json(Verdict(grader.grade(prediction: input.prediction, gold: input.gold)))
    }
  }

  /// The lines of the file, or those of standard input as they come.
  private func lines() throws -> AnySequence<String> {
    guard let file, file != "-" else {
      return AnySequence(AnyIterator { readLine(strippingNewline: true) })
    }
    guard let data = FileManager.default.contents(atPath: file) else { throw GradeError.unreadable(file) }
    return AnySequence(
      data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).lazy.map {
        String(decoding: $0, as: UTF8.self)
      })
  }

  private struct Input: Decodable {
    var prediction: String
    var gold: String
  }

  private struct Verdict: Encodable {
    var equal: Bool
    var prediction: String?
    var predictionRule: ExtractionRule?
    var predictionKey: AnswerKey?
    var gold: String?
    var goldRule: ExtractionRule?
    var goldKey: AnswerKey?

    init(_ grade: Grade) {
      equal = grade.isEqual
      prediction = grade.prediction?.text
      predictionRule = grade.prediction?.rule
      predictionKey = grade.predictionKey
      gold = grade.gold?.text
      goldRule = grade.gold?.rule
      goldKey = grade.goldKey
    }
  }
}

/// What can be wrong with the input of `ponder grade`.
enum GradeError: Error, CustomStringConvertible {
  case unreadable(String)
  case line(Int, String)

  var description: String {
    switch self {
    case .unreadable(let file): "cannot read \(file)"
    case .line(let number, let file):
      "line \(number) of \(file) is no object with the strings \"prediction\" and \"gold\""
    }
  }
}
