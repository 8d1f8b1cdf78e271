import ArgumentParser
import Foundation
import Ponder

/// `ponder logits PATH --tokens 1,2,3`
struct LogitsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logits",
    abstract: "Run a model over tokens and write its outputs.",
    discussion: """
      A language model gives a row of logits for each position, a token classifier a row of labels for each position, a
      sequence classifier one row of labels. Without --out the rows are JSON on standard output.
      """)

  @Argument(help: "The model.")
  var path: String

  @Option(help: "Token ids with commas between them.")
  var tokens: String

  @Option(help: "Write raw little-endian float32 to this file, row after row.")
  var out: String?

  @OptionGroup var output: OutputOptions

  private func parsedTokens() throws -> [Token] {
    try tokens.split(separator: ",", omittingEmptySubsequences: false).map { word in
      guard let token = Token(word.filter { !$0.isWhitespace }), token >= 0 else {
        throw ValidationError("--tokens: '\(word)' is no token id")
      }
      return token
    }
  }

  func validate() throws {
    _ = try parsedTokens()
    guard out == nil || !output.json else { throw ValidationError("--out writes raw numbers, --json does not") }
  }

  func run() async throws {
    let tokens = try parsedTokens()
    // As exact as can be: logits are asked for to be compared.
    var options = LocalModel.Options()
    options.cacheFormat = .f32
    let model = try await LocalModel.load(from: URL(filePath: path), options: options)
    guard let unknown = tokens.first(where: { Int($0) >= model.configuration.vocabularySize }) else {
      return try await write(rows(of: tokens, from: model))
    }
    throw InputError("token \(unknown) is outside of the vocabulary of \(model.configuration.vocabularySize)")
  }

  private func rows(of tokens: [Token], from model: LocalModel) async throws -> [[Float]] {
    let segment =
      switch model.configuration.head {
      case .languageModel:
        ScoringRequest.Segment(
          .tokens(tokens), captures: [.logits(of: Array(0..<Token(model.configuration.vocabularySize)))],
          positions: .every)
      case .tokenClassification, .processReward, .value:
        ScoringRequest.Segment(.tokens(tokens), captures: [.head], positions: .every)
      case .sequenceClassification, .outcomeReward: ScoringRequest.Segment(.tokens(tokens), captures: [.head])
      }
    let read = try await model.score([ScoringRequest([segment])])[0].get().segments[0]
    return read.head.isEmpty ? read.logits : read.head
  }

  private func write(_ rows: [[Float]]) throws {
    guard let out else { return try Output.json(rows) }
    let bytes = rows.flatMap { row in row.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) } }
    // Written whole or not at all.
    try Data(bytes).write(to: URL(filePath: out), options: .atomic)
  }
}
