"""Labels of steps, and how reward models read solutions.

A process reward model reads the RLHFlow dialogue: the question and the first step, "+", the next step, "+", … and gives
each step the probability of "+" against "-" where its label is predicted. An outcome reward model reads question and
solution as a chat that is over, and its head gives one logit at the last token.
"""

import dataclasses
import itertools
import random
from collections.abc import Iterator

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor, nn

from batches import IGNORED, Document
from evaluate import boxed_answer, complete_from, is_true
from model import Cache, Llama, ModelConfiguration
from problems import Problem
from tokenizer import BEGIN, encode, prompt_text, turn


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


def exact_labels(problem: Problem, steps: list[str]) -> list[bool]:
  """Whether each step and all before it are true equations that the solution needs, or the right answer."""
  needed = {normalized(step) for step in problem.steps}
  sound = lambda step: normalized(step) in needed and (is_true(step) or boxed_answer(step) == problem.answer)
  return list(itertools.accumulate(map(sound, steps), lambda before, now: before and now))


def rollout_labels(policy: Llama, tokenizer: Tokenizer, solutions: list[tuple[Problem, str]], rollouts: int,
                   seed: int) -> list[list[bool]]:
  """Of each solution, whether any of the policy's continuations after each step is right.

  Hard estimation (Math-Shepherd, arXiv:2312.08935). The last step is its own continuation.
  """
  prefixes = {}  # of problem and steps so far: several solutions begin alike
  for problem, solution in solutions:
    steps = steps_of(solution)
    for count in range(1, len(steps)):
      prefixes[problem.id, "\n\n".join(steps[:count]) + "\n\n"] = problem
  starts = [(problem, prefix) for (_, prefix), problem in prefixes.items()]
  texts = complete_from(policy, tokenizer, [prompt_text(p.problem) + prefix for p, prefix in starts], 1.0, rollouts, seed)
  hopeful = {(problem.id, prefix): any(boxed_answer(text) == problem.answer for text in pool)
             for (problem, prefix), pool in zip(starts, texts)}
  labels = []
  for problem, solution in solutions:
    steps = steps_of(solution)
    before = [hopeful[problem.id, "\n\n".join(steps[:count]) + "\n\n"] for count in range(1, len(steps))]
    labels.append(before + [boxed_answer(solution) == problem.answer])
  return labels


def dialogue(question: str, steps: list[str]) -> Iterator[str]:
  """The dialogue in pieces: each ends where a label is predicted, and begins with the "+" of the step before.

  User: question and first step. Assistant: "+". User: next step. Assistant: "+" … Earlier labels are always "+".
  """
  label = turn("assistant", "+")
  opening, _, closing = label.partition("+")
  for index, step in enumerate(steps):
    before = BEGIN if index == 0 else f"+{closing}"
    yield before + turn("user", f"{question} {step}" if index == 0 else step) + opening


def signs(tokenizer: Tokenizer) -> list[int]:
  """The tokens of "+" and "-"."""
  return [encode(tokenizer, sign)[0] for sign in "+-"]


NO_TOKEN = (1 << 16) - 1
"""In a target: no next token is learnt."""
FLAW_WEIGHT = 5.0
"""Flaws are one token in forty."""
LANGUAGE_SHARE = 0.5
"""The weight of the next-token loss."""


def target(token: int | None = None, check: bool | None = None, verdict: bool | None = None) -> int:
  """What is learnt at one position: the next token, whether the step is right so far, the verdict on it. One number."""
  if token is None and check is None and verdict is None:
    return IGNORED
  bits = lambda answer: 0 if answer is None else 1 + answer
  return (NO_TOKEN if token is None else token) | bits(check) << 16 | bits(verdict) << 18


def spellings(equation: str) -> list[str]:
  """An equation, and the same with its operands exchanged where that is the same."""
  left, _, right = equation.partition("=")
  for operator in "+*":
    if operator in left:
      a, b = left.split(operator)
      return [equation, f"{b}{operator}{a}={right}"]
  return [equation]


@dataclasses.dataclass(frozen=True)
class Reading:
  """A solution as a reward model reads it: steps with labels, and in each the place of the first character that is wrong."""

  steps: list[str]
  labels: list[bool]
  flaws: list[int | None]
  """Of each step as far as it is known: `None` where nothing is wrong in the step itself, whatever came before it."""


