"""Fine-tunes a policy to revise: question, attempt, "Write an improved solution.", right solution
(Snell et al., arXiv:2408.03314, §6).

Only the right solution is learnt; it is the one that the attempt is closest to in edit distance, as in the paper. Unlike
there the attempt is drawn from all that the policy wrote, right ones too: a reviser that has seen wrong ones only turns right
ones wrong (38 % in the paper). And there is one attempt at most, for a context of 512 tokens.
Half of the documents are about fresh problems, with mistakes put into their solutions or without an attempt: there are too few
sampled ones to learn from them alone without forgetting how to solve others.
"""

import argparse
import difflib
import itertools
import random
from pathlib import Path

import torch
from tokenizers import Tokenizer

from batches import Batches, Document
from checkpoint import load_checkpoint, save_checkpoint
from corruption import corrupted
from evaluate import boxed_answer, by_level, complete_from, header, show
from hints import HINT_WEIGHT, Student, hinted_document, hinted_loss
from problems import EVERY_LENGTH, PROBLEMS, Problem, load, training_problems
from samples import Pool, sample_pools
from tokenizer import ANSWER, SPECIAL_TOKENS, TURN_END, prompt_text, turn
from trainer import Stage, Trainer

MODELS = Path(__file__).parent.parent / "Models"
INSTRUCTION = "Write an improved solution."
NAME, POLICY = "arithmetic-reviser-0.16M", "arithmetic-0.16M"
PROBLEM_COUNT, ATTEMPTS = 8000, 6
"""Problems that the policy has attempted, and of each so many of its attempts."""
STAGE = Stage(steps=15000, rows=24, length=512, matrix_rate=2e-3, other_rate=1e-3, cooldown=0.9, seed=10)
SAMPLED, CORRUPTED, FRESH = 1000, 500, 500
"""What a window of the stream holds: revisions of the policy's attempts, revisions of solutions with mistakes put in, and first
attempts."""


def revision_prompt(question: str, attempt: str | None) -> str:
  """The conversation so far, and the header of the attempt to come."""
  again = turn("user", INSTRUCTION) + ANSWER
  return prompt_text(question) + ("" if attempt is None else f"{attempt.strip()}{TURN_END}{again}")


def sampled_attempts(pools: list[Pool]) -> list[tuple[Pool, str]]:
  """Attempts of the policy, in no order."""
  rng = random.Random(STAGE.seed)
  attempts = [(pool, attempt) for pool in pools for distinct in [pool.right + pool.wrong]
              for attempt in rng.sample(distinct, min(ATTEMPTS, len(distinct)))]
  rng.shuffle(attempts)
  return attempts


def closest(pool: Pool, attempt: str) -> str:
  """The right solution that an attempt is closest to."""
  likeness = lambda right: difflib.SequenceMatcher(None, attempt, right, autojunk=False).ratio()
  return max(pool.right or [pool.problem.solution], key=likeness)


def fresh_documents(tokenizer: Tokenizer, window: int) -> list[Document]:
  """Of problems that the policy has not seen, revisions of solutions with mistakes put in, and first attempts."""
  documents, first = [], window * (CORRUPTED + FRESH)
  for index, problem in enumerate(itertools.islice(training_problems(STAGE.seed, EVERY_LENGTH, first), CORRUPTED + FRESH)):
    attempt = "\n\n".join(corrupted(problem, random.Random(f"{STAGE.seed} {first + index}")).steps)
    documents.append(revision_document(tokenizer, problem, attempt if index < CORRUPTED else None, problem.solution))
  return documents


def revision_document(tokenizer: Tokenizer, problem: Problem, attempt: str | None, right: str) -> Document:
  return hinted_document(tokenizer, problem, revision_prompt(problem.problem, attempt), right)


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("--threads", type=int, default=1)
  parser.add_argument("--workers", type=int, default=0, help="processes that make documents ahead of time")
  arguments = parser.parse_args()
  torch.set_num_threads(arguments.threads)
  torch.manual_seed(STAGE.seed)
  policy, tokenizer = load_checkpoint(MODELS / POLICY)
  attempts = sampled_attempts(sample_pools(POLICY, policy, tokenizer, PROBLEM_COUNT))
  print(f"{NAME}: {len(attempts)} attempts at {PROBLEM_COUNT} problems", flush=True)
  model = Student(policy.configuration)
  model.load_state_dict(policy.state_dict(), strict=False)

  def window(number: int) -> list[Document]:
    """Windows go round the policy's attempts, beside fresh documents."""
    first = number * SAMPLED % len(attempts)
    chosen = itertools.islice(itertools.cycle(attempts), first, first + SAMPLED)
    return [*(revision_document(tokenizer, pool.problem, attempt, closest(pool, attempt)) for pool, attempt in chosen),
            *fresh_documents(tokenizer, number)]

  batches = Batches(window, STAGE.rows, STAGE.length, tokenizer.token_to_id(SPECIAL_TOKENS[1]), STAGE.seed, arguments.workers)
  loss = lambda *batch: hinted_loss(*batch, HINT_WEIGHT)
  Trainer(NAME, model, STAGE, batches, loss).run(lambda: save_checkpoint(model, tokenizer, MODELS / NAME))

  reviser, _ = load_checkpoint(MODELS / NAME)
  problems = load(PROBLEMS / "test.jsonl")
  revised: list[str | None] = [None] * len(problems)
  was_right = [False] * len(problems)
  header()
  for round in range(4):
    starts = [revision_prompt(p.problem, attempt) for p, attempt in zip(problems, revised)]
    revised = [text for text, in complete_from(reviser, tokenizer, starts, 0.8, 1, seed=round)]
    is_right = [boxed_answer(attempt) == p.answer for attempt, p in zip(revised, problems)]
    show(f"attempt {round + 1}", by_level(problems, is_right))
    if round:
      show("mended", by_level(problems, [now > before for now, before in zip(is_right, was_right)]))
      show("spoilt", by_level(problems, [now < before for now, before in zip(is_right, was_right)]))
    was_right = is_right


if __name__ == "__main__":
  main()
