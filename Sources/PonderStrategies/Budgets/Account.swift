import PonderGeneration
import Synchronization

/// An account of the ledger: what is spent in it, and which prompts were charged to it.
final class Account: Sendable {
  private struct State {
    var prompts: Set<UInt64> = []
    var policy = Usage()
    var verifier = Usage()
    var calls = 0
  }

  let ledger: Ledger
  let id: Ledger.EntryID
  private let parent: Account?
  private let state = Mutex(State())

  init(_ ledger: Ledger, _ id: Ledger.EntryID, parent: Account? = nil) {
    self.ledger = ledger
    self.id = id
    self.parent = parent
  }

  func open(limit: Amounts, leaving held: Amounts = .zero) -> Account {
    Account(ledger, ledger.openAccount(in: id, limit: limit, leaving: held), parent: self)
  }

  @discardableResult func close() -> Amounts { ledger.close(id) }

  /// Whether this beginning of a text is new to the account: its tokens are charged once.
  func isNew(prompt digest: UInt64) -> Bool {
    state.withLock { $0.prompts.insert(digest).inserted }
  }

  /// Reports what a call physically computed, here and in all accounts around it.
  func add(_ usage: Usage, as role: RunContext.Role) {
    state.withLock { state in
      state.calls += 1
      switch role {
      case .policy: state.policy += usage
      case .verifier: state.verifier += usage
      }
    }
    parent?.add(usage, as: role)
  }

  /// Calls that were answered in this account.
  var calls: Int { state.withLock { $0.calls } }

  /// What was charged and computed in this account until now.
  var usage: RunUsage {
    let (policy, verifier) = state.withLock { ($0.policy, $0.verifier) }
    return RunUsage(charged: ledger.spent(in: id).spending, policy: policy, verifier: verifier)
  }
}
