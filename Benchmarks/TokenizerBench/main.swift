import Foundation
import PonderModels

/// Encodes a file once for each line on standard input and answers with the seconds it took and the number of tokens:
/// one process for a whole comparison, driven by `compare-tokenizers.py`.
///
/// Usage: tokenizer-bench TOKENIZER TEXT
let arguments = CommandLine.arguments
guard arguments.count == 3 else {
  FileHandle.standardError.write(Data("usage: tokenizer-bench TOKENIZER TEXT\n".utf8))
  exit(64)
}

func answer(_ line: String) {
  FileHandle.standardOutput.write(Data((line + "\n").utf8))
}

do {
  let clock = ContinuousClock()
  var loaded: Tokenizer?
  let loading = try clock.measure { loaded = try Tokenizer.load(from: URL(filePath: arguments[1])) }
  guard let tokenizer = loaded else { exit(1) }
  let text = try String(contentsOf: URL(filePath: arguments[2]), encoding: .utf8)
  answer("loaded \(loading / .seconds(1))")
  while let command = readLine() {
    if command == "ids" {
      answer(tokenizer.encode(text).map(String.init).joined(separator: " "))
      continue
    }
    // A new tokenizer's cache is empty; "cold" measures that.
    let subject = command == "cold" ? try Tokenizer.load(from: URL(filePath: arguments[1])) : tokenizer
    var count = 0
    let time = clock.measure { count = subject.encode(text).count }
    answer("\(time / .seconds(1)) \(count)")
  }
} catch {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(1)
}
