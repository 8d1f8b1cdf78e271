import Synchronization

/// Reads a ``Trail`` from its beginning, element by element: a fold that goes on where it was before.
///
/// Equal readers make the same of the same elements.
@usableFromInline package protocol TrailReader<Element, Reading>: Equatable, Sendable {
  associatedtype Element: Sendable
  associatedtype Reading: Sendable

  /// What is known before the first element.
  var beginning: Reading { get }
  /// What is known after one more.
  func reading(_ element: Element, after reading: Reading) -> Reading
}

// Inlinable, since a reader that is known at compile time is much faster: all this runs for every step of a search.

/// The elements that one trail added to another, and what readers have made of all up to here.
@usableFromInline final class TrailLink<Element: Sendable>: Sendable {
  @usableFromInline let elements: [Element]
  /// Elements before these.
  @usableFromInline let start: Int
  // Written by `deinit` alone.
  @usableFromInline nonisolated(unsafe) var earlier: TrailLink?
  @usableFromInline let notes = Mutex<[any TrailNote]>([])

  @inlinable init(_ elements: [Element], behind earlier: TrailLink?) {
    self.elements = elements
    self.earlier = earlier
    start = earlier?.count ?? 0
  }

  /// Elements up to here.
  @inlinable var count: Int { start + elements.count }

  /// What a reader has made of all up to here, if it has read it.
  @inlinable func reading<Reader: TrailReader>(by reader: Reader) -> Reader.Reading? {
    notes.withLock { notes in
      for note in notes where type(of: note) == ReadersNote<Reader>.self {
        // A cast of an existential looks the type up by name; the types are equal.
        let note = unsafeDowncast(note, to: ReadersNote<Reader>.self)
        if note.reader == reader { return note.reading }
      }
      return nil
    }
  }

  /// Keeps what a reader has made of all up to here, unless it is kept already: equal readers make the same of it.
  @inlinable func keep<Reader: TrailReader>(_ reading: Reader.Reading, by reader: Reader) {
    if self.reading(by: reader) != nil { return }
    let note = ReadersNote(reader: reader, reading: reading)
    notes.withLock { notes in
      if notes.isEmpty { notes.reserveCapacity(4) }
      notes.append(note)
    }
  }

  @inlinable deinit {
    // One link after the other: a release that runs down a long trail by itself would exhaust the stack.
    var next = earlier.take()
    while isKnownUniquelyReferenced(&next) { next = next?.earlier.take() }
  }
}

/// What some reader has made of a trail.
@usableFromInline protocol TrailNote: AnyObject, Sendable {}

@usableFromInline final class ReadersNote<Reader: TrailReader>: TrailNote {
  @usableFromInline let reader: Reader
  @usableFromInline let reading: Reader.Reading

  @inlinable init(reader: Reader, reading: Reader.Reading) { (self.reader, self.reading) = (reader, reading) }
}
