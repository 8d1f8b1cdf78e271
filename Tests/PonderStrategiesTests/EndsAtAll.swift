import Testing

extension Trait where Self == TimeLimitTrait {
  /// For what fails by never ending. A test's clock runs while all others do, on a slow machine for ten minutes; the limit
  /// is far above that, so it tells of a hang and not of speed.
  static var endsAtAll: Self { .timeLimit(.minutes(30)) }
}
