import ArgumentParser
import Foundation

/// `ponder-bench make`
struct MakeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "make", abstract: "Write a random checkpoint, unless it is there, and print where it is.")

  @OptionGroup var options: ModelOptions

  func run() async throws {
    print(try options.location().path(percentEncoded: false))
  }
}
