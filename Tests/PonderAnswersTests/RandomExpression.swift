/// A random expression that can be written in several ways, and its value in floating point.
indirect enum RandomExpression {
  case number(Int)
  case variable(String)
  case fraction(Int, Int)
  case root(Int)
  case sum(RandomExpression, RandomExpression)
  case product(RandomExpression, RandomExpression)
  case quotient(RandomExpression, RandomExpression)
  case power(RandomExpression, Int)

  static func random(depth: Int, variables: [String], using generator: inout SplitMix) -> RandomExpression {
    func below(_ bound: Int) -> Int { Int(generator.next() % UInt64(bound)) }
    func inner() -> RandomExpression { random(depth: depth - 1, variables: variables, using: &generator) }
    if depth == 0 || below(5) == 0 {
      switch below(variables.isEmpty ? 3 : 4) {
      case 0: return .number(below(12) + 1)
      case 1: return .fraction(below(9) + 1, below(9) + 2)
      case 2: return .root(below(18) + 2)
      default: return .variable(variables[below(variables.count)])
      }
    }
    switch below(7) {
    case 0, 1, 2: return .sum(inner(), inner())
    case 3, 4: return .product(inner(), inner())
    case 5: return .quotient(inner(), inner())
    default: return .power(inner(), below(2) + 2)
    }
  }

  /// Plain LaTeX.
  var text: String {
    switch self {
    case .number(let n): "\(n)"
    case .variable(let name): name
    case .fraction(let a, let b): "\\frac{\(a)}{\(b)}"
    case .root(let n): "\\sqrt{\(n)}"
    case .sum(let a, let b): "(\(a.text)+\(b.text))"
    case .product(let a, let b): "(\(a.text)) \\cdot (\(b.text))"
    case .quotient(let a, let b): "\\frac{\(a.text)}{\(b.text)}"
    case .power(let a, let n): "(\(a.text))^{\(n)}"
    }
  }

  /// The same expression rewritten where it should not matter.
  func rewritten(using generator: inout SplitMix) -> String {
    let coin = generator.next() % 3
    switch self {
    case .number(let n): return coin == 0 ? "\(n).0" : (coin == 1 ? "{\(n)}" : "\\frac{\(3 * n)}{3}")
    case .variable(let name): return coin == 0 ? " \(name) " : name
    case .fraction(let a, let b):
      return coin == 0 ? "\\dfrac{\(2 * a)}{\(2 * b)}" : (coin == 1 ? "\\tfrac{\(a)}{\(b)}" : "(\(a)/\(b))")
    case .root(let n): return coin == 0 ? "\\sqrt {\(n)}" : (coin == 1 ? "\\frac{\\sqrt{\(4 * n)}}{2}" : "√(\(n))")
    case .sum(let a, let b):
      let (x, y) = (a.rewritten(using: &generator), b.rewritten(using: &generator))
      return coin == 0 ? "\\left(\(y) + \(x)\\right)" : "[ \(x)+\(y) ]"
    case .product(let a, let b):
      let (x, y) = (a.rewritten(using: &generator), b.rewritten(using: &generator))
      return coin == 0 ? "\\left(\(y)\\right)\\times\\left(\(x)\\right)" : "(\(x))(\(y))"
    case .quotient(let a, let b):
      let (x, y) = (a.rewritten(using: &generator), b.rewritten(using: &generator))
      return coin == 0 ? "\\dfrac{\(x)}{\(y)}" : "((\(x))/(\(y)))"
    case .power(let a, let n):
      let x = a.rewritten(using: &generator)
      return coin == 0 ? "\\left(\(x)\\right)^\(n)" : Array(repeating: "(\(x))", count: n).joined(separator: "\\,")
    }
  }

  /// The expression with one number in it changed.
  func edited() -> RandomExpression {
    switch self {
    case .number(let n): .number(n + 1)
    case .variable(let name): .sum(.variable(name), .number(1))
    case .fraction(let a, let b): .fraction(a + 1, b)
    case .root(let n): .root(n + 1)
    case .sum(let a, let b): .sum(a, b.edited())
    case .product(let a, let b): .product(a.edited(), b)
    case .quotient(let a, let b): .quotient(a, b.edited())
    case .power(let a, let n): .power(a, n + 1)
    }
  }

  /// The value where each variable is what `variables` says.
  func value(_ variables: [String: Double]) -> Double {
    switch self {
    case .number(let n): Double(n)
    case .variable(let name): variables[name] ?? .nan
    case .fraction(let a, let b): Double(a) / Double(b)
    case .root(let n): Double(n).squareRoot()
    case .sum(let a, let b): a.value(variables) + b.value(variables)
    case .product(let a, let b): a.value(variables) * b.value(variables)
    case .quotient(let a, let b): a.value(variables) / b.value(variables)
    case .power(let a, let n): (0..<n).reduce(1.0) { product, _ in product * a.value(variables) }
    }
  }
}

/// SplitMix64: a seeded generator for tests.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
