import Synchronization

/// A sequence that shares its beginning with those that fork off it, as the paths of a search do.
///
/// Going on costs what is new, however long the trail is. What a ``TrailReader`` made of a trail is kept with it, so that reading
/// one that goes on from there costs what is new as well.
@usableFromInline package struct Trail<Element: Sendable>: Sendable {
  @usableFromInline let end: TrailLink<Element>?

  /// A trail of these elements, with none before them.
  @inlinable package init(_ elements: [Element] = []) { self.init(end: nil, elements) }

  @inlinable init(end: TrailLink<Element>?, _ elements: [Element]) {
    self.end = elements.isEmpty ? end : TrailLink(elements, behind: end)
  }

  /// How many elements there are.
  @inlinable package var count: Int { end?.count ?? 0 }
  /// Whether there are none.
  @inlinable package var isEmpty: Bool { end == nil }
  /// The last element.
  @inlinable package var last: Element? { end?.elements.last }
  /// All of them, in order.
  @inlinable package var elements: [Element] { elements(from: 0) }

  /// The elements from a place on. Costs what it gives.
  @inlinable package func elements(from start: Int) -> [Element] {
    guard let end, start < end.count else { return [] }
    if start <= end.start { return start == end.start ? end.elements : gathered(from: start) }
    return Array(end.elements[(start - end.start)...])
  }

  @inlinable func gathered(from start: Int) -> [Element] {
    var links: [TrailLink<Element>] = []
    var next = end
    while let link = next, link.count > start {
      links.append(link)
      next = link.earlier
    }
    var elements: [Element] = []
    elements.reserveCapacity(count - start)
    for link in links.reversed() { elements += link.elements.dropFirst(max(start - link.start, 0)) }
    return elements
  }

  /// The same with elements behind it.
  @inlinable package func appending(_ elements: [Element]) -> Trail { Trail(end: end, elements) }

  /// The first so many.
  @inlinable package func prefix(_ count: Int) -> Trail {
    var next = end
    while let link = next, link.start >= count { next = link.earlier }
    guard let link = next, link.count > count else { return Trail(end: next, []) }
    return Trail(end: link.earlier, Array(link.elements.prefix(count - link.start)))
  }

  /// How many of the last elements are of a kind.
  @inlinable package func countAtEnd(where isOfKind: (Element) -> Bool) -> Int {
    var count = 0
    var next = end
    while let link = next {
      for element in link.elements.reversed() {
        guard isOfKind(element) else { return count }
        count += 1
      }
      next = link.earlier
    }
    return count
  }
}

extension Trail {
  /// What a reader makes of the whole trail.
  @inlinable package func reading<Reader: TrailReader>(
    by reader: Reader
  ) -> Reader.Reading where Reader.Element == Element {
    var unread: [TrailLink<Element>] = []
    var reading = reader.beginning
    var next = end
    while let link = next {
      if let known = link.reading(by: reader) {
        reading = known
        break
      }
      unread.append(link)
      next = link.earlier
    }
    for link in unread.reversed() {
      for element in link.elements { reading = reader.reading(element, after: reading) }
      link.keep(reading, by: reader)
    }
    return reading
  }

  /// What a reader makes of the trail up to each element from a place on.
  @inlinable package func readings<Reader: TrailReader>(
    by reader: Reader, from start: Int
  ) -> [Reader.Reading] where Reader.Element == Element {
    var reading = prefix(start).reading(by: reader)
    let readings = elements(from: start).map { element in
      reading = reader.reading(element, after: reading)
      return reading
    }
    end?.keep(reading, by: reader)
    return readings
  }
}

extension Trail: Equatable where Element: Equatable {
  /// Whether the elements are the same.
  @inlinable package static func == (a: Trail, b: Trail) -> Bool {
    a.end === b.end || a.count == b.count && a.elements(behind: b) != nil
  }

  /// What stands behind `beginning`, or `nil` if this does not begin so. Costs what it gives where the beginning is shared.
  @inlinable package func elements(behind beginning: Trail) -> [Element]? {
    guard count >= beginning.count else { return nil }
    var next = end
    while let link = next, link.start >= beginning.count { next = link.earlier }
    guard next === beginning.end || elements.starts(with: beginning.elements) else { return nil }
    return elements(from: beginning.count)
  }
}

extension Trail: Hashable where Element: Hashable {
  /// Hashes the elements.
  @usableFromInline package func hash(into hasher: inout Hasher) { hasher.combine(elements) }
}

extension Trail: Codable where Element: Codable {
  /// Reads an array.
  @usableFromInline package init(from decoder: any Decoder) throws { self.init(try [Element](from: decoder)) }

  /// Writes an array.
  @usableFromInline package func encode(to encoder: any Encoder) throws { try elements.encode(to: encoder) }
}
