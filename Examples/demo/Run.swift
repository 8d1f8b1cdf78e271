/// One way of solving all problems: its results, in the order of the problems, and the time that they took.
struct Run {
  let name: String
  /// Tries, or the width of the search.
  let width: Int
  let results: [Result]
  let seconds: Double
}
