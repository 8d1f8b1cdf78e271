/// Why a text is no expression. A value, not a failure: such an answer is compared as text.
package struct SyntaxError: Error, Sendable, Hashable {
  package enum Reason: Sendable, Hashable {
    /// Nothing to parse.
    case empty
    /// A token where none like it can stand, or the end where something was missing.
    case unexpected
    /// More bytes, tokens or digits than an answer can have.
    case tooLong
    /// Nested deeper than an answer can be.
    case tooDeep
  }

  package var reason: Reason
  /// The offset into the answer's UTF-8 bytes.
  package var offset: Int
}
