/// Traps with the message unless the condition holds, in release builds too.
///
/// `precondition` says only in debug builds what went wrong; a shape that does not fit is worth both shapes everywhere.
package func require(
  _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) {
  if !condition { fatalError(message(), file: file, line: line) }
}
