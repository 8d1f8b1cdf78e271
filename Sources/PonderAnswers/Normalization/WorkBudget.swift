/// The work left for one answer, shared by everything that evaluates it.
///
/// An answer that needs more is compared by its spelling: no text can take more than a few milliseconds.
final class WorkBudget {
  /// In steps of some two microseconds.
  private var steps = 6_000

  /// Takes `cost` steps; false when they are used up.
  func spend(_ cost: Int) -> Bool {
    steps -= cost
    return steps > 0
  }
}
