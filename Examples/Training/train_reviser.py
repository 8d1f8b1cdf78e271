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
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer

from batches import Batches, Document
from checkpoint import load_checkpoint, save_checkpoint
from corruption import corrupted
from evaluate import boxed_answer, by_level, complete_from, header, show
from hints import HINT_WEIGHT, Student, hinted_document, hinted_loss
from problems import LARGE, PROBLEMS, SMALL, Problem, Sizes, load, window_of_problems
from samples import Pool, sample_pools
from tokenizer import ANSWER, SPECIAL_TOKENS, TURN_END, prompt_text, turn
from trainer import MODELS, STATES, Stage, Trainer
from transfer import enlarge

INSTRUCTION = "Write an improved solution."
NAME, POLICY = "arithmetic-reviser-0.16M", "arithmetic-0.16M"
ATTEMPTS = 6
"""Of each problem."""
SAMPLED, FRESH = 1000, 1000
"""What a window of the stream holds: revisions of the policy's attempts, and fresh problems, in turn with an attempt, a solution
with mistakes put in, and without."""


@dataclass(frozen=True)
class Course:
  """A stage of training, and how many problems with numbers of which sizes a policy has attempted."""

  name: str
  stage: Stage
  sizes: Sizes
  policy: str
  problems: int

  def attempts(self) -> list[tuple[Pool, str]]:
    """Of the policy, in no order."""
    policy = load_checkpoint((MODELS if self.sizes is LARGE else STATES) / self.policy)
    pools, rng = sample_pools(self.policy, *policy, self.problems, self.sizes), random.Random(self.stage.seed)
    attempts = [(pool, attempt) for pool in pools for distinct in [pool.right + pool.wrong]
                for attempt in rng.sample(distinct, min(ATTEMPTS, len(distinct)))]
    rng.shuffle(attempts)
    return attempts


ENLARGED = Course(
  "enlarging", Stage(3000, rows=12, length=512, matrix_rate=2e-3, other_rate=1e-3, cooldown=0.8, seed=18), LARGE, POLICY, 3000)
COURSES = (
  Course("revising", Stage(15000, rows=24, length=512, matrix_rate=2e-3, other_rate=1e-3, cooldown=0.9, seed=10), SMALL,
         f"{POLICY}-telling", 8000),
  ENLARGED,
)


def revision_prompt(question: str, attempt: str | None) -> str:
  """The conversation so far, and the header of the attempt to come."""
  again = turn("user", INSTRUCTION) + ANSWER
  return prompt_text(question) + ("" if attempt is None else f"{attempt.strip()}{TURN_END}{again}")


def closest(pool: Pool, attempt: str) -> str:
  """The right solution that an attempt is closest to."""
  likeness = lambda right: difflib.SequenceMatcher(None, attempt, right, autojunk=False).ratio()
  return max(pool.right or [pool.problem.solution], key=likeness)


def fresh_documents(tokenizer: Tokenizer, course: Course, window: int) -> list[Document]:
  """Of problems that the policy has not seen, revisions of solutions with mistakes put in, and first attempts."""
  documents, seed = [], course.stage.seed
  for index, problem in enumerate(window_of_problems(seed, window, FRESH, course.sizes)):
    attempt = "\n\n".join(corrupted(problem, random.Random(f"{seed} {window * FRESH + index}")).steps)
    documents.append(revision_document(tokenizer, problem, attempt if index % 2 == 0 else None, problem.solution))
  return documents


def revision_document(tokenizer: Tokenizer, problem: Problem, attempt: str | None, right: str) -> Document:
  return hinted_document(tokenizer, problem, revision_prompt(problem.problem, attempt), right)


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("--threads", type=int, default=1)
  parser.add_argument("--workers", type=int, default=0, help="processes that make documents ahead of time")
  arguments = parser.parse_args()
  torch.set_num_threads(arguments.threads)
  torch.manual_seed(COURSES[0].stage.seed)
  policy, tokenizer = load_checkpoint(STATES / COURSES[0].policy)
  model = Student(policy.configuration)
  model.load_state_dict(policy.state_dict(), strict=False)
  for course in COURSES:
    if course is ENLARGED:
      enlarge(model, POLICY)
    stage, attempts = course.stage, course.attempts()
    print(f"{NAME}: {len(attempts)} attempts at {course.problems} problems", flush=True)

    def window(number: int) -> list[Document]:
      """Windows go round the policy's attempts, beside fresh documents."""
      first = number * SAMPLED % len(attempts)
      chosen = itertools.islice(itertools.cycle(attempts), first, first + SAMPLED)
      return [*(revision_document(tokenizer, pool.problem, attempt, closest(pool, attempt)) for pool, attempt in chosen),
              *fresh_documents(tokenizer, course, number)]

    batches = Batches(window, stage.rows, stage.length, tokenizer.token_to_id(SPECIAL_TOKENS[1]), stage.seed, arguments.workers)
    loss = lambda *batch: hinted_loss(*batch, HINT_WEIGHT)
    Trainer(f"{NAME}-{course.name}", model, stage, batches, loss).run(lambda: save_checkpoint(model, tokenizer, MODELS / NAME))

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
