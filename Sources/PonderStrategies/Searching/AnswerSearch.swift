import PonderGeneration

/// A search whose nodes are whole answers: a child of an answer is a revision of it, made with the last attempts of its line in
/// the prompt. A ``TreePolicy`` decides, a verifier scores, this carries it out.
///
/// An answer that came to its own end and has a score can be revised; others are left. The same text twice below one answer
/// is one candidate that counts twice, and is scored once. Until a selector chooses, the best answer is the outcome's.
public struct AnswerSearch<Policy: TreePolicy>: Strategy {
  /// Names the search in paths: `ab-mcts`.
  public let label: String
  /// Decides.
  public let policy: Policy
  /// Scores answers.
  public let verifier: any Verifier
  /// Says what is wrong with an answer before it is revised; `nil` asks for revisions without. The search and not the critic
  /// decides what is revised: an approval is feedback like any other.
  public let critic: (any Critic)?
  /// How revisions are asked for.
  public let format: RevisionFormat
  /// How tokens are chosen.
  public let sampling: SamplingParameters
  /// Tokens of an answer at most, ≥ 1.
  public let maximumTokens: Int
  /// What is wrong with the policy's configuration, if anything.
  let defect: String?

  /// Makes a search with a policy of your own.
  public init(
    label: String, policy: Policy, scoredBy verifier: any Verifier, criticizedBy critic: (any Critic)? = nil,
    format: RevisionFormat = RevisionFormat(), sampling: SamplingParameters = SamplingParameters(),
    maximumTokens: Int = 2048
  ) {
    self.init(
      label: label, policy: policy, verifier: verifier, critic: critic, format: format, sampling: sampling,
      maximumTokens: maximumTokens, defect: nil)
  }

  init(
    label: String, policy: Policy, verifier: any Verifier, critic: (any Critic)?, format: RevisionFormat,
    sampling: SamplingParameters, maximumTokens: Int, defect: String?
  ) {
    self.label = label
    self.policy = policy
    self.verifier = verifier
    self.critic = critic
    self.format = format
    self.sampling = sampling
    self.maximumTokens = maximumTokens
    self.defect = defect
  }

  /// Throws for impossible numbers and for what model, verifier or critic refuse.
  public func validate(for model: ModelDescription) throws(StrategyError) {
    if let defect { throw .invalidConfiguration("\(label): \(defect)") }
    try format.validate(for: label)
    do throws(GenerationError) {
      try GenerationRequest(.chat(""), sampling: sampling, maximumTokens: maximumTokens, seed: 0).validate(for: model)
    } catch {
      throw .unsupported(error)
    }
    try verifier.validate(for: model)
    try critic?.validate(for: model)
  }

  /// Searches until the policy asks for nothing more. Candidates are in the order in which they were made.
  public func run(_ problem: Problem, in context: RunContext) async -> Outcome {
    let stage = context.stage(label)
    var policy = policy
    policy.begin(seed: stage.seed.derived("policy"))
    var tree = AnswerTree(search: self, problem: problem, stage: stage)
    while tree.stop == .finished {
      let expansions = policy.ask()
      guard !expansions.isEmpty else { break }
      let observations = await tree.grow(expansions)
      tree.note(policy.tell(observations))
    }
    return tree.outcome
  }
}

/// The answers of a search and the calls that make them.
private struct AnswerTree<Policy: TreePolicy> {
  struct Node {
    var candidate: Candidate
    var seed: Seed
    var parent: Int?
    var children: [Int] = []
    var status = Observation.Status.open
  }

  let search: AnswerSearch<Policy>
  let problem: Problem
  let stage: RunContext
  private(set) var nodes: [Node] = []
  private(set) var stop = Stop.finished
  private var roots: [Int] = []
  /// What the critic said, by the text of the answer.
  private var feedback: [String: String] = [:]
  private var failure: StrategyFailure?
  private var isAnyScored = false

  init(search: AnswerSearch<Policy>, problem: Problem, stage: RunContext) {
    self.search = search
    self.problem = problem
    self.stage = stage
  }

  /// Writes an answer for each expansion, merges what is equal, scores what is new.
  mutating func grow(_ expansions: [Expansion]) async -> [Observation] {
    await criticize(expansions.compactMap(\.parent))
    let first = nodes.count
    var requests: [GenerationRequest] = []
    for expansion in expansions {
      let siblings = expansion.parent.map { nodes[$0].children } ?? roots
      let seed = (expansion.parent.map { nodes[$0].seed } ?? stage.seed).derived(siblings.count)
      let candidate = Candidate(
        id: id(nodes.count), parent: expansion.parent.map { nodes[$0].candidate.id }, steps: [], ending: .open)
      if let parent = expansion.parent { nodes[parent].children.append(nodes.count) } else { roots.append(nodes.count) }
      requests.append(
        GenerationRequest(
          search.format.prompt(for: problem, behind: attempts(to: expansion.parent), in: stage),
          sampling: search.sampling, maximumTokens: search.maximumTokens, seed: seed))
      nodes.append(Node(candidate: candidate, seed: seed, parent: expansion.parent))
    }
    for (index, result) in await stage.generate(requests).enumerated() { receive(result, as: first + index) }
    await score(nodes.indices[first...].filter { nodes[$0].status == .open })
    return nodes.indices[first...].map { index in
      var score = nodes[index].candidate.score
      if case .duplicate(let twin) = nodes[index].status { score = nodes[twin].candidate.score }
      return Observation(node: index, status: nodes[index].status, score: score)
    }
  }

