/// The functions that answers use.
package enum ElementaryFunction: String, CaseIterable, Sendable, Hashable {
  case sin, cos, tan, cot, sec, csc
  case asin, acos, atan, acot
  case sinh, cosh, tanh
  case exp, ln, log, log10
  case abs, floor, ceil, sqrt
  case min, max, gcd, lcm
}
