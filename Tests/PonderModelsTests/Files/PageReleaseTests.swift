import Foundation
import PonderModels
import Testing

struct PageReleaseTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func releasedBytesAreReadAgainWhenTheyAreNeeded() throws {
    var generator = SplitMix(state: 5)
    let content = (0..<300_001).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let file = try MappedFile(folder.write("bytes", content))
    #expect(Array(file.bytes) == content)
    // Whole pages, parts of pages, nothing, everything.
    for range in [8192..<16384, 5..<9000, 7..<7, 299_999..<300_001, 0..<300_001] {
      file.releasePages(in: range)
      #expect(Array(file.bytes) == content)
    }
  }

  #if os(Linux)
    @Test func releasedPagesTakeNoMemory() throws {
      let size = 8 << 20
      let file = try MappedFile(folder.write("large", [UInt8](repeating: 7, count: size)))
      #expect(file.bytes.allSatisfy { $0 == 7 })
      #expect(try residentBytes(of: file.path) == size)
      file.releasePages(in: 0..<size / 2)
      #expect(try residentBytes(of: file.path) == size / 2)
      file.releasePages(in: size / 2..<size)
      #expect(try residentBytes(of: file.path) == 0)
    }

    /// What `/proc/self/smaps` says of the mappings of a file.
    private func residentBytes(of path: String) throws -> Int {
      var (sum, isInside) = (0, false)
      // Read to its end, whatever size it claims to have.
      let file = try #require(FileHandle(forReadingAtPath: "/proc/self/smaps"))
      let text = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
      for line in text.split(separator: "\n") {
        if line.first.map({ $0.isHexDigit && !$0.isUppercase }) ?? false { isInside = line.hasSuffix(path) }
        // "Rss:   8192 kB"
        let words = line.split(separator: " ")
        if isInside, words.first == "Rss:", let kilobytes = Int(words[1]) { sum += 1024 * kilobytes }
      }
      return sum
    }
  #endif
}
