import ArgumentParser

/// `ponder`: what the library does, from a shell. Results go to standard output, everything else to standard error;
/// the exit status is 1 for what went wrong and 64 for wrong usage.
@main
struct PonderTool: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ponder",
    abstract: "Small language models that think longer.",
    discussion: """
      PATH is a model: a folder in Hugging Face layout, a .gguf file, or a .safetensors file beside its config.json.
      """,
    version: "0.1.0",
    subcommands: [
      InspectCommand.self, TokenizeCommand.self, LogitsCommand.self, GenerateCommand.self, SolveCommand.self,
      GradeCommand.self, ProbeCommand.self,
    ])
}
