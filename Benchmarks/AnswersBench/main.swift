// Grades a file of cases and says how long it took, for Benchmarks/compare-math-verify.py.
//
//   answers-bench cases.jsonl [repetitions]     one JSON line a case on standard output, the time on standard error
//   answers-bench --hostile                     the time for each hostile input, best of five, and the memory for all; fails
//                                               when one takes more than 50 ms or all together more than 256 MB

import Foundation
import PonderAnswers

struct Case: Decodable {
  struct Options: Decodable {
    var precision: Places?
    var strict: Bool?
  }
  /// Written as a number or as a string.
  struct Places: Decodable {
    var value: Int
    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      value = try (try? container.decode(Int.self)) ?? Int(container.decode(String.self)) ?? 6
    }
  }
  var prediction: String
  var gold: String
  var opts: Options?
}

struct Result: Encodable {
  var isEqual: Bool
  var prediction: String?
  var gold: String?
  var rule: String?
  var predictionKey: String?
  var goldKey: String?
}

func grade(_ item: Case) -> Grade {
  var options = GradingOptions()
  if let places = item.opts?.precision?.value { options.decimalPlaces = places }
  if item.opts?.strict == false { options.strictVariables = false }
  return Grader(options: options).grade(prediction: item.prediction, gold: item.gold)
}

func gradeFile(_ path: String, repetitions: Int) throws {
  let text = try String(contentsOfFile: path, encoding: .utf8)
  let cases = try text.split(separator: "\n").map { try JSONDecoder().decode(Case.self, from: Data($0.utf8)) }
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  for item in cases {
    let grade = grade(item)
    let result = Result(
      isEqual: grade.isEqual, prediction: grade.prediction?.text, gold: grade.gold?.text,
      rule: grade.prediction?.rule.rawValue, predictionKey: grade.predictionKey?.canonical,
      goldKey: grade.goldKey?.canonical)
    print(String(decoding: try encoder.encode(result), as: UTF8.self))
  }
  var best = Duration.seconds(1_000)
  for _ in 0..<repetitions {
    best = min(best, ContinuousClock().measure { for item in cases { _ = grade(item) } })
  }
  let microseconds = best / .microseconds(1) / Double(max(1, cases.count))
  FileHandle.standardError.write(Data(String(format: "%.2f\n", microseconds).utf8))
}

/// Milliseconds of the best of five runs.
func best(of work: () -> Void) -> Double {
  (0..<5).map { _ in ContinuousClock().measure(work) / .milliseconds(1) }.min() ?? 0
}

/// The most memory that the process has had resident, in megabytes.
func peakMemory() -> Double {
  var usage = rusage()
  #if canImport(Glibc)
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_maxrss) * 1024e-6
  #else
    // In bytes on Apple's systems.
    getrusage(RUSAGE_SELF, &usage)
    return Double(usage.ru_maxrss) * 1e-6
  #endif
}

/// Whether every input stayed within the limits.
func measureHostileInputs() -> Bool {
  let inputs = HostileInputs.all
  let before = peakMemory()
  var isWithinLimits = true
  for (name, text) in inputs {
    var slowest = 0.0
    for extractor in [RuleExtractor.math, .boxedAnswer, .number, .choice, .exactText] {
      slowest = max(slowest, best { _ = extractor.extract(from: text) })
    }
    slowest = max(slowest, best { _ = Grader().grade(prediction: text, gold: "5") })
    slowest = max(slowest, best { _ = MathEquivalence().key(for: text) })
    if slowest > 50 { isWithinLimits = false }
    print(
      String(
        format: "%-34@ %9d bytes %8.2f ms%@", name as NSString, text.utf8.count, slowest, slowest > 50 ? "  OVER" : ""))
  }
  let memory = peakMemory() - before
  if memory > 256 { isWithinLimits = false }
  print(String(format: "%d inputs, memory %.0f MB%@", inputs.count, memory, memory > 256 ? "  OVER" : ""))
  return isWithinLimits
}

let arguments = CommandLine.arguments
if arguments.dropFirst().first == "--hostile" {
  exit(measureHostileInputs() ? 0 : 1)
} else if arguments.count > 1 {
  try gradeFile(arguments[1], repetitions: arguments.count > 2 ? Int(arguments[2]) ?? 5 : 5)
} else {
  FileHandle.standardError.write(Data("usage: answers-bench cases.jsonl [repetitions] | --hostile\n".utf8))
  exit(64)
}
