"""Fine-tunes a policy to revise: question, attempt, "Write an improved solution.", right solution
(Snell et al., arXiv:2408.03314, §6).

Only the right solution is learnt; it is the one that the attempt is closest to in edit distance, as in the paper. Unlike
there the attempt is drawn from all that the policy wrote, right ones too: a reviser that has seen wrong ones only turns right
ones wrong (38 % in the paper). And there is one attempt at most, for a context of 512 tokens.
Three quarters of the documents are about fresh problems, with mistakes put into their solutions or without an attempt: there
are too few sampled ones to learn from them alone without forgetting how to solve others.
"""

import argparse
import difflib
import itertools
import random
from pathlib import Path

import torch
from tokenizers import Tokenizer

from batches import Batches, Document, document
from checkpoint import load_checkpoint, save_checkpoint
from corruption import corrupted
from evaluate import boxed_answer, by_level, complete_from, header, show
from problems import EVERY_LENGTH, PROBLEMS, Problem, load, training_problems
from samples import Pool, sample_pools
from tokenizer import ANSWER, SPECIAL_TOKENS, TURN_END, encode, prompt_text, turn
from trainer import Stage, Trainer

MODELS = Path(__file__).parent.parent / "Models"
INSTRUCTION = "Write an improved solution."
NAME, POLICY = "arithmetic-reviser-0.8M", "arithmetic-0.8M"
PROBLEM_COUNT, ATTEMPTS = 1500, 4
"""Problems that the policy has attempted, and of each so many of its attempts."""
STAGE = Stage(steps=2400, rows=6, length=512, matrix_rate=1e-3, other_rate=5e-4, cooldown=0.8, seed=10)
SAMPLED, CORRUPTED, FRESH = 250, 250, 500
"""What a window of the stream holds: revisions of the policy's attempts, revisions of solutions with mistakes put in, and first
attempts."""


def revision_prompt(question: str, attempt: str | None) -> str:
  """The conversation so far, and the header of the attempt to come."""
  again = turn("user", INSTRUCTION) + ANSWER
  return prompt_text(question) + ("" if attempt is None else f"{attempt.strip()}{TURN_END}{again}")


def sampled_documents(tokenizer: Tokenizer, pools: list[Pool]) -> list[Document]:
  """Attempts of the policy, each with the right solution that it is closest to."""
  rng, documents = random.Random(STAGE.seed), []
  likeness = lambda a, b: difflib.SequenceMatcher(None, a, b, autojunk=False).ratio()
  for pool in pools:
    attempts, rights = pool.right + pool.wrong, pool.right or [pool.problem.solution]
    for attempt in rng.sample(attempts, min(ATTEMPTS, len(attempts))):
      right = max(rights, key=lambda right: likeness(attempt, right))
      documents.append(revision_document(tokenizer, pool.problem, attempt, right))
  rng.shuffle(documents)
  return documents


def fresh_documents(tokenizer: Tokenizer, window: int) -> list[Document]:
  """Of problems that the policy has not seen, revisions of solutions with mistakes put in, and first attempts."""
  documents, first = [], window * (CORRUPTED + FRESH)
  for index, problem in enumerate(itertools.islice(training_problems(STAGE.seed, EVERY_LENGTH, first), CORRUPTED + FRESH)):
    attempt = "\n\n".join(corrupted(problem, random.Random(f"{STAGE.seed} {first + index}")).steps)
    documents.append(revision_document(tokenizer, problem, attempt if index < CORRUPTED else None, problem.solution))
  return documents


def revision_document(tokenizer: Tokenizer, problem: Problem, attempt: str | None, right: str) -> Document:
  prompt = encode(tokenizer, revision_prompt(problem.problem, attempt))
  return document([(prompt, False), (encode(tokenizer, right + TURN_END), True)])


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("--threads", type=int, default=1)
  arguments = parser.parse_args()
  torch.set_num_threads(arguments.threads)
  torch.manual_seed(STAGE.seed)
  model, tokenizer = load_checkpoint(MODELS / POLICY)
  documents = sampled_documents(tokenizer, sample_pools(POLICY, model, tokenizer, PROBLEM_COUNT))
  print(f"{NAME}: {len(documents)} attempts at {PROBLEM_COUNT} problems", flush=True)
  model.train()

  def window(number: int) -> list[Document]:
    """Windows go round the policy's attempts, beside fresh documents."""
    first = number * SAMPLED % len(documents)
    return [*itertools.islice(itertools.cycle(documents), first, first + SAMPLED), *fresh_documents(tokenizer, number)]

  batches = Batches(window, STAGE.rows, STAGE.length, tokenizer.token_to_id(SPECIAL_TOKENS[1]), STAGE.seed)
  Trainer(NAME, model, STAGE, batches).run(lambda: save_checkpoint(model, tokenizer, MODELS / NAME))

  reviser, _ = load_checkpoint(MODELS / NAME)
  problems = load(PROBLEMS / "test.jsonl")
  attempts: list[str | None] = [None] * len(problems)
  was_right = [False] * len(problems)
  header()
  for round in range(4):
    starts = [revision_prompt(p.problem, attempt) for p, attempt in zip(problems, attempts)]
    attempts = [text for text, in complete_from(reviser, tokenizer, starts, 0.8, 1, seed=round)]
    is_right = [boxed_answer(attempt) == p.answer for p, attempt in zip(problems, attempts)]
    show(f"attempt {round + 1}", by_level(problems, is_right))
    if round:
      show("mended", by_level(problems, [now > before for now, before in zip(is_right, was_right)]))
      show("spoilt", by_level(problems, [now < before for now, before in zip(is_right, was_right)]))
    was_right = is_right


if __name__ == "__main__":
  main()
