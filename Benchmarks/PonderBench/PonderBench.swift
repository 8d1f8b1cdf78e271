import ArgumentParser

/// `ponder-bench`: what the engine does in a second, on a random checkpoint of a real model's shape.
@main
struct PonderBench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ponder-bench",
    abstract: "Measure the engine on random checkpoints of real shapes, through the calls that a strategy makes.",
    discussion: "What each workload means is in Benchmarks/README.md.",
    subcommands: [MeasureCommand.self, MakeCommand.self, ServeCommand.self], defaultSubcommand: MeasureCommand.self)
}
