"""Labels of steps: by exact checking, and by rollouts."""

import dataclasses
import itertools

from tokenizers import Tokenizer

from evaluate import boxed_answer, complete_from, is_true
from model import Llama
from problems import Problem
from samples import kept
from tokenizer import prompt_text


@dataclasses.dataclass(frozen=True)
class Reading:
  """A solution as a reward model reads it."""

  steps: list[str]
  labels: list[bool | None]
  """Whether each step and all before it are right; `None` is not judged."""
  flaws: list[int | None]
  """Of each step as far as it is known: the place of the first character that is wrong, `None` where nothing is wrong in
  the step itself, whatever came before it."""

  @property
  def first_wrong(self) -> int:
    """The index of the first step that is wrong by its label; the number of steps if none is."""
    return next((index for index, label in enumerate(self.labels) if label is False), len(self.steps))


def steps_of(solution: str) -> list[str]:
  """The steps without their delimiter and space around them, as a chat template takes them; none is empty."""
  return [step.strip() for step in solution.split("\n\n") if step.strip()]


def spellings(equation: str) -> list[str]:
  """An equation, and the same with its operands exchanged where that is the same."""
  left, _, right = equation.partition("=")
  for operator in "+*":
    if operator in left:
      a, b = left.split(operator)
      return [equation, f"{b}{operator}{a}={right}"]
  return [equation]


def possible_steps(problem: Problem) -> list[str]:
  """Every spelling of every step that the solution needs."""
  return [spelling for step in problem.steps for spelling in spellings(step)]


def exact_labels(problem: Problem, steps: list[str]) -> list[bool]:
  """Whether each step and all before it are true equations that the solution needs, or the right answer."""
  needed = set(possible_steps(problem))
  sound = lambda step: step in needed and (is_true(step) or boxed_answer(step) == problem.answer)
  return list(itertools.accumulate(map(sound, steps), lambda before, now: before and now))


def first_flaw(step: str, possible: list[str]) -> int | None:
  """The place of the first character after which a step can be none of the possible ones."""
  if step in possible:
    return None
  return next((end - 1 for end in range(1, len(step) + 1)
               if not any(other.startswith(step[:end]) for other in possible)), len(step) - 1)


def exact_reading(problem: Problem, solution: str) -> Reading:
  """A sampled solution. Of the flaws of steps behind the first wrong one nothing is known."""
  steps = steps_of(solution)
  labels, possible = exact_labels(problem, steps), possible_steps(problem)
  known = steps[: labels.count(True) + 1]
  return Reading(steps, labels, [first_flaw(step, possible) for step in known])


def rollout_readings(name: str, policy: Llama, tokenizer: Tokenizer, solutions: list[tuple[Problem, str]], rollouts: int,
                     seed: int) -> list[Reading]:
  """Whether any of the policy's continuations after each step of each solution is right.

  Hard estimation (Math-Shepherd, arXiv:2312.08935); what stands behind a hopeless step is hopeless. The last step is its own
  continuation. Where a step is flawed, nobody says.
  """
  prefixes = {}  # of problem and steps so far: several solutions begin alike
  for problem, solution in solutions:
    steps = steps_of(solution)
    for count in range(1, len(steps)):
      prefixes[problem.id, "\n\n".join(steps[:count]) + "\n\n"] = problem
  starts = [(problem, prefix) for (_, prefix), problem in prefixes.items()]

  def make(first: int, last: int) -> list[bool]:
    chunk = starts[first:last]
    texts = complete_from(policy, tokenizer, [prompt_text(p.problem) + prefix for p, prefix in chunk], 1.0, rollouts,
                          seed + first)
    return [any(boxed_answer(text) == problem.answer for text in pool) for (problem, _), pool in zip(chunk, texts)]

  hopeful = dict(zip(prefixes, kept(f"rollouts-{name}", len(starts), make)))
  readings = []
  for problem, solution in solutions:
    steps = steps_of(solution)
    labels = [hopeful[problem.id, "\n\n".join(steps[:count]) + "\n\n"] for count in range(1, len(steps))]
    labels.append(boxed_answer(solution) == problem.answer)
    readings.append(Reading(steps, list(itertools.accumulate(labels, lambda before, now: before and now)), []))
  return readings
