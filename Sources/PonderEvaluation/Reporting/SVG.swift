import Foundation

/// Pieces of self-contained SVG figures that read in light and in dark: colours are classes of one style sheet, which
/// changes with the reader's `prefers-color-scheme`.
enum SVG {
  /// A document; `body` is drawn over a background of the scheme's colour.
  static func document(width: Double, height: Double, title: String, styles: String = "", body: String) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(width)) \(number(height))" role="img">
    <title>\(escaped(title))</title>
    <style>
    text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #24292f; }
    .title { font-size: 14px; font-weight: 600; }
    .muted { fill: #57606a; font-size: 11px; }
    .background { fill: #ffffff; }
    .grid { stroke: #d8dee4; stroke-width: 1; fill: none; }
    .axis { stroke: #57606a; stroke-width: 1; fill: none; }
    \(styles)
    @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .muted { fill: #9198a1; }
    .background { fill: #0d1117; }
    .grid { stroke: #30363d; }
    .axis { stroke: #9198a1; }
    }
    </style>
    <rect class="background" width="\(number(width))" height="\(number(height))"/>
    \(body)
    </svg>

    """
  }

  static func text(
    _ text: String, x: Double, y: Double, anchor: String = "start", style: String = "", rotated: Bool = false
  ) -> String {
    let turn = rotated ? " transform=\"rotate(-90 \(number(x)) \(number(y)))\"" : ""
    let style = style.isEmpty ? "" : " class=\"\(style)\""
    let place = "x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\"\(turn)"
    return "<text\(style) \(place)>\(escaped(text))</text>"
  }

  static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, style: String) -> String {
    "<line class=\"\(style)\" x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" y2=\"\(number(y2))\"/>"
  }

  /// At most two decimals, so that files are small and the same everywhere.
  static func number(_ value: Double) -> String {
    let rounded = (value * 100).rounded() / 100
    return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
  }

  static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
      .replacingOccurrences(of: ">", with: "&gt;")
  }
}
