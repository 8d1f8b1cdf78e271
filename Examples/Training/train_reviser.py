"""Fine-tunes a policy on chains of wrong solutions that end in a right one (Snell et al., arXiv:2408.03314, §6).

The chain is a conversation: question, attempt, "Write an improved solution.", attempt, … Only the last attempt, the
right one, is learnt. The last wrong one is that which the right one is closest to in edit distance, as in the paper.
Half of the chains are about fresh problems, with mistakes put into their solutions: there are too few sampled ones to
learn from them alone without forgetting how to solve others.
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
from evaluate import boxed_answer, by_level, complete, complete_from, header, show
from problems import EVERY_LENGTH, PROBLEMS, Problem, load, training_problems
from samples import Pool, sample_pools
from tokenizer import ANSWER, SPECIAL_TOKENS, TURN_END, encode, prompt_text, turn
from trainer import Stage, Trainer

MODELS = Path(__file__).parent.parent / "Models"
INSTRUCTION = "Write an improved solution."
NAME, POLICY = "arithmetic-reviser-0.8M", "arithmetic-0.8M"
PROBLEM_COUNT, CHAINS = 3500, 4
STAGE = Stage(steps=800, rows=6, length=512, matrix_rate=1e-3, other_rate=5e-4, cooldown=0.8, seed=10)
WINDOW = 500
"""Chains of one window of the stream, of either kind."""


def revision_prompt(question: str, attempts: list[str]) -> str:
  """The conversation so far, and the header of the attempt to come."""
  again = turn("user", INSTRUCTION) + ANSWER
  return prompt_text(question) + "".join(f"{attempt.strip()}{TURN_END}{again}" for attempt in attempts)


def likeness(a: str, b: str) -> float:
  return difflib.SequenceMatcher(None, a, b, autojunk=False).ratio()


def chain(pool: Pool, rng: random.Random) -> tuple[list[str], str]:
  """No to two wrong solutions, the last of them the closest to the right one behind them."""
  right = rng.choice(pool.right)
  count = min(rng.randint(0, 2), len(pool.wrong))
  if count == 0:
    return [], right
  closest = max(pool.wrong, key=lambda wrong: likeness(wrong, right))
  others = [wrong for wrong in pool.wrong if wrong != closest]
  return [*rng.sample(others, min(count - 1, len(others))), closest], right


def fresh_chain(problem: Problem, rng: random.Random) -> list[str]:
  """No to two solutions with mistakes put in."""
  readings = [corrupted(problem, rng) for _ in range(rng.randint(0, 2))]
  return ["\n\n".join(read.steps) for read in readings if False in read.labels]


def fresh_documents(tokenizer: Tokenizer, first: int, count: int) -> list[Document]:
  return [chain_document(tokenizer, p.problem, fresh_chain(p, random.Random(f"{STAGE.seed} {first + index}")), p.solution)
          for index, p in enumerate(itertools.islice(training_problems(STAGE.seed, EVERY_LENGTH, first), count))]


def chain_document(tokenizer: Tokenizer, question: str, attempts: list[str], right: str) -> Document:
  prompt = encode(tokenizer, revision_prompt(question, attempts))
  return document([(prompt, False), (encode(tokenizer, right + TURN_END), True)])


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("--threads", type=int, default=1)
  arguments = parser.parse_args()
  torch.set_num_threads(arguments.threads)
  torch.manual_seed(STAGE.seed)
  policy, tokenizer = load_checkpoint(MODELS / POLICY)
  pools = sample_pools(POLICY, policy, tokenizer, PROBLEM_COUNT)
  rng = random.Random(STAGE.seed)
  documents = [chain_document(tokenizer, pool.problem.problem, *chain(pool, rng))
               for pool in pools if pool.right for _ in range(CHAINS)]
  print(f"{NAME}: {len(documents)} chains of {PROBLEM_COUNT} problems", flush=True)
  model, _ = load_checkpoint(MODELS / POLICY)
  model.train()

  def window(number: int) -> list[Document]:
    """Windows go round the sampled chains, with as many fresh ones."""
    first = number * WINDOW % len(documents)
    sampled = list(itertools.islice(itertools.cycle(documents), first, first + WINDOW))
    return sampled + fresh_documents(tokenizer, number * WINDOW, WINDOW)

  padding = tokenizer.token_to_id(SPECIAL_TOKENS[1])
  batches = Batches(window, STAGE.rows, STAGE.length, padding, STAGE.seed)
  Trainer(NAME, model, STAGE, batches).run(lambda: save_checkpoint(model, tokenizer, MODELS / NAME))

  reviser, _ = load_checkpoint(MODELS / NAME)
  problems = load(PROBLEMS / "test.jsonl")
  attempts: list[list[str]] = [[] for _ in problems]
  header()
  for round in range(4):
    starts = [revision_prompt(p.problem, made[-2:]) for p, made in zip(problems, attempts)]
    for made, (text,) in zip(attempts, complete_from(reviser, tokenizer, starts, 0.8, 1, seed=round)):
      made.append(text)
    right = [boxed_answer(made[-1]) == p.answer for p, made in zip(problems, attempts)]
    show(f"attempt {round + 1}", by_level(problems, right))
  spoilt = [boxed_answer(made[0]) == p.answer != boxed_answer(made[1]) for p, made in zip(problems, attempts)]
  show("right at first and wrong at second", by_level(problems, spoilt))


if __name__ == "__main__":
  main()
