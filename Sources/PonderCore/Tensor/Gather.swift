/// Elements read with one stride per axis, in row-major order of the shape.
func gather<Element>(_ source: [Element], shape: [Int], strides: [Int]) -> [Element] {
  let total = shape.reduce(1, *)
  guard let inner = shape.last, total > 0 else { return Array(source.prefix(total)) }
  let innerStride = strides[strides.count - 1]
  return [Element](unsafeUninitializedCapacity: total) { out, initialized in
    source.withUnsafeBufferPointer { source in
      var index = Array(repeating: 0, count: shape.count - 1)
      var offset = 0
      for start in stride(from: 0, to: total, by: inner) {
        for i in 0..<inner { out.initializeElement(at: start + i, to: source[offset + i * innerStride]) }
        // Count up like an odometer.
        var axis = shape.count - 2
        while axis >= 0 {
          index[axis] += 1
          offset += strides[axis]
          if index[axis] < shape[axis] { break }
          offset -= index[axis] * strides[axis]
          index[axis] = 0
          axis -= 1
        }
      }
    }
    initialized = total
  }
}

/// Strides that walk a shape as if it were a larger one: 0 along axes that repeat.
func strides(of shape: [Int], repeatedTo larger: [Int]) -> [Int] {
  let missing = larger.count - shape.count
  return larger.indices.map { axis in
    axis < missing || shape[axis - missing] == 1 ? 0 : shape[(axis - missing + 1)...].reduce(1, *)
  }
}
