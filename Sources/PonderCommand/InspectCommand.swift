import ArgumentParser
import Ponder

/// `ponder inspect PATH`
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show a model's architecture, tensors, types, sizes, tokenizer and chat template.")

  @Argument(help: "The model.")
  var path: String

  @OptionGroup var output: OutputOptions

  func run() throws {
    let summary = try CheckpointSummary(path, templateFamily: Self.family)
    if output.json {
      try Output.json(summary)
    } else {
      Output.line(summary.description)
    }
  }

  /// The family of a chat template's text, if it is a known one.
  private static func family(_ template: String) -> String? {
    (try? ChatTemplate.recognise(template, beginningOfText: "", endOfText: ""))?.family.name
  }
}
