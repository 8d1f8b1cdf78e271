import Foundation

/// A reliability diagram (DeGroot and Fienberg 1983): how often examples are right, over what they score; and below, how
/// many there are. A perfect verifier's bars end on the diagonal.
public struct ReliabilityPlot: Sendable, Hashable {
  /// What is drawn.
  public let reliability: Reliability
  /// Stands above.
  public let title: String

  /// Makes a plot.
  public init(_ reliability: Reliability, title: String = "Reliability") {
    self.reliability = reliability
    self.title = title
  }

  /// The figure as a self-contained SVG document that reads in light and in dark.
  public var svg: String {
    let (left, top, side, counts) = (56.0, 44.0, 300.0, 60.0)
    let bottom = top + side
    let base = bottom + 18 + counts
    var parts = [SVG.text(title, x: left, y: 20, style: "title")]
    let error = (reliability.expectedCalibrationError * 1000).rounded() / 1000
    let brier = (reliability.brierScore * 1000).rounded() / 1000
    parts.append(
      SVG.text(
        "calibration error \(error) · Brier score \(brier) · \(reliability.count) examples", x: left, y: 36,
        style: "muted"))
    for tick in stride(from: 0.0, through: 1.0, by: 0.2) {
      let (x, y) = (left + tick * side, bottom - tick * side)
      parts.append(SVG.line(left, y, left + side, y, style: "grid"))
      parts.append(SVG.text(SVG.number(tick), x: left - 8, y: y + 4, anchor: "end", style: "muted"))
      parts.append(SVG.text(SVG.number(tick), x: x, y: base + 16, anchor: "middle", style: "muted"))
    }
    let most = Double(reliability.bins.map(\.count).max() ?? 0)
    for bin in reliability.bins where bin.count > 0 {
      let (x, width) = (left + bin.low * side + 1.5, (bin.high - bin.low) * side - 3)
      let height = bin.accuracy * side
      parts.append(bar("bar", x, bottom - height, width, height))
      // What the bar is short of the mean score, or goes beyond it.
      let (low, high) = (min(bin.accuracy, bin.meanScore), max(bin.accuracy, bin.meanScore))
      parts.append(bar("gap", x, bottom - high * side, width, (high - low) * side))
      let share = Double(bin.count) / most * counts
      parts.append(bar("count", x, base - share, width, share))
    }
    parts.append(SVG.line(left, bottom, left + side, top, style: "diagonal"))
    parts.append(SVG.line(left, bottom, left + side, bottom, style: "axis"))
    parts.append(SVG.line(left, base, left + side, base, style: "axis"))
    parts.append(SVG.text("score", x: left + side / 2, y: base + 34, anchor: "middle"))
    parts.append(SVG.text("fraction right", x: 18, y: top + side / 2, anchor: "middle", rotated: true))
    parts.append(SVG.text("examples", x: 18, y: base - counts / 2, anchor: "middle", style: "muted", rotated: true))
    return SVG.document(
      width: left + side + 40, height: base + 44, title: title,
      styles: """
        .bar { fill: #2f81f7; fill-opacity: 0.75; }
        .gap { fill: #e5534b; fill-opacity: 0.3; stroke: #e5534b; stroke-opacity: 0.8; }
        .count { fill: #8b949e; fill-opacity: 0.6; }
        .diagonal { stroke: #8b949e; stroke-width: 1.5; stroke-dasharray: 5 4; }
        """,
      body: parts.joined(separator: "\n"))
  }

  private func bar(_ style: String, _ x: Double, _ y: Double, _ width: Double, _ height: Double) -> String {
    guard height > 0 else { return "" }
    return "<rect class=\"\(style)\" x=\"\(SVG.number(x))\" y=\"\(SVG.number(y))\" width=\"\(SVG.number(width))\" "
      + "height=\"\(SVG.number(height))\"/>"
  }
}
