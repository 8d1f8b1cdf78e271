import ArgumentParser
import Foundation
import Ponder

/// `ponder generate PATH --prompt TEXT`
struct GenerateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Continue a prompt.",
    discussion: """
      One completion streams as it is made; several are written when they are done, in order, with a line of three
      dashes between them. With --json each completion is one line.
      """)

  @Argument(help: "The model.")
  var path: String

  @Option(help: "What the user says.")
  var prompt: String

  @Option(help: "A system message before it.")
  var system: String?

  @Flag(help: "Skip the chat template; the tokenizer's beginning-of-text token stays.")
  var raw = false

  @Option(help: "Tokens to generate at most.")
  var maxTokens = 256

  @Option(help: "Stop before this text. May be given several times.")
  var stop: [String] = []

  @OptionGroup var sampling: SamplingOptions

  @Option(name: .customShort("n"), help: "How many completions.")
  var count = 1

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard count >= 1 else { throw ValidationError("-n must be at least 1") }
    guard maxTokens >= 1 else { throw ValidationError("--max-tokens must be at least 1") }
    guard !(raw && system != nil) else { throw ValidationError("--system needs the chat template that --raw skips") }
  }

  func run() async throws {
    let model = try await LocalModel.load(from: URL(filePath: path))
    let prompt = raw ? Prompt.raw(prompt) : Prompt.chat(prompt, system: system)
    let requests = (0..<count).map { index in
      GenerationRequest(
        prompt, sampling: sampling.parameters, maximumTokens: maxTokens, stops: stop.map { .init($0) },
        seed: Seed(sampling.seed).derived("generate").derived(index), wantsLogProbabilities: output.json)
    }
    if count == 1 && !output.json {
      try await stream(model.generate(requests))
    } else {
      try write(await model.completions(for: requests))
    }
  }

  private func stream(_ events: GenerationStream) async throws {
    for await event in events {
      switch event {
      case .delta(_, let text, _): Output.write(text)
      case .finished: Output.write("\n")
      case .failed(_, let error, _): throw error
      }
    }
  }

  private func write(_ results: [Result<Completion, GenerationError>]) throws {
    for (index, result) in results.enumerated() {
      let completion = try result.get()
      if output.json {
        try Output.json(CompletionRecord(completion))
      } else {
        if index > 0 { Output.line("---") }
        Output.line(completion.text)
      }
    }
  }
}

/// How tokens are chosen, as every subcommand that generates has it.
struct SamplingOptions: ParsableArguments {
  @Option(help: "0 is greedy.")
  var temperature: Float = 0.8

  @Option(help: "Keep the likeliest tokens up to this probability.")
  var topP: Float = 1

  @Option(help: "The same seed gives the same result.")
  var seed: UInt64 = 0

  var parameters: SamplingParameters { SamplingParameters(temperature: temperature, topP: topP) }

  func validate() throws {
    do {
      try parameters.validate()
    } catch {
      throw ValidationError(String(describing: error))
    }
  }
}

/// A completion as `--json` shows it.
struct CompletionRecord: Encodable {
  let text: String
  let tokens: [Token]
  let logProbabilities: [Float]?
  let finishReason: String
  let usage: Usage

  init(_ completion: Completion) {
    text = completion.text
    tokens = completion.tokens
    logProbabilities = completion.logProbabilities
    finishReason = completion.finishReason.name
    usage = completion.usage
  }
}

extension FinishReason {
  /// `end-of-text`, `stop`, `length` or `cancelled`.
  var name: String {
    switch self {
    case .endOfText: "end-of-text"
    case .stop: "stop"
    case .length: "length"
    case .cancelled: "cancelled"
    }
  }
}
