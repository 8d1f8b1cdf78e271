import PonderCore

/// Rows of activations in memory of their own: [rows, width], freed at the end of the scope.
///
/// Not initialised; each is written whole before it is read. Plain pointers, because rows go to C kernels on several
/// threads, each of which writes its own part.
package struct Activations: ~Copyable, @unchecked Sendable {
  package let rows: Int
  package let width: Int
  package let pointer: UnsafeMutablePointer<Float>

  package init(rows: Int, width: Int) {
    self.rows = rows
    self.width = width
    pointer = RecycledMemory.take(byteCount: rows * width * MemoryLayout<Float>.stride)
      .bindMemory(to: Float.self, capacity: rows * width)
  }

  deinit { RecycledMemory.giveBack(pointer, byteCount: count * MemoryLayout<Float>.stride) }

  package var count: Int { rows * width }

  package func row(_ row: Int) -> UnsafeMutablePointer<Float> { pointer + row * width }

  package func rowBuffer(_ row: Int) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: self.row(row), count: width)
  }

  /// self += other, element by element.
  package func add(_ other: borrowing Activations) {
    require(rows == other.rows && width == other.width, "[\(rows), \(width)] + [\(other.rows), \(other.width)]")
    Kernels.best.add(pointer, pointer, other.pointer, count)
  }

  /// The rows with these indices, copied.
  package func gathering(_ indices: [Int]) -> Activations {
    let gathered = Activations(rows: indices.count, width: width)
    for (row, index) in indices.enumerated() { gathered.row(row).update(from: self.row(index), count: width) }
    return gathered
  }
}
