import ArgumentParser
import Foundation
import Ponder

/// `ponder tokenize PATH`
struct TokenizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Turn standard input into token ids, or back.",
    discussion: "Ids are read and written with spaces between them, or as a JSON array with --json.")

  @Argument(help: "The model, or a tokenizer's file or folder.")
  var path: String

  @Flag(help: "Add the special tokens that the model expects around a text, and parse those in the text.")
  var special = false

  @Flag(help: "Read token ids and write their text.")
  var decode = false

  @OptionGroup var output: OutputOptions

  func run() throws {
    let tokenizer = try Tokenizer.load(from: URL(filePath: path))
    let input = try FileHandle.standardInput.readToEnd() ?? Data()
    decode ? try decode(input, tokenizer) : try encode(input, tokenizer)
  }

  private func encode(_ input: Data, _ tokenizer: Tokenizer) throws {
    guard let text = String(validating: input, as: UTF8.self) else {
      throw InputError("standard input is not UTF-8 text")
    }
    let tokens = tokenizer.encode(text, addSpecialTokens: special, parseSpecialTokens: special)
    if output.json {
      try Output.json(tokens)
    } else {
      Output.line(tokens.map(String.init).joined(separator: " "))
    }
  }

  private func decode(_ input: Data, _ tokenizer: Tokenizer) throws {
    let text = String(decoding: input, as: UTF8.self)
    let words = text.split { $0.isWhitespace || "[],".contains($0) }
    let tokens = try words.map { word in
      guard let token = Token(word), token >= 0, Int(token) < tokenizer.vocabularySize else {
        throw InputError("'\(word)' is no token id of this tokenizer, which has 0 to \(tokenizer.vocabularySize - 1)")
      }
      return token
    }
    let decoded = tokenizer.decode(tokens, skipSpecialTokens: !special)
    if output.json {
      try Output.json(decoded)
    } else {
      Output.write(decoded)
    }
  }
}

/// What was given to the tool and cannot be used.
struct InputError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
