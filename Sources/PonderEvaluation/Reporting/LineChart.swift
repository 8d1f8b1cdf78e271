import Foundation

/// A line chart as a self-contained SVG document that reads well on light and dark ground.
public struct LineChart: Sendable, Hashable {
  /// A curve, or a horizontal line.
  public struct Series: Sendable, Hashable {
    /// A measured value.
    public struct Point: Sendable, Hashable {
      /// Where; positive on a logarithmic axis.
      public var x: Double
      /// The value.
      public var y: Double
      /// The interval around it, if there is one.
      public var interval: ClosedRange<Double>?

      /// Makes a point.
      public init(x: Double, y: Double, interval: ClosedRange<Double>? = nil) {
        self.x = x
        self.y = y
        self.interval = interval
      }
    }

    /// What the legend says.
    public var name: String
    /// Ascending by x; a single point of a level is drawn as a line across.
    public var points: [Point]
    /// Whether it is a level to compare with: a dashed line across the whole chart at its first point.
    public var isLevel: Bool

    /// Makes a series.
    public init(_ name: String, _ points: [Point], isLevel: Bool = false) {
      self.name = name
      self.points = points
      self.isLevel = isLevel
    }

    /// A level to compare with.
    public static func level(_ name: String, _ y: Double) -> Series {
      Series(name, [Point(x: 1, y: y)], isLevel: true)
    }
  }

  /// How values become places along the horizontal axis.
  public enum Scale: Sendable, Hashable {
    /// A tick at each power of two.
    case powersOfTwo
    /// A tick at each power of ten.
    case powersOfTen
  }

  /// Above the chart.
  public var title: String
  /// Under the horizontal axis.
  public var xLabel: String
  /// Beside the vertical axis, whose values are fractions shown in percent.
  public var yLabel: String
  /// The horizontal axis.
  public var scale: Scale
  /// The curves, in the order of the legend.
  public var series: [Series]

