import Foundation
import PonderGeneration
import PonderStrategies
import Testing

/// Beam searches of another tool, step by step with the scores of a real reward model: our events can say all of it.
/// Skipped where the shared data is absent.
@Suite(.enabled(if: SharedData.has("samples/thinkbooster_traces")))
struct ForeignTraceTests {
  struct File: Decodable { var examples: [Example] }
  struct Example: Decodable {
    var id: String
    var payloads: [String: Payload]
  }
  struct Payload: Decodable { var strategies: [Entry] }
  struct Entry: Decodable {
    var id: String
    var run: Run
  }
  struct Run: Decodable { var events: [Level] }
  struct Level: Decodable {
    var step: Int
    var candidates: [Beam]
  }
  struct Beam: Decodable {
    var text: String
    var status: String
    var signals: [String: Double]
    var beam_uid: Number?
    var parent_beam_uid: Number?
  }

  /// A number, which a beam's may be spelled as a string.
  struct Number: Decodable {
    var value: Int?

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      value = try (try? container.decode(Int.self)) ?? Int(container.decode(String.self))
    }
  }

  private static func id(_ uid: Number?) -> Candidate.ID? {
    uid?.value.map { .init(path: TreePath("beam"), number: $0) }
  }

  @Test func theirTreesSurviveOurTraceAndItsPicture() throws {
    let data = try Data(
      contentsOf: SharedData.folder.appending(path: "samples/thinkbooster_traces/cached_examples.json"))
    var trees = 0
    for example in try JSONDecoder().decode(File.self, from: data).examples {
      for entry in example.payloads.values.flatMap(\.strategies) where entry.id.hasPrefix("beam_search") {
        // A level may repeat the last one's beams as its result; each node counts once.
        var beams: [(id: Candidate.ID, beam: Beam)] = []
        for beam in entry.run.events.flatMap(\.candidates) {
          guard let id = Self.id(beam.beam_uid), !beams.contains(where: { $0.id == id }) else { continue }
          beams.append((id, beam))
        }
        let known = Set(beams.map(\.id))
        func parent(_ beam: Beam) -> Candidate.ID? {
          Self.id(beam.parent_beam_uid).flatMap { known.contains($0) ? $0 : nil }
        }
        var kinds: [Event.Kind] = []
        for (id, beam) in beams {
          kinds.append(.step(id: id, parent: parent(beam), text: beam.text, ending: .open))
          if let score = beam.signals["prm"] { kinds.append(.scored(id: id, score: score)) }
          if beam.status == "pruned" { kinds.append(.pruned([id])) }
        }
        let trace = Trace(kinds.enumerated().map { Event(path: TreePath("beam"), sequence: $0, kind: $1) })
        let picture = SearchPicture(try Trace(jsonLines: trace.jsonLines()))
        #expect(picture.nodes.count == beams.count && beams.count > 20)
        for (id, beam) in beams {
          let node = try #require(picture.nodes.first { $0.id == id })
          #expect(node.text == beam.text && node.score == beam.signals["prm"] && node.parent == parent(beam))
          #expect(node.isPruned == (beam.status == "pruned"))
        }
        #expect(picture.svg.components(separatedBy: "<rect").count == beams.count + 1)
        #expect(picture.text.split(separator: "\n").count == beams.count + 1)
        trees += 1
      }
    }
    #expect(trees == 2)
  }
}
