import PonderGeneration
import PonderStrategies

/// A problem whose truth is known: a chain of numbers, each made of the one before.
///
/// All that there is to know stands in the question, so simulated models need no table of problems. A step that goes wrong
/// gives another number, and because the chain is one-to-one every number behind it is wrong too.
public struct SimulatedProblem: Sendable, Hashable {
  /// Names it; its numbers derive from it.
  public var number: Int
  /// Steps to the answer, ≥ 1.
  public var steps: Int
  /// 1 is easy; see ``SimulatedReasoner``.
  public var level: Int

  /// Makes a problem.
  public init(_ number: Int, steps: Int = 5, level: Int = 1) {
    self.number = number
    self.steps = steps
    self.level = level
  }

  /// The problem with question, id and reference answer.
  public var problem: Problem {
    Problem(
      "Simulated problem \(number) of level \(level) in \(steps) steps", id: "simulated-\(number)",
      reference: String(value(after: steps)))
  }

  /// The right number after so many steps.
  public func value(after count: Int) -> Int {
    (0..<count).reduce(number % 1000) { next(after: $0, step: $1) }
  }

  /// The number that follows from another, right or wrong, at a step: one-to-one, 0 ..< 1000.
  func next(after value: Int, step: Int) -> Int { (value * 3 + step * 7 + number * 11 + 1) % 1000 }

  /// Reads a problem from its question.
  init?(question: String) {
    var numbers: [Int] = []
    var current: Int?
    for byte in question.utf8 {
      if (48...57).contains(byte) {
        current = (current ?? 0) &* 10 &+ Int(byte - 48)
      } else if let number = current {
        numbers.append(number)
        current = nil
      }
    }
    if let current { numbers.append(current) }
    guard numbers.count == 3 else { return nil }
    self.init(numbers[0], steps: numbers[2], level: numbers[1])
  }
}

/// The numbers of a solution's steps, read text by text. Steps read "Step 3 gives 417." or "The answer is \boxed{417}."
///
/// The last number of each line is its value.
struct SimulatedValues: Sendable {
  private var countBefore = 0
  private var lastBefore: Int?
  // Of the line that has not ended:
  private var number: Int?
  private var digits: Int?

  init(of text: String = "") { read(text) }

  mutating func read(_ text: String) {
    for byte in text.utf8 {
      switch byte {
      case 48...57: digits = (digits ?? 0) * 10 + Int(byte - 48)
      case 10:
        if let number { (countBefore, lastBefore) = (countBefore + 1, number) }
        (number, digits) = (nil, nil)
      default:
        if let digits { number = digits }
        digits = nil
      }
    }
  }

  /// How many there are.
  var count: Int { countBefore + (digits ?? number == nil ? 0 : 1) }
  /// The last one.
  var last: Int? { digits ?? number ?? lastBefore }
}
