import Synchronization

/// Who may spend what, decided in the order of the tree.
///
/// **The rule.** A reservation is granted what it would get if everything before it in the tree had run first, one after
/// the other. It is granted at once where that is certain already: where the limits cover it even if all that runs
/// before it uses its whole reservation. Otherwise it waits until what is before it has settled. So concurrent calls can
/// never overspend, and no grant depends on timing.
///
/// Accounts nest. A reservation or account comes before those opened later in the same account; an account is opened by
/// one task at a time, see ``RunContext/concurrently(_:_:)``. Waiting is always for something earlier, so it ends.
final class Ledger: Sendable {
  struct EntryID: Sendable, Hashable { fileprivate let index: Int }

  /// What a reservation asks for: ``fixed`` is indispensable, and up to ``units`` times ``unit`` more are welcome.
  struct Demand: Sendable {
    var fixed: Amounts
    var unit: Amounts
    var units: Int

    fileprivate func amounts(units: Int) -> Amounts { fixed + unit * Double(units) }

    /// How many units are affordable.
    fileprivate func affordableUnits(with available: Amounts) -> Int {
      var count = Double(units)
      for lane in 0..<4 where unit[lane] > 0 {
        count = min(count, ((available[lane] - fixed[lane]) / unit[lane]).rounded(.down))
      }
      return Int(max(count, 0))
    }
  }

  enum Decision: Sendable, Equatable {
    /// So many units of the demand.
    case granted(units: Int)
    case denied(Budget.Dimension)
  }

  fileprivate struct Entry {
    let parent: Int?
    let position: Int
    var demand: Demand?
    /// What it can cost in the worst case, while it is open.
    var bound: Amounts
    var decision: Decision?
    var spent: Amounts = .zero
    var isSettled = false
    // Of an account:
    var limit: Amounts = .unlimited
    /// What it leaves to those behind it, out of its parents' limits.
    var held: Amounts = .zero
    var children: [Int] = []
    /// The children before this position have settled.
    var firstOpen = 0
    /// What they spent.
    var settledBefore: Amounts = .zero
  }

  fileprivate struct State {
    var entries: [Entry]
    var waiters: [(entry: Int, resume: CheckedContinuation<Void, Never>)] = []
  }

  private let state: Mutex<State>

  /// The account of the whole run.
  let root = EntryID(index: 0)

  init() {
    state = Mutex(State(entries: [Entry(parent: nil, position: 0, bound: .unlimited)]))
  }

  /// Opens an account behind everything opened before in `parent`. It holds back at most half of the limits around it.
  func openAccount(in parent: EntryID, limit: Amounts = .unlimited, leaving held: Amounts = .zero) -> EntryID {
    state.withLock { state in
      let id = state.open(in: parent.index, bound: limit)
      state.entries[id].limit = limit
      state.entries[id].held = pointwiseMin(held, state.limit(around: id) / 2)
      return EntryID(index: id)
    }
  }

  /// Opens reservations in `account`, behind everything opened there before, in order.
  func reserve(_ demands: [Demand], in account: EntryID) -> [EntryID] {
    state.withLock { state in
      demands.map { demand in
        let id = state.open(in: account.index, bound: demand.amounts(units: demand.units))
        state.entries[id].demand = demand
        return EntryID(index: id)
      }
    }
  }

  /// Decisions on the first reservations, at least one; waits until the first can be decided.
  func decisions(on reservations: ArraySlice<EntryID>) async -> [Decision] {
    guard let first = reservations.first else { return [] }
    while true {
      let decided = state.withLock { $0.decide(reservations) }
      if !decided.isEmpty { return decided }
      await withCheckedContinuation { resume in
        let isDecidable = state.withLock { state in
          if state.decide(first.index) != nil { return true }
          state.waiters.append((first.index, resume))
          return false
        }
        if isDecidable { resume.resume() }
      }
    }
  }

  /// What a reservation really cost. Unused grants return to its account.
  func settle(_ reservation: EntryID, spent: Amounts) {
    state.withLock { $0.settle(reservation.index, spent: spent) }.forEach { $0.resume() }
  }

  /// Ends an account; everything in it must have settled. Returns what was spent in it.
  @discardableResult
  func close(_ account: EntryID) -> Amounts {
    let (spent, ready) = state.withLock { state in
      let spent = state.spent(in: account.index)
      return (spent, state.settle(account.index, spent: spent))
    }
    ready.forEach { $0.resume() }
    return spent
  }

  /// What has been spent in an account until now.
  func spent(in account: EntryID) -> Amounts { state.withLock { $0.spent(in: account.index) } }
}

extension Ledger.State {
  fileprivate mutating func open(in parent: Int, bound: Amounts) -> Int {
    let id = entries.count
    let position = entries[parent].children.count
    entries.append(Ledger.Entry(parent: parent, position: position, bound: bound))
    entries[parent].children.append(id)
    return id
  }