  /// Puts a policy's decisions into the trace.
  func note(_ decisions: [SearchDecision]) {
    for decision in decisions {
      switch decision {
      case .expand(let node, let children): stage.emit(.expanded(id: id(node), children: children))
      case .prune(let pruned): stage.emit(.pruned(pruned.map(id)))
      case .resample(let kept): stage.emit(.resampled(kept.map(id)))
      }
    }
  }

  var outcome: Outcome {
    let candidates = nodes.filter { node in
      if case .duplicate = node.status { return false }
      return node.candidate.ending != .open
    }.map(\.candidate)
    let best = BestOfN().select(from: candidates.filter(\.isComplete))?.candidate
    let stop = candidates.isEmpty && stop == .finished ? Stop(failure ?? .other("the search found no answer")) : stop
    return Outcome(selected: best, candidates: candidates, stop: stop)
  }

  private func id(_ node: Int) -> Candidate.ID { Candidate.ID(path: stage.path, number: node) }

  /// The line of answers that ends with a node, its oldest first.
  private func attempts(to node: Int?) -> [RevisionFormat.Attempt] {
    var line: [RevisionFormat.Attempt] = []
    var place = node
    while let current = place, line.count < search.format.history {
      let text = nodes[current].candidate.text
      line.append(.init(text, feedback: feedback[text]))
      place = nodes[current].parent
    }
    return line.reversed()
  }

  /// Asks for feedback on those that have none, once for answers that say the same. Without feedback an answer is revised all
  /// the same.
  private mutating func criticize(_ parents: [Int]) async {
    guard let critic = search.critic else { return }
    var asked: Set<String> = []
    let silent = Set(parents).sorted().filter { node in
      let text = nodes[node].candidate.text
      return feedback[text] == nil && asked.insert(text).inserted
    }
    let critiques = await stage.critique(silent.map { nodes[$0].candidate }, of: problem, by: critic)
    for (node, critique) in zip(silent, critiques) {
      switch critique {
      case .success(let critique): feedback[nodes[node].candidate.text] = critique.feedback
      case .failure(let failure): note(failure, on: node)
      }
    }
  }

  private mutating func receive(_ result: Result<Generated, StrategyFailure>, as node: Int) {
    switch result {
    case .failure(let failure):
      nodes[node].status = .dead
      note(failure, on: node)
    case .success(let generated):
      let parent = nodes[node].candidate.parent
      let candidate = Candidate(id: id(node), parent: parent, generated)
      nodes[node].candidate = candidate
      stage.emit(.candidate(id: candidate.id, parent: parent, text: candidate.text, ending: candidate.ending))
      if !candidate.isComplete { nodes[node].status = .dead }
      if candidate.ending == .budget { stop = stop.followed(by: .outOfBudget(.tokens)) }
      if candidate.ending == .cancelled { stop = stop.followed(by: Stop(stage.interruption)) }
      let siblings = nodes[node].parent.map { nodes[$0].children } ?? roots
      let twin = siblings.first { $0 < node && nodes[$0].status == .open && nodes[$0].candidate.text == candidate.text }
      if candidate.isComplete, let twin {
        nodes[twin].candidate.multiplicity += 1
        nodes[node].status = .duplicate(of: twin)
      }
    }
  }

  private mutating func score(_ fresh: [Int]) async {
    let verdicts = await stage.verify(fresh.map { nodes[$0].candidate }, of: problem, by: search.verifier)
    isAnyScored = isAnyScored || verdicts.contains { (try? $0.get()) != nil }
    for (node, verdict) in zip(fresh, verdicts) {
      switch verdict {
      case .success(let verdict):
        nodes[node].candidate.accept(verdict)
        stage.emit(.scored(id: id(node), score: verdict.score))
      case .failure(let failure):
        nodes[node].status = .dead
        note(failure, on: node)
        // A verifier that has never said anything guides nothing.
        if !isAnyScored { stop = stop.followed(by: Stop(failure)) }
      }
    }
  }

  /// One call that came to nothing: the search goes on, unless it is the budget or the run that ended.
  private mutating func note(_ failure: StrategyFailure, on node: Int) {
    stage.emit(.failed(id: id(node), failure))
    self.failure = self.failure ?? failure
    if Stop(failure) != .failed(failure) { stop = stop.followed(by: Stop(failure)) }
  }
}
