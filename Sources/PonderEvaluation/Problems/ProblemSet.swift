import Foundation
import PonderStrategies

/// Problems with reference answers and levels of difficulty.
public struct ProblemSet: Sendable, Hashable {
  /// A problem with its level.
  public struct Item: Sendable, Hashable {
    /// The problem, with its reference answer.
    public var problem: Problem
    /// Its difficulty, in the data set's own count; `nil` if it has none.
    public var level: Int?

    /// Makes an item.
    public init(_ problem: Problem, level: Int? = nil) {
      self.problem = problem
      self.level = level
    }
  }

  /// The problems, in the file's order.
  public var items: [Item]

  /// Makes a set.
  public init(_ items: [Item]) { self.items = items }

  /// The problems alone.
  public var problems: [Problem] { items.map(\.problem) }

  /// The levels that occur, in ascending order.
  public var levels: [Int] { Set(items.compactMap(\.level)).sorted() }

  /// Reads JSON Lines: one object a line with `problem` and optionally `id`, `answer` and `level`.
  ///
  /// Ids and answers may be strings or numbers; a missing id becomes the number of the line. Empty lines are skipped,
  /// other fields ignored. Throws ``ProblemSetError`` with the line for anything else; two lines with the same id are an
  /// error, since seeds derive from ids.
  public init(contentsOf file: URL) throws(ProblemSetError) {
    let data: Data
    do {
      data = try Data(contentsOf: file)
    } catch {
      throw .unreadable(file: file.path, reason: error.localizedDescription)
    }
    try self.init(jsonLines: data, file: file.lastPathComponent)
  }

  /// Reads JSON Lines; `file` names them in errors.
  public init(jsonLines data: Data, file: String = "problems") throws(ProblemSetError) {
    var items: [Item] = []
    var lines: [String: Int] = [:]
    for (index, line) in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      let number = index + 1
      guard line.contains(where: { $0 > 32 }) else { continue }
      let row: Row
      do {
        row = try JSONDecoder().decode(Row.self, from: Data(line))
      } catch {
        throw .malformedLine(file: file, line: number, reason: Self.reason(error))
      }
      guard row.problem.contains(where: { !$0.isWhitespace }) else {
        throw .malformedLine(file: file, line: number, reason: "the problem is empty")
      }
      let id = row.id?.text ?? String(number)
      if let first = lines[id] { throw .duplicateID(file: file, line: number, id: id, firstLine: first) }
      lines[id] = number
      items.append(
        Item(Problem(row.problem, id: id, reference: row.answer?.text), level: row.level))
    }
    self.items = items
  }

  private struct Row: Decodable {
    var id: Scalar?
    var problem: String
    var answer: Scalar?
    var level: Int?
  }

  /// A string, or a number as it would be written.
  private struct Scalar: Decodable {
    var text: String

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        self.text = text
      } else if let number = try? container.decode(Int.self) {
        text = String(number)
      } else {
        text = String(describing: try container.decode(Decimal.self))
      }
    }
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, _): "the field '\(key.stringValue)' is missing"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      "the field '\(context.codingPath.map(\.stringValue).joined(separator: "."))' has the wrong type"
    default: "it is no JSON object"
    }
  }
}

/// Why a problem set cannot be read.
public enum ProblemSetError: Error, Sendable, Hashable {
  /// The file cannot be opened.
  case unreadable(file: String, reason: String)
  /// A line is not a problem.
  case malformedLine(file: String, line: Int, reason: String)
  /// Two lines have the same id.
  case duplicateID(file: String, line: Int, id: String, firstLine: Int)
}

extension ProblemSetError: CustomStringConvertible {
  /// `file:line: reason`
  public var description: String {
    switch self {
    case .unreadable(let file, let reason): "\(file): \(reason)"
    case .malformedLine(let file, let line, let reason): "\(file):\(line): \(reason)"
    case .duplicateID(let file, let line, let id, let first):
      "\(file):\(line): the id '\(id)' is that of line \(first)"
    }
  }
}
