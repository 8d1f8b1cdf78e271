internal import CPonderKernels

/// Threads that help whoever calls, for regions of some microseconds that follow each other closely.
///
/// Between regions they spin for 50 µs and then park: a forward pass never waits for a wake-up, and a pool with nothing
/// to do takes no processor time. Parts are claimed one by one, so a thread that lost its processor to another process
/// holds the region up for one part at most.
package final class ThreadPool: @unchecked Sendable {
  // Sendable: the pool synchronises its callers.
  private let pool: OpaquePointer

  /// - Parameter helpers: threads beside the caller's, ≥ 1. The system may give fewer.
  package init(helpers: Int) {
    require(helpers >= 1, "\(helpers) helpers")
    guard let pool = pk_pool_create(helpers) else { fatalError("no memory for a pool of threads") }
    self.pool = pool
  }

  deinit { pk_pool_destroy(pool) }

  /// Calls `body` once for each number below `parts`, on this thread and the helpers, and returns when all are done.
  ///
  /// Any thread may call at any time, from within a part too: while the pool works for one caller, others do their own
  /// work alone.
  package func run(_ parts: Int, _ body: @Sendable (Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: Region(body: body)) { region in
        pk_pool_run(
          pool, parts, { context, part in context?.assumingMemoryBound(to: Region.self).pointee.body(part) },
          UnsafeMutableRawPointer(mutating: region))
      }
    }
  }

  private struct Region {
    let body: @Sendable (Int) -> Void
  }
}