  /// The tightest limit around an entry.
  fileprivate func limit(around id: Int) -> Amounts {
    var limit = Amounts.unlimited
    var node = id
    while let account = entries[node].parent {
      limit = pointwiseMin(limit, entries[account].limit)
      node = account
    }
    return limit
  }

  fileprivate func spent(in account: Int) -> Amounts {
    let entry = entries[account]
    return entry.children[entry.firstOpen...].reduce(entry.settledBefore) { sum, child in
      sum + (entries[child].demand == nil && !entries[child].isSettled ? spent(in: child) : entries[child].spent)
    }
  }

  fileprivate mutating func settle(_ id: Int, spent: Amounts) -> [CheckedContinuation<Void, Never>] {
    entries[id].spent = spent
    entries[id].isSettled = true
    if let parent = entries[id].parent {
      while entries[parent].firstOpen < entries[parent].children.count {
        let child = entries[parent].children[entries[parent].firstOpen]
        guard entries[child].isSettled else { break }
        entries[parent].settledBefore += entries[child].spent
        entries[parent].firstOpen += 1
      }
    }
    var ready: [CheckedContinuation<Void, Never>] = []
    let waiting = waiters
    waiters = []
    for waiter in waiting {
      if decide(waiter.entry) != nil { ready.append(waiter.resume) } else { waiters.append(waiter) }
    }
    return ready
  }

  /// The decisions on the first of these reservations, of one account and side by side, that are certain.
  fileprivate mutating func decide(_ reservations: ArraySlice<Ledger.EntryID>) -> [Ledger.Decision] {
    guard let first = reservations.first else { return [] }
    var decided: [Ledger.Decision] = []
    var before = precedence(of: first.index)
    for id in reservations {
      guard let decision = decide(id.index, behind: before) else { break }
      decided.append(decision)
      before.pass(entries[id.index])
    }
    return decided
  }

  /// The decision on a reservation, once it is certain.
  fileprivate mutating func decide(_ id: Int) -> Ledger.Decision? {
    entries[id].decision ?? decide(id, behind: precedence(of: id))
  }

  private mutating func decide(_ id: Int, behind before: Precedence) -> Ledger.Decision? {
    if let decision = entries[id].decision { return decision }
    guard let demand = entries[id].demand else { preconditionFailure("an account is not granted") }
    let (available, isExact) = before.available
    let decision: Ledger.Decision
    if available.covers(demand.amounts(units: demand.units)) {
      decision = .granted(units: demand.units)
    } else if !isExact {
      return nil
    } else {
      let units = demand.affordableUnits(with: available)
      // A call that is to make something needs room to make at least one.
      let least = demand.amounts(units: min(demand.units, max(units, 1)))
      decision = available.shortage(for: least).map { .denied($0) } ?? .granted(units: units)
    }
    entries[id].decision = decision
    if case .granted(let units) = decision { entries[id].bound = demand.amounts(units: units) }
    if case .denied = decision { entries[id].bound = .zero }
    return decision
  }

  /// What comes before an entry.
  private func precedence(of id: Int) -> Precedence {
    var before = Precedence()
    var node = id
    var isOwnAccount = true
    var (used, isSettled) = (Amounts.zero, true)
    while let account = entries[node].parent {
      let entry = entries[account]
      used += entry.settledBefore
      for child in entry.children[entry.firstOpen..<entries[node].position] {
        used += entries[child].worst
        isSettled = isSettled && entries[child].isSettled
      }
      if isOwnAccount {
        (before.used, before.isSettled) = (used, isSettled)
        (used, isSettled, isOwnAccount) = (.zero, true, false)
      }
      if entry.limit != .unlimited { before.limits.append((entry.limit, used, isSettled)) }
      used += entry.held
      node = account
    }
    return before
  }
}

extension Ledger.Entry {
  /// What it cost, or can cost at worst.
  fileprivate var worst: Amounts { isSettled ? spent : bound }
}

/// What runs before an entry in the order of the tree: in its own account, and around that within each limit.
private struct Precedence {
  /// What all before it in its account cost at worst, and whether all of it has settled.
  var used = Amounts.zero
  var isSettled = true
  /// The limits around the entry, from the innermost on, with the same of what is before its account within each.
  var limits: [(limit: Amounts, used: Amounts, isSettled: Bool)] = []

  /// Goes on to the next entry of the account.
  mutating func pass(_ entry: Ledger.Entry) {
    used += entry.worst
    isSettled = isSettled && entry.isSettled
  }

  /// What is left if all before costs as much as it can, and whether that is exact, since all before has settled.
  var available: (Amounts, isExact: Bool) {
    var available = Amounts.unlimited
    var isExact = true
    for (limit, around, isAroundSettled) in limits {
      // Not ∞ − ∞ where nothing is limited.
      let left = (limit - used - around).replacing(with: .infinity, where: limit .== .infinity)
      available = pointwiseMin(available, left)
      isExact = isExact && isSettled && isAroundSettled
    }
    return (available, isExact)
  }
}