def first_flaw(step: str, possible: list[str]) -> int | None:
  """The place of the first character after which a step can be none of the possible ones."""
  if step in possible:
    return None
  return next((end - 1 for end in range(1, len(step) + 1)
               if not any(other.startswith(step[:end]) for other in possible)), len(step) - 1)


def reading(problem: Problem, solution: str, labels: list[bool], behind: int) -> Reading:
  """A sampled solution, with so many steps behind the first wrong one, of whose own flaws nothing is known."""
  possible = [spelling for step in problem.steps for spelling in spellings(step)]
  steps, flaws = steps_of(solution), []
  for step in steps:
    flaws.append(first_flaw(step, possible))
    if flaws[-1] is not None:
      break
  return Reading(steps[: len(flaws) + behind], labels[: len(flaws) + behind], flaws)


def replaced(problem: Problem, rng: random.Random, share: float = 0.4) -> Reading:
  """The problem's own solution with digits replaced in a share of its steps: what was not to be expected is wrong
  (replaced token detection, Clark et al., arXiv:2003.10555)."""
  steps, flaws = [], []
  for step in problem.steps:
    places = [place for place, character in enumerate(step) if character.isdigit()]
    if rng.random() < share:
      place = rng.choice(places)
      digit = rng.choice([d for d in "0123456789" if d != step[place]])
      steps.append(step[:place] + digit + step[place + 1 :])
      flaws.append(place)
    else:
      steps.append(step)
      flaws.append(None)
  return Reading(steps, list(itertools.accumulate((flaw is None for flaw in flaws), lambda a, b: a and b)), flaws)


def targets_of(tokenizer: Tokenizer, text: str, spans: list[tuple[int, int]], read: Reading) -> Document:
  """Ids of a text that holds the steps at spans, and targets up to the first flaw of each: the next token, and whether the
  token is as it should be."""
  encoding = tokenizer.encode(text, add_special_tokens=False)
  targets = [IGNORED] * len(encoding.ids)
  for (start, end), flaw in zip(spans, read.flaws):
    for place, (first, last) in enumerate(encoding.offsets):
      if not start < last <= end:
        continue
      if flaw is not None and start + flaw < last:
        if first <= start + flaw:
          targets[place] = target(check=False)
        continue
      is_next_right = flaw is None or last < start + flaw
      targets[place] = target(encoding.ids[place + 1] if is_next_right and place + 1 < len(targets) else None, True)
  return encoding.ids, targets


def process_document(tokenizer: Tokenizer, problem: Problem, read: Reading) -> Document:
  """A dialogue with its targets; the labels are verdicts."""
  text, spans, verdicts = "", [], {}
  for piece, step, label in zip(dialogue(problem.problem, read.steps), read.steps, read.labels):
    start = len(text) + piece.rindex(step)
    text += piece
    spans.append((start, start + len(step)))
    verdicts[len(text)] = label
  ids, targets = targets_of(tokenizer, text, spans, read)
  for place, (_, last) in enumerate(tokenizer.encode(text, add_special_tokens=False).offsets):
    if last in verdicts:
      targets[place] = target(verdict=verdicts[last])
  return ids, targets


def outcome_document(tokenizer: Tokenizer, problem: Problem, read: Reading, right: bool) -> Document:
  """The whole chat with its targets; the verdict is at the last token."""
  before = BEGIN + turn("user", problem.problem)
  text, spans = before + turn("assistant", "\n\n".join(read.steps)), []
  place = len(before)
  for step in read.steps:
    place = text.index(step, place)
    spans.append((place, place + len(step)))
    place += len(step)
  ids, targets = targets_of(tokenizer, text, spans, read)
  targets[-1] = target(verdict=right)
  return ids, targets


class Checker(Llama):
  """A language model that also tells, from the output of one of its layers, whether a step is right up to each token."""

  def __init__(self, configuration: ModelConfiguration, check_layer: int):
    super().__init__(configuration)
    self.check_layer = check_layer
    self.check = nn.Linear(configuration.width, 1, bias=False)

  def hidden(self, ids: Tensor, mask: Tensor, start: int = 0, caches: list[Cache] | None = None) -> Tensor:
    """[rows, length, 2 · width]: what verdicts and tokens are read from, and what checks are read from."""
    x = self.model.embed_tokens(ids)
    cos, sin = self.cos[start : start + ids.shape[1]], self.sin[start : start + ids.shape[1]]
    for index, layer in enumerate(self.model.layers):
      x = layer(x, cos, sin, mask, None if caches is None else caches[index])
      if index + 1 == self.check_layer:
        checkable = x
    return torch.cat([self.model.norm(x), self.model.norm(checkable)], dim=-1)


