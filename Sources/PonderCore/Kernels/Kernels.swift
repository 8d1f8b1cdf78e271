internal import CPonderKernels

/// The C kernels of one instruction set, over plain pointers.
///
/// Every kernel takes its output first and reduces in one order that depends on the length alone, so a result never
/// depends on what else is in the call. `Kernels.best` is what everything uses; tests force the others by name.
package struct Kernels: @unchecked Sendable {
  // Sendable: the table is constant data of the C module.
  let table: UnsafePointer<pk_kernels>

  /// The best kernels that this processor can run, chosen once.
  package static let best = Kernels(table: pk_select())

  /// Every instruction set that this build has and this processor can run, best first.
  package static let available: [Kernels] = ["avx512", "avx2", "neon", "scalar"].compactMap { Kernels(named: $0) }

  /// Neighbouring bytes that share a scale in `quantize` and `unpack`.
  package static let group = Int(PK_GROUP)

  init(table: UnsafePointer<pk_kernels>) {
    self.table = table
  }

  /// The kernels called "scalar", "avx2", "avx512" or "neon"; nil where they were not built or cannot run.
  package init?(named name: String) {
    guard let table = pk_named(name) else { return nil }
    self.table = table
  }

  /// The instruction set: "scalar", "avx2", "avx512" or "neon".
  package var name: String { String(cString: table.pointee.name) }
}

// MARK: - Vectors

extension Kernels {
  /// Σ a[i]·b[i].
  package func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ n: Int) -> Float {
    table.pointee.dot(a, b, n)
  }

  /// Σ x[i].
  package func sum(_ x: UnsafePointer<Float>, _ n: Int) -> Float { table.pointee.sum(x, n) }

  /// The largest element, NaN ignored; −∞ when there is none.
  package func maximum(_ x: UnsafePointer<Float>, _ n: Int) -> Float { table.pointee.maximum(x, n) }

  /// Index of the largest element, the first of equals, NaN ignored; 0 when there is none.
  package func argmax(_ x: UnsafePointer<Float>, _ n: Int) -> Int { table.pointee.argmax(x, n) }

  /// out = a + b; `out` may be `a` or `b`.
  package func add(
    _ out: UnsafeMutablePointer<Float>, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ n: Int
  ) {
    table.pointee.add(out, a, b, n)
  }

  /// out = a·b, element by element; `out` may be `a` or `b`.
  package func multiply(
    _ out: UnsafeMutablePointer<Float>, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ n: Int
  ) {
    table.pointee.multiply(out, a, b, n)
  }

  /// y += a·x.
  package func axpy(_ y: UnsafeMutablePointer<Float>, _ a: Float, _ x: UnsafePointer<Float>, _ n: Int) {
    table.pointee.axpy(y, a, x, n)
  }

  /// eˣ, relative error ≤ 2.5e-7 where the result is a normal number; `out` may be `x`.
  package func exponential(_ out: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ n: Int) {
    table.pointee.exponential(out, x, n)
  }
}

// MARK: - Layers of a transformer

extension Kernels {
  /// out[i] = x[i]·weight[i] / √(mean(x²) + epsilon); `out` may be `x`.
  package func rmsNorm(
    _ out: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, weight: UnsafePointer<Float>, _ n: Int,
    epsilon: Float
  ) {
    table.pointee.rmsnorm(out, x, weight, n, epsilon)
  }

  /// In place: eˣ⁻ᵐᵃˣ over its sum. A row of −∞ alone becomes zeros; a NaN makes the row NaN.
  package func softmax(_ x: UnsafeMutablePointer<Float>, _ n: Int) { table.pointee.softmax(x, n) }

  /// SwiGLU's inner product: out = gate·sigmoid(gate)·up; `out` may be `gate` or `up`.
  package func siluMultiply(
    _ out: UnsafeMutablePointer<Float>, gate: UnsafePointer<Float>, up: UnsafePointer<Float>, _ n: Int
  ) {
    table.pointee.silu_multiply(out, gate, up, n)
  }

  /// Rotary embedding of one position, in place, over pairs (i, i + rotary/2) of each head: Hugging Face's layout.
  ///
  /// - Parameters:
  ///   - x: [heads, dimension]; the elements from `rotary` on stay.
  ///   - cosines: [rotary/2], and so the sines.
  package func rotateHalves(
    _ x: UnsafeMutablePointer<Float>, cosines: UnsafePointer<Float>, sines: UnsafePointer<Float>, heads: Int,
    dimension: Int, rotary: Int
  ) {
    table.pointee.rotate_halves(x, cosines, sines, heads, dimension, rotary)
  }

  /// Rotary embedding of one position, in place, over pairs (2i, 2i + 1) of each head: the layout of Llama in GGUF.
  package func rotatePairs(
    _ x: UnsafeMutablePointer<Float>, cosines: UnsafePointer<Float>, sines: UnsafePointer<Float>, heads: Int,
    dimension: Int, rotary: Int
  ) {
    table.pointee.rotate_pairs(x, cosines, sines, heads, dimension, rotary)
  }
}
