/// The regular expressions by which byte-level tokenizers cut text into words, each with a scanner written by hand:
/// the standard library's regexes are two orders of magnitude slower.
public enum SplitPattern: String, Sendable, CaseIterable {
  /// GPT-2's: contractions, words and numbers with a leading space.
  case gpt2 = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
  /// Llama 3's: numbers in groups of three digits, newlines kept with what they follow.
  case llama3 =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  /// Qwen2's: Llama 3's with every digit on its own.
  case qwen2 =
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

  /// The pattern with this source, in any of the spellings that are in use.
  public static func recognise(_ source: String) -> SplitPattern? {
    let bytes = Array(source.utf8)
    if let pattern = allCases.first(where: { $0.rawValue.utf8.elementsEqual(bytes) }) { return pattern }
    // The same language with the contractions' letters in brackets, as newer exporters write it.
    let spelledOut = source.replacing("(?i:[sdmt]|ll|ve|re)", with: "")
    if spelledOut != source, spelledOut.hasPrefix("'") {
      return recognise("(?i:'s|'t|'re|'ve|'m|'ll|'d)" + spelledOut.dropFirst())
    }
    return nil
  }

  /// Where the word that begins at `start` ends. Every pattern matches everywhere, so the words cover the text.
  @inline(__always)
  func end(
    ofWordAt start: Int, in text: UnsafeBufferPointer<UInt8>, _ classes: UnicodeClasses.Table
  ) -> Int {
    switch self {
    case .gpt2: Self.gpt2(start, text, classes)
    case .llama3: Self.modern(start, text, classes, digits: 3)
    case .qwen2: Self.modern(start, text, classes, digits: 1)
    }
  }

  // MARK: - Scanners

  private static let quote = UInt8(ascii: "'")
  private static let space = UInt8(ascii: " ")

  private static func gpt2(
    _ start: Int, _ text: UnsafeBufferPointer<UInt8>, _ classes: UnicodeClasses.Table
  ) -> Int {
    if text[start] == quote {
      let length = contraction(at: start, text, ignoringCase: false)
      if length > 0 { return start + length }
    }
    // ` ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+`
    let first = text[start] == space ? start + 1 : start
    if first < text.count {
      let kind = classes.at(first, in: text)
      if kind & UnicodeClasses.whitespace == 0 { return run(of: kind, from: first, text, classes) }
    }
    return whitespace(start, text, classes, endsAfterNewline: false)
  }

  /// Llama 3's and Qwen2's, which differ in how many digits a word may have.
  private static func modern(
    _ start: Int, _ text: UnsafeBufferPointer<UInt8>, _ classes: UnicodeClasses.Table, digits: Int
  ) -> Int {
    if text[start] == quote {
      let length = contraction(at: start, text, ignoringCase: true)
      if length > 0 { return start + length }
    }
    let kind = classes.at(start, in: text)
    // `[^\r\n\p{L}\p{N}]?\p{L}+`
    if kind == UnicodeClasses.letter { return run(of: kind, from: start, text, classes) }
    let second = start + UTF8Text.length(startingWith: text[start])
    if kind & (UnicodeClasses.newline | UnicodeClasses.number) == 0, second < text.count,
      classes.at(second, in: text) == UnicodeClasses.letter
    {
      return run(of: UnicodeClasses.letter, from: second, text, classes)
    }
    // `\p{N}{1,3}`
    if kind == UnicodeClasses.number {
      var end = second
      for _ in 1..<max(digits, 1) where end < text.count && classes.at(end, in: text) == kind {
        end += UTF8Text.length(startingWith: text[end])
      }
      return end
    }
    // ` ?[^\s\p{L}\p{N}]+[\r\n]*`
    let first = text[start] == space ? second : start
    if first < text.count, classes.at(first, in: text) == 0 {
      var end = run(of: 0, from: first, text, classes)
      while end < text.count, text[end] == UInt8(ascii: "\n") || text[end] == UInt8(ascii: "\r") { end += 1 }
      return end
    }
    return whitespace(start, text, classes, endsAfterNewline: true)
  }

  /// The end of the characters of one class.
  @inline(__always)
  private static func run(
    of kind: UInt8, from start: Int, _ text: UnsafeBufferPointer<UInt8>, _ classes: UnicodeClasses.Table
  ) -> Int {
    var end = start
    while end < text.count, classes.at(end, in: text) == kind {
      end &+= UTF8Text.length(startingWith: text[end])
    }
    return min(end, text.count)
  }

  /// `\s*[\r\n]+|\s+(?!\S)|\s+`, the first only if `endsAfterNewline`: up to the last newline, or all but the last
  /// character if a word follows, which will take it.
  private static func whitespace(
    _ start: Int, _ text: UnsafeBufferPointer<UInt8>, _ classes: UnicodeClasses.Table, endsAfterNewline: Bool
  ) -> Int {
    var end = start
    var last = start
    var afterNewline = start
    while end < text.count {
      let kind = classes.at(end, in: text)
      guard kind & UnicodeClasses.whitespace != 0 else { break }
      last = end
      end += UTF8Text.length(startingWith: text[end])
      if kind & UnicodeClasses.newline != 0 { afterNewline = end }
    }
    if endsAfterNewline, afterNewline > start { return afterNewline }
    if end >= text.count { return text.count }
    return last > start ? last : max(end, start + 1)
  }

  /// The length of `'s|'t|'re|'ve|'m|'ll|'d` at an apostrophe, or 0.
  private static func contraction(
    at start: Int, _ text: UnsafeBufferPointer<UInt8>, ignoringCase: Bool
  ) -> Int {
    func letter(_ offset: Int) -> UInt8 {
      guard start + offset < text.count else { return 0 }
      let byte = text[start + offset]
      return ignoringCase && (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }
    switch letter(1) {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"): return letter(2) == UInt8(ascii: "e") ? 3 : 0
    case UInt8(ascii: "l"): return letter(2) == UInt8(ascii: "l") ? 3 : 0
    // U+017F, the long s, is an s to a regular expression that ignores case.
    case 0xC5: return ignoringCase && letter(2) == 0xBF ? 3 : 0
    default: return 0
    }
  }
}

extension SplitPattern {
  /// The words of a text.
  package func words(in text: String) -> [String] {
    var words: [String] = []
    var text = text
    text.withUTF8 { text in
      UnicodeClasses.shared.withUnsafeTable { classes in
        PreTokenizer(steps: [.pattern(self)]).forEachWord(in: text, isFirst: true, classes) {
          words.append(String(decoding: $0, as: UTF8.self))
        }
      }
    }
    return words
  }
}
