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
    "²": "^2", "³": "^3", "⁴": "^4", "₀": "_0", "₁": "_1", "₂": "_2", "₃": "_3", "₄": "_4", "₅": "_5", "₆": "_6",
    "₇": "_7", "₈": "_8", "₉": "_9", "π": "\\pi", "√": "\\sqrt", "∞": "\\infty", "≤": "\\le", "≥": "\\ge",
    "≠": "\\ne", "≈": "\\approx", "±": "\\pm", "×": "\\times", "·": "\\cdot", "÷": "/", "−": "-", "–": "-",
    "°": "^\\circ", "∪": "\\cup", "∩": "\\cap", "∈": "\\in", "½": "\\frac{1}{2}", "¼": "\\frac{1}{4}",
    "¾": "\\frac{3}{4}", "∅": "\\emptyset", "θ": "\\theta", "α": "\\alpha", "β": "\\beta", "γ": "\\gamma",
    "λ": "\\lambda", "μ": "\\mu", "ω": "\\omega", "φ": "\\phi", "ℝ": "\\mathbb{R}", "⋅": "\\cdot",
    "，": ",", "（": "(", "）": ")", "：": ":", "＝": "=",
  ]

  /// Names that plain text writes without a backslash.
  static let plainNames: [String: String] = [
    "pi": "pi", "infinity": "infty", "inf": "infty", "oo": "infty", "infty": "infty", "theta": "theta",
    "alpha": "alpha", "beta": "beta", "lambda": "lambda", "frac": "frac", "dfrac": "frac",
  ]

  /// Relations by command.
  static let relations: [String: SyntaxTree.Relation] = [
    "lt": .less, "gt": .greater, "le": .lessOrEqual, "leq": .lessOrEqual, "leqslant": .lessOrEqual,
    "ge": .greaterOrEqual, "geq": .greaterOrEqual, "geqslant": .greaterOrEqual, "ne": .notEqual, "neq": .notEqual,
    "approx": .approximately, "simeq": .approximately, "in": .element, "equiv": .equivalent,
  ]

  /// Commands that only place or size what they stand before.
  static let ignoredCommands: Set<String> = [
    "left", "right", "big", "Big", "bigl", "bigr", "Bigl", "Bigr", "bigg", "Bigg", "biggl", "biggr", "Biggl", "Biggr",
    "displaystyle", "textstyle", "scriptstyle", "quad", "qquad", "limits", "nolimits", "middle", "large", "Large",
    "small",
    "normalsize", "boxed", "fbox", "rm", "bf", "it", "dots",
  ]

  /// Commands that are ignored together with their argument.
  static let ignoredArguments: Set<String> = ["phantom", "hphantom", "vphantom", "hspace", "vspace", "tag"]

  /// Commands that set the names of units upright.
  static let unitCommands: Set<String> = ["text", "textrm", "textnormal", "mbox", "mathrm"]

  /// Numbers in words, which name bases: `123_{\text{four}}`.
  static let bases: [String: Int] = [
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "sixteen": 16,
  ]

  /// Commands whose argument is set as words.
  static let textCommands: Set<String> = [
    "text", "textbf", "textit", "textrm", "textnormal", "textsf", "texttt", "mbox", "hbox", "mathrm", "mathbf",
    "mathit", "mathsf", "mathtt", "mathcal", "operatorname", "boldsymbol", "emph", "underline", "bm",
  ]

  /// Commands that are a sign.
  static let commandSymbols: [String: Character] = [
    "cdot": "*", "times": "*", "ast": "*", "div": "/", "over": "/", "colon": ":", "lvert": "|", "rvert": "|",
    "vert": "|", "mid": "|", "lbrack": "[", "rbrack": "]", "lparen": "(", "rparen": ")", "prime": "'",
    "langle": "(", "rangle": ")", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉",
  ]

  /// Commands that are letters.
  static let letters: Set<String> = [
    "alpha", "beta", "gamma", "delta", "epsilon", "varepsilon", "zeta", "eta", "theta", "vartheta", "iota", "kappa",
    "lambda", "mu", "nu", "xi", "rho", "sigma", "tau", "upsilon", "phi", "varphi", "chi", "psi", "omega", "Gamma",
    "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Phi", "Psi", "Omega", "ell", "hbar", "partial", "aleph",
  ]
}
