"""What a policy writes when it samples on trainable problems, kept in a file so that nothing is sampled twice."""

import itertools
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from evaluate import boxed_answer, complete
from model import Llama
from problems import LARGE, Problem, Sizes, training_problems
from trainer import STATES

CHUNK = 500
"""Results of one chunk: what a killed run loses at most."""
SEED, SAMPLES, TEMPERATURE = 3, 16, 0.8
"""Of the problems, which no policy learnt from, and of what is sampled on each."""


@dataclass(frozen=True)
class Pool:
  """A problem and the distinct solutions that were sampled for it."""

  problem: Problem
  right: list[str]
  wrong: list[str]

  def contrast(self, pairs: int) -> list[str]:
    """As many right as wrong solutions, at most so many of each: difficulty tells nothing about them.

    There are many ways to be wrong and few to be right, so a right one may come several times. Where no sample is right, the
    problem's own solution stands in.
    """
    right, wrong = self.right or [self.problem.solution], self.wrong[:pairs]
    return list(itertools.islice(itertools.cycle(right), len(wrong))) + wrong


def kept(name: str, count: int, make: Callable[[int, int], list]) -> list:
  """So many results in chunks, `make(first, last)` one of them, in a file: goes on where a killed run stopped."""
  path = STATES / f"{name}.jsonl"
  path.parent.mkdir(exist_ok=True)
  results = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
  began, first = time.time(), len(results)
  while len(results) < count:
    results += make(len(results), min(len(results) + CHUNK, count))
    new = path.with_suffix(".new")
    new.write_text("".join(json.dumps(result) + "\n" for result in results))
    os.replace(new, path)
    left = int((time.time() - began) / (len(results) - first) * (count - len(results)))
    print(f"{name}  {len(results)}/{count}  {left // 60}:{left % 60:02d} left", file=sys.stderr, flush=True)
  return results[:count]


def sample_pools(name: str, policy: Llama, tokenizer: Tokenizer, problems: int, sizes: Sizes = LARGE) -> list[Pool]:
  """Samples of the policy on trainable problems."""
  def make(first: int, last: int) -> list[list[str]]:
    chunk = list(itertools.islice(training_problems(SEED, first, sizes), last - first))
    return complete(policy, tokenizer, chunk, TEMPERATURE, SAMPLES, seed=SEED + first)

  samples = kept(f"samples-{name}", problems, make)
  pools = []
  for problem, texts in zip(itertools.islice(training_problems(SEED, sizes=sizes), problems), samples):
    distinct = list(dict.fromkeys(texts))
    is_right = [boxed_answer(text) == problem.answer for text in distinct]
    pools.append(Pool(problem, list(itertools.compress(distinct, is_right)),
                      [text for text, right in zip(distinct, is_right) if not right]))
  return pools
