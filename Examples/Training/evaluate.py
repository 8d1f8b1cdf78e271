"""Accuracy of a policy over the held-out problems: greedy, or of many samples (pass@1, majority, coverage)."""

import argparse
import re
from collections import Counter
from pathlib import Path

import torch
from tokenizers import Tokenizer

from model import DEVICE, Llama
from problems import LEVELS, PROBLEMS, Problem, load
from tokenizer import TURN_END, encode, prompt_text

BATCH = 4096 if DEVICE.type == "cuda" else 256
"""Completions that are sampled together."""
EQUATION = re.compile(r"(\d+)([-+*/])(\d+)=(\d+)")


def boxed_answer(text: str) -> str | None:
  found = re.findall(r"\\boxed\{([^{}]*)\}", text)
  return found[-1] if found else None


def is_true(equation: str) -> bool:
  """Whether `a+b=c` holds; false for anything that is not such an equation."""
  match = EQUATION.fullmatch(equation)
  if not match:
    return False
  a, operator, b, c = int(match[1]), match[2], int(match[3]), int(match[4])
  return {"+": a + b == c, "-": a - b == c, "*": a * b == c, "/": b != 0 and a == b * c}[operator]


def arithmetic_holds(solution: str) -> bool:
  """Whether every step is a true equation, and the answer is what the last of them computes."""
  *steps, last = solution.strip().split("\n\n")
  return bool(steps) and all(map(is_true, steps)) and boxed_answer(last) == steps[-1].rsplit("=", 1)[1]


def complete(model: Llama, tokenizer: Tokenizer, problems: list[Problem], temperature: float = 0.0, samples: int = 1,
             seed: int = 0, batch: int = BATCH) -> list[list[str]]:
  """For each problem the texts of its samples."""
  return complete_from(model, tokenizer, [prompt_text(problem.problem) for problem in problems], temperature, samples,
                       seed, batch)


def complete_from(model: Llama, tokenizer: Tokenizer, starts: list[str], temperature: float = 0.0, samples: int = 1,
                  seed: int = 0, batch: int = BATCH) -> list[list[str]]:
  """For each text, special tokens and all, its continuations."""
  prompts = [encode(tokenizer, start) for start in starts]
  # Prompts of like length run together, so that little is padded.
  order = sorted(range(len(prompts)), key=lambda index: len(prompts[index]))
  generator, stop = torch.Generator(DEVICE).manual_seed(seed), tokenizer.token_to_id(TURN_END)
  together = max(1, batch // samples)
  texts: list[list[str]] = [[] for _ in starts]
  for first in range(0, len(order), together):
    indices = order[first : first + together]
    completions = model.generate([prompts[index] for index in indices], stop, 192, temperature, samples, generator)
    decoded = tokenizer.decode_batch(completions)
    for row, index in enumerate(indices):
      texts[index] = decoded[row * samples : (row + 1) * samples]
  return texts


def by_level(problems: list[Problem], values: list[float]) -> list[float]:
  """Means in percent of each level, and of all."""
  mean = lambda chosen: 100 * sum(chosen) / max(1, len(chosen))
  return [mean([v for p, v in zip(problems, values) if p.level == level]) for level in LEVELS] + [mean(values)]


def show(title: str, figures: list[float]) -> None:
  print(f"{title:<34}" + "".join(f"{figure:7.1f}" for figure in figures), flush=True)


def header() -> None:
  print(f"{'percent, by level':<34}" + "".join(f"{level:>7}" for level in LEVELS) + "    all")


def report(model: Llama, tokenizer: Tokenizer, problems: list[Problem], samples: int = 0, temperature: float = 0.8,
           seed: int = 0) -> list[bool]:
  """Prints the figures by level, and tells which problems are solved greedily."""
  header()
  texts = [text for (text,) in complete(model, tokenizer, problems)]
  right = [boxed_answer(text) == problem.answer for text, problem in zip(texts, problems)]
  show("greedy", by_level(problems, right))
  slips = [not r and not arithmetic_holds(text) for r, text in zip(right, texts)]
  show("greedy wrong, a slip in arithmetic", by_level(problems, slips))
  if not samples:
    return right
  pools = complete(model, tokenizer, problems, temperature, samples, seed)
  first, majority, verified, coverage = [], [], [], []
  for problem, pool in zip(problems, pools):
    answers = [boxed_answer(text) for text in pool]
    votes = lambda chosen: Counter(answer for answer in chosen if answer is not None).most_common(1)
    winner = lambda chosen: bool(votes(chosen)) and votes(chosen)[0][0] == problem.answer
    sound = [answer for answer, text in zip(answers, pool) if arithmetic_holds(text)]
    first.append(sum(answer == problem.answer for answer in answers) / samples)
    majority.append(winner(answers))
    verified.append(winner(sound or answers))
    coverage.append(problem.answer in answers)
  show(f"one sample, temperature {temperature}", by_level(problems, first))
  show(f"majority of {samples}", by_level(problems, majority))
  show(f"majority of the sound of {samples}", by_level(problems, verified))
  show(f"any of {samples}", by_level(problems, coverage))
  return right


def compare(problems: list[Problem], before: list[bool], after: list[bool]) -> None:
  """What one policy solves greedily more than another, paired by problem, with standard errors."""
  gains = [b - a for a, b in zip(before, after)]
  show("gain", by_level(problems, gains))
  squares = by_level(problems, [gain**2 for gain in gains])
  counts = [sum(p.level == level for p in problems) for level in LEVELS] + [len(problems)]
  show("its standard error", [((100 * square - mean**2) / max(1, count)) ** 0.5
                              for mean, square, count in zip(by_level(problems, gains), squares, counts)])


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("models", type=Path, nargs="+", help="folders in Hugging Face layout; each is compared with the one before")
  parser.add_argument("--problems", type=Path, nargs="+", default=[PROBLEMS / "test.jsonl"])
  parser.add_argument("--samples", type=int, default=0)
  parser.add_argument("--temperature", type=float, default=0.8)
  parser.add_argument("--seed", type=int, default=0)
  arguments = parser.parse_args()
  from checkpoint import load_checkpoint

  problems, before = [problem for path in arguments.problems for problem in load(path)], None
  for folder in arguments.models:
    print(f"\n{folder.name}, {len(problems)} problems")
    right = report(*load_checkpoint(folder), problems, arguments.samples, arguments.temperature, arguments.seed)
    if before is not None:
      compare(problems, before, right)
    before = right


if __name__ == "__main__":
  main()