  /// Makes a chart.
  public init(
    _ title: String, xLabel: String, yLabel: String = "problems solved, %", scale: Scale = .powersOfTwo,
    series: [Series]
  ) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.scale = scale
    self.series = series
  }

  /// Okabe and Ito's colours, which colour-blind readers tell apart, and four more; both grounds carry them.
  private static let colors = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6bb1", "#999999", "#a6761d", "#66a61e",
    "#e7298a", "#1b9e9e", "#7f7fbf", "#bf5b17",
  ]

  private static let plot = (left: 60.0, top: 44.0, width: 480.0, height: 300.0)

  /// The document.
  public var svg: String {
    let plot = Self.plot
    let points = series.filter { !$0.isLevel }.flatMap(\.points)
    let xs = points.map { log($0.x) }
    let (minX, maxX) = (xs.min() ?? 0, max(xs.max() ?? 1, (xs.min() ?? 0) + 1e-9))
    let ys = series.flatMap {
      $0.points.flatMap { [$0.y, $0.interval?.lowerBound ?? $0.y, $0.interval?.upperBound ?? $0.y] }
    }
    let step = Self.yStep(spanning: (ys.max() ?? 1) - (ys.min() ?? 0))
    let minY = max(0, (((ys.min() ?? 0) / step).rounded(.down)) * step)
    let maxY = max((((ys.max() ?? 1) / step).rounded(.up)) * step, minY + step)
    func x(_ value: Double) -> Double { plot.left + (log(value) - minX) / (maxX - minX) * plot.width }
    func y(_ value: Double) -> Double { plot.top + (maxY - value) / (maxY - minY) * plot.height }

    var body = ["<text class=\"title\" x=\"\(Self.n(plot.left))\" y=\"24\">\(XML.escaped(title))</text>"]
    for tick in 0...Int(((maxY - minY) / step).rounded()) {
      let value = minY + Double(tick) * step
      body.append(line("grid", plot.left, y(value), plot.left + plot.width, y(value)))
      body.append(text("tick end", plot.left - 8, y(value) + 4, Self.n(value * 100)))
    }
    for value in ticks(from: exp(minX), to: exp(maxX)) {
      body.append(line("grid", x(value), plot.top, x(value), plot.top + plot.height))
      body.append(text("tick middle", x(value), plot.top + plot.height + 18, label(value)))
    }
    body.append(text("label middle", plot.left + plot.width / 2, plot.top + plot.height + 40, xLabel))
    body.append(
      "<text class=\"label middle\" transform=\"translate(16 \(Self.n(plot.top + plot.height / 2))) rotate(-90)\">"
        + "\(XML.escaped(yLabel))</text>")
    for (index, one) in series.enumerated() {
      let color = Self.colors[index % Self.colors.count]
      body += curve(one, color: color, x: x, y: y)
      let top = plot.top + 8 + Double(index) * 20
      let dash = one.isLevel ? " stroke-dasharray=\"5 4\"" : ""
      let left = plot.left + plot.width + 16
      body.append(
        "<path d=\"M\(Self.n(left)) \(Self.n(top))h22\" stroke=\"\(color)\"\(dash)/>"
          + text("label", left + 28, top + 4, one.name))
    }
    // Letters of 12 pixels are about 7 wide.
    let width = plot.left + plot.width + 60 + 7 * Double(series.map(\.name.count).max() ?? 0)
    let height = max(plot.top + plot.height + 56, plot.top + Double(series.count) * 20 + 20)
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.n(width)) \(Self.n(height))" \
      width="\(Self.n(width))" height="\(Self.n(height))" font-family="Helvetica, Arial, sans-serif">
      <style>svg{background:#fff}text{fill:#222;font-size:12px}.title{font-size:15px;font-weight:bold}.end{text-anchor:end}\
      .middle{text-anchor:middle}.grid{stroke:#e2e2e2}path{fill:none;stroke-width:2}.band{stroke:none;opacity:.14}\
      @media(prefers-color-scheme:dark){svg{background:#16181c}text{fill:#ddd}.grid{stroke:#33363c}.band{opacity:.22}}</style>
      \(body.joined(separator: "\n"))
      </svg>

      """
  }

  private func curve(
    _ series: Series, color: String, x: (Double) -> Double, y: (Double) -> Double
  ) -> [String] {
    guard let first = series.points.first else { return [] }
    if series.isLevel {
      return [
        "<path d=\"M\(Self.n(Self.plot.left)) \(Self.n(y(first.y)))h\(Self.n(Self.plot.width))\" stroke=\"\(color)\""
          + " stroke-dasharray=\"5 4\"/>"
      ]
    }
    func path(_ places: [(Double, Double)]) -> String {
      places.enumerated().map { ($0 == 0 ? "M" : "L") + "\(Self.n($1.0)) \(Self.n($1.1))" }.joined()
    }
    var parts: [String] = []
    let intervals = series.points.compactMap { point in point.interval.map { (point.x, $0) } }
    if intervals.count > 1 {
      let outline =
        intervals.map { (x($0.0), y($0.1.upperBound)) } + intervals.reversed().map { (x($0.0), y($0.1.lowerBound)) }
      parts.append("<path class=\"band\" d=\"\(path(outline))Z\" style=\"fill:\(color)\"/>")
    }
    parts.append("<path d=\"\(path(series.points.map { (x($0.x), y($0.y)) }))\" stroke=\"\(color)\"/>")
    for point in series.points {
      let value = "\(series.name): \(Self.n(point.y * 100)) % at \(label(point.x))"
      parts.append(
        "<circle cx=\"\(Self.n(x(point.x)))\" cy=\"\(Self.n(y(point.y)))\" r=\"3\" fill=\"\(color)\">"
          + "<title>\(XML.escaped(value))</title></circle>")
    }
    return parts
  }

  private func ticks(from low: Double, to high: Double) -> [Double] {
    let base = scale == .powersOfTwo ? 2.0 : 10.0
    let first = Int((log(low) / log(base) - 1e-9).rounded(.up))
    let last = Int((log(high) / log(base) + 1e-9).rounded(.down))
    return first > last ? [] : (first...last).map { pow(base, Double($0)) }
  }

  private func label(_ value: Double) -> String {
    switch scale {
    case .powersOfTwo: Self.n(value)
    case .powersOfTen: "10" + Self.superscript(Int((log10(value)).rounded()))
    }
  }

  private static func superscript(_ number: Int) -> String {
    let digits: [Character: Character] = [
      "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹",
    ]
    return String(String(number).map { digits[$0] ?? $0 })
  }

  /// Five to ten ticks.
  private static func yStep(spanning range: Double) -> Double {
    [0.01, 0.02, 0.05, 0.1].first { range / $0 <= 8 } ?? 0.2
  }

  private func line(_ style: String, _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
    "<line class=\"\(style)\" x1=\"\(Self.n(x1))\" y1=\"\(Self.n(y1))\" x2=\"\(Self.n(x2))\" y2=\"\(Self.n(y2))\"/>"
  }

  private func text(_ style: String, _ x: Double, _ y: Double, _ content: String) -> String {
    "<text class=\"\(style)\" x=\"\(Self.n(x))\" y=\"\(Self.n(y))\">\(XML.escaped(content))</text>"
  }

  /// A number with at most one decimal, the same in every locale.
  private static func n(_ value: Double) -> String {
    let tenths = (value * 10).rounded() / 10
    return tenths == tenths.rounded() ? String(Int(tenths)) : String(tenths)
  }
}

/// Text inside a document.
enum XML {
  /// With the characters that mean something in XML spelled out.
  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
