"""Trains a process reward model in the RLHFlow +/− dialogue format on steps that a policy sampled.

A step is labelled by exact checking: "+" while every equation so far is true and is one that the reference solution
needs, "-" from the first that is not. The policy's weights are where the training begins.
"""

import argparse
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer

from batches import IGNORED, Document, batches
from checkpoint import load_checkpoint, save_checkpoint
from evaluate import boxed_answer, by_level, complete, header, is_true, show
from model import Llama
from problems import PROBLEMS, Exclusion, Problem, generate, held_out, load
from tokenizer import BEGIN, SPECIAL_TOKENS, encode, turn
from train import MODELS, Recipe, train


@dataclass(frozen=True)
class RewardRecipe:
  policy: str
  problems: int
  samples: int
  temperature: float
  training: Recipe


def recipes(policy: Llama) -> dict[str, RewardRecipe]:
  training = Recipe(policy.configuration, steps=400, rows=16, length=384, learning_rate=1e-3, warmup=50, seed=3)
  return {"arithmetic-prm-0.8M": RewardRecipe("arithmetic-0.8M", 2000, 4, 1.0, training)}


def steps_of(solution: str) -> list[str]:
  """The steps without their delimiter; text that ends in the delimiter has no empty last step."""
  return [step for step in solution.split("\n\n") if step.strip()]


def normalized(equation: str) -> str:
  """Sums and products do not depend on the order of their operands."""
  left, _, right = equation.partition("=")
  for operator in "+*":
    if operator in left:
      left = operator.join(sorted(left.split(operator)))
  return f"{left}={right}"


def labels(problem: Problem, steps: list[str]) -> list[bool]:
  """Whether the right answer is still on the path after each step."""
  needed = {normalized(step) for step in problem.steps}
  sound = lambda step: normalized(step) in needed and (is_true(step) or boxed_answer(step) == problem.answer)
  return list(itertools.accumulate(map(sound, steps), lambda before, now: before and now))


def dialogue(question: str, steps: list[str]) -> Iterator[str]:
  """The dialogue in pieces: each ends where a label is predicted, and begins with the "+" of the step before.

  User: question and first step. Assistant: "+". User: next step. Assistant: "+" … Earlier labels are always "+".
  """
  label = turn("assistant", "+")
  opening, _, closing = label.partition("+")
  for index, step in enumerate(steps):
    before = BEGIN if index == 0 else f"+{closing}"
    yield before + turn("user", f"{question} {step}" if index == 0 else step) + opening


def labelled_document(tokenizer: Tokenizer, problem: Problem, solution: str) -> Document:
  """Input ids, and targets that are "+" or "-" where a label is predicted and nothing elsewhere."""
  plus, minus = encode(tokenizer, "+")[0], encode(tokenizer, "-")[0]
  ids, targets, steps = [], [], steps_of(solution)
  for piece, good in zip(dialogue(problem.problem, steps), labels(problem, steps)):
    piece_ids = encode(tokenizer, piece)
    ids += piece_ids
    targets += [IGNORED] * (len(piece_ids) - 1) + [plus if good else minus]
  return ids, targets


@torch.inference_mode()
def step_scores(model: Llama, tokenizer: Tokenizer, problem: Problem, solution: str) -> list[float]:
  """Of each step, the probability of "+" against "-"."""
  plus, minus = encode(tokenizer, "+")[0], encode(tokenizer, "-")[0]
  ids, ends = [], []
  for piece in dialogue(problem.problem, steps_of(solution)):
    ids += encode(tokenizer, piece)
    ends.append(len(ids) - 1)
  ids = ids[: model.configuration.context]
  mask = torch.ones(1, 1, len(ids), len(ids), dtype=torch.bool).tril()
  logits = model.logits(model.hidden(torch.tensor([ids]), mask)[0])[[end for end in ends if end < len(ids)]]
  return logits[:, [plus, minus]].softmax(-1)[:, 0].tolist()


def sampled_documents(policy: Llama, tokenizer: Tokenizer, recipe: RewardRecipe) -> list[Document]:
  """Distinct samples of the policy on problems of another seed than its own."""
  problems = list(itertools.islice(generate(recipe.training.seed, Exclusion(held_out())), recipe.problems))
  documents = []
  for first in range(0, len(problems), 250):
    chunk = problems[first : first + 250]
    pools = complete(policy, tokenizer, chunk, recipe.temperature, recipe.samples, seed=first)
    for problem, pool in zip(chunk, pools):
      documents += [labelled_document(tokenizer, problem, text) for text in dict.fromkeys(pool)]
    print(f"{first + len(chunk)} problems, {len(documents)} distinct samples", flush=True)
  return [document for document in documents if 0 < len(document[0]) <= recipe.training.length]


def area_under_curve(scores: list[float], right: list[bool]) -> float:
  """The chance that a right one scores above a wrong one; ties count half."""
  good = torch.tensor([score for score, r in zip(scores, right) if r])
  bad = torch.tensor([score for score, r in zip(scores, right) if not r])
  difference = good[:, None] - bad[None, :]
  return ((difference > 0).double() + (difference == 0).double() / 2).mean().item()


def report(model: Llama, policy: Llama, tokenizer: Tokenizer, problems: list[Problem], samples: int = 16) -> None:
  """The reward model as a judge of whole solutions: the score of the last step against the answer."""
  pools = complete(policy, tokenizer, problems, 0.8, samples, seed=1)
  scored = [[step_scores(model, tokenizer, problem, text)[-1:] for text in pool]
            for problem, pool in zip(problems, pools)]
  scores = [[score[0] if score else 0.0 for score in pool] for pool in scored]
  right = [[boxed_answer(text) == problem.answer for text in pool] for problem, pool in zip(problems, pools)]
  flat = lambda nested: list(itertools.chain.from_iterable(nested))
  print(f"area under the curve of the last step's score: {area_under_curve(flat(scores), flat(right)):.4f}")
  header()
  show("one sample, temperature 0.8", by_level(problems, [sum(r) / samples for r in right]))
  best = [r[max(range(samples), key=s.__getitem__)] for s, r in zip(scores, right)]
  show(f"best of {samples} by the last step", by_level(problems, best))
  show(f"any of {samples}", by_level(problems, [any(r) for r in right]))


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("--config", default="arithmetic-prm-0.8M")
  parser.add_argument("--output", type=Path)
  parser.add_argument("--threads", type=int, default=1)
  arguments = parser.parse_args()
  torch.set_num_threads(arguments.threads)
  policy, tokenizer = load_checkpoint(MODELS / "arithmetic-0.8M")
  recipe = recipes(policy)[arguments.config]
  torch.manual_seed(recipe.training.seed)

  documents = sampled_documents(policy, tokenizer, recipe)
  model, _ = load_checkpoint(MODELS / recipe.policy)
  model.train()
  folder = arguments.output or MODELS / arguments.config
  t = recipe.training
  padding = tokenizer.token_to_id(SPECIAL_TOKENS[1])
  stream = batches(itertools.cycle(documents), t.rows, t.length, padding, t.seed)
  loss, seen = train(model, t, stream, lambda: save_checkpoint(model, tokenizer, folder))
  save_checkpoint(model, tokenizer, folder)
  print(f"trained on {seen} samples ({len(documents)} distinct), loss {loss:.4f}", flush=True)
  report(load_checkpoint(folder)[0], policy, tokenizer, load(PROBLEMS / "test.jsonl"))


if __name__ == "__main__":
  main()
