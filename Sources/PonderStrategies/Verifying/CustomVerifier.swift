/// A verifier made of a closure: a program check, a unit test, a rule of the house.
public struct CustomVerifier: Verifier {
  /// Names it in errors and traces.
  public let name: String
  private let score: @Sendable (Candidate, Problem) async throws -> Double

  /// Makes a verifier.
  ///
  /// - Parameters:
  ///   - name: Names it in errors and traces, and stands for the closure in fingerprints.
  ///   - score: A score in [0, 1]. What it throws becomes the candidate's error.
  public init(_ name: String, score: @escaping @Sendable (Candidate, Problem) async throws -> Double) {
    self.name = name
    self.score = score
  }

  /// The closure's score of each candidate, one after the other.
  public func verify(
    _ candidates: [Candidate], of problem: Problem, in context: RunContext
  ) async -> [Result<Verdict, StrategyFailure>] {
    var results: [Result<Verdict, StrategyFailure>] = []
    for candidate in candidates {
      if context.isCancelled {
        results.append(.failure(.cancelled))
        continue
      }
      do {
        results.append(.success(Verdict(try await score(candidate, problem))))
      } catch is CancellationError {
        results.append(.failure(.cancelled))
      } catch {
        results.append(.failure(.verifier(name: name, reason: "\(error)")))
      }
    }
    return results
  }
}

extension CustomVerifier {
  /// A verifier that passes or fails a solution's text.
  public static func check(
    _ name: String, _ passes: @escaping @Sendable (String) async throws -> Bool
  ) -> CustomVerifier {
    CustomVerifier(name) { candidate, _ in try await passes(candidate.text) ? 1 : 0 }
  }
}