def deepened(model: Llama, layers: int, check_layer: int) -> Checker:
  """A model with more layers on top, which change nothing at first (depth up-scaling, Kim et al., arXiv:2312.15166).

  A layer sees what the layers under it found out at earlier tokens: what compares a token with what the policy expected
  stands above the policy, and what judges a step by its tokens above that.
  """
  c = model.configuration
  deeper = Checker(dataclasses.replace(c, layers=c.layers + layers), check_layer)
  deeper.load_state_dict(model.state_dict(), strict=False)
  for layer in deeper.model.layers[c.layers :]:
    nn.init.zeros_(layer.self_attn.o_proj.weight)
    nn.init.zeros_(layer.mlp.down_proj.weight)
  return deeper


class RewardLoss:
  """Cross-entropies of next tokens, of checks and of verdicts, as far as a batch has them.

  A verifier that goes on learning the language it reads in learns more from few verdicts (Cobbe et al., arXiv:2110.14168, §4).
  """

  def __init__(self, tokenizer: Tokenizer):
    self.signs = signs(tokenizer)

  def verdict(self, model: Llama, hidden: Tensor, right: Tensor) -> Tensor:
    """Of a process reward model: "+" against "-"."""
    return F.cross_entropy(model.logits(hidden)[:, self.signs], 1 - right)

  def __call__(self, model: "Checker", both: Tensor, targets: Tensor) -> Tensor:
    hidden, checkable = both.chunk(2, dim=-1)
    tokens, checks, verdicts = targets & 0xFFFF, targets >> 16 & 3, targets >> 18 & 3
    loss = hidden.new_zeros(())
    if (spoken := tokens != NO_TOKEN).any():
      loss = loss + LANGUAGE_SHARE * F.cross_entropy(model.logits(hidden[spoken]), tokens[spoken])
    if (checked := checks > 0).any():
      logits, right = model.check(checkable[checked])[:, 0], (checks[checked] - 1).float()
      loss = loss + F.binary_cross_entropy_with_logits(logits, right, weight=torch.where(right > 0, 1.0, FLAW_WEIGHT))
    if (judged := verdicts > 0).any():
      loss = loss + self.verdict(model, hidden[judged], verdicts[judged] - 1)
    return loss


class OutcomeLoss(RewardLoss):
  """The same for the head of an outcome reward model, whose logit says how likely right is."""

  def verdict(self, model: Llama, hidden: Tensor, right: Tensor) -> Tensor:
    return F.binary_cross_entropy_with_logits(model.score(hidden)[:, 0], right.float())


@torch.inference_mode()
def step_scores(model: Llama, tokenizer: Tokenizer, problem: Problem, solution: str) -> list[float]:
  """Of each step, the probability of "+" against "-"; the steps behind the model's context are left out."""
  ids, ends = [], []
  for piece in dialogue(problem.problem, steps_of(solution)):
    ids += encode(tokenizer, piece)
    ends.append(len(ids) - 1)
  ids = ids[: model.configuration.context]
  mask = torch.ones(1, 1, len(ids), len(ids), dtype=torch.bool).tril()
  logits = model.logits(model.hidden(torch.tensor([ids]), mask)[0])[[end for end in ends if end < len(ids)]]
  return logits[:, signs(tokenizer)].softmax(-1)[:, 0].tolist()


@torch.inference_mode()
def outcome_score(model: Llama, tokenizer: Tokenizer, problem: Problem, solution: str) -> float:
  """The probability that the solution is right."""
  ids = encode(tokenizer, BEGIN + turn("user", problem.problem) + turn("assistant", solution))
  ids = ids[: model.configuration.context]
  mask = torch.ones(1, 1, len(ids), len(ids), dtype=torch.bool).tril()
  return model.score(model.hidden(torch.tensor([ids]), mask)[0, -1]).sigmoid().item()
