/// The words that mathematics is written in.
enum Vocabulary {
  /// Functions by name, as `\sin`, `sin` or `\operatorname{sin}`.
  static let functions: [String: ElementaryFunction] = {
    var table: [String: ElementaryFunction] = [:]
    for function in ElementaryFunction.allCases { table[function.rawValue] = function }
    table["arcsin"] = .asin
    table["arccos"] = .acos
    table["arctan"] = .atan
    table["arccot"] = .acot
    table["tg"] = .tan
    table["ctg"] = .cot
    table["cosec"] = .csc
    table["lg"] = .log10
    return table
  }()

  /// Units that may follow a number and do not change which answer it is.
  static func isUnit(_ word: String) -> Bool { units.contains(word) }

  private static let units: Set<String> = Set(
    """
    percent pct percentage degree degrees deg radian radians rad dollar dollars cent cents euro euros pound pounds
    yuan rupee rupees yen usd mile miles mph km kilometer kilometers kilometre kilometres meter meters metre metres
    cm centimeter centimeters centimetre centimetres mm millimeter millimeters inch inches foot feet ft yard yards
    yd kg kilogram kilograms gram grams g lb lbs ounce ounces oz ton tons liter liters litre litres ml gallon
    gallons second seconds sec minute minutes min hour hours hr hrs day days week weeks month months year years
    unit units square sq cubic per people students ways way times pm am hertz hz newton newtons joule joules watt
    watts volt volts mol moles kmh m s km/h
    """.split(whereSeparator: \.isWhitespace).map(String.init))

  /// Whether a character outside ASCII is a sign of mathematics: `²`, `√`, `π`, `≤`.
  static func isMathematicalSymbol(_ text: String) -> Bool { symbols[text] != nil }

  /// Signs outside ASCII, as the LaTeX that means the same.
  static let symbols: [String: String] = [
    "²": "^2", "³": "^3", "⁴": "^4", "π": "\\pi", "√": "\\sqrt", "∞": "\\infty", "≤": "\\le", "≥": "\\ge",
    "≠": "\\ne", "≈": "\\approx", "±": "\\pm", "×": "\\times", "·": "\\cdot", "÷": "/", "−": "-", "–": "-",
    "°": "^\\circ", "∪": "\\cup", "∩": "\\cap", "∈": "\\in", "½": "\\frac{1}{2}", "¼": "\\frac{1}{4}",
    "¾": "\\frac{3}{4}", "∅": "\\emptyset", "θ": "\\theta", "α": "\\alpha", "β": "\\beta", "γ": "\\gamma",
    "λ": "\\lambda", "μ": "\\mu", "ω": "\\omega", "φ": "\\phi", "ℝ": "\\mathbb{R}", "⋅": "\\cdot",
    "，": ",", "（": "(", "）": ")", "：": ":", "＝": "=",
  ]
}
