"""How reward models read solutions, and what they learn at each token.

A process reward model reads the RLHFlow dialogue: the question and the first step, "+", the next step, "+", … and gives
each step the probability of "+" against "-" where its label is predicted. An outcome reward model reads question and
solution as a chat that is over, and its head gives one logit at the last token.
"""

from collections.abc import Iterator

import torch
from tokenizers import Tokenizer
from torch import Tensor

from batches import IGNORED, Document
from labels import Reading, steps_of
from model import DEVICE, Llama
from problems import Problem
from tokenizer import BEGIN, encode, turn


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


# What is learnt at a position is packed into one number: the next token, whether the step is right up to this token, the
# verdict on the step, whether this token belongs to a step, and whether the next one is to be learnt.
NO_TOKEN = (1 << 16) - 1
CHECK, VERDICT, INSIDE, LEARNT = 16, 18, 20, 21


def unpacked(targets: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
  """Next tokens (`NO_TOKEN`: none is in a step), checks and verdicts (0: none, 1: wrong, 2: right), inside, learnt."""
  return (targets & NO_TOKEN, targets >> CHECK & 3, targets >> VERDICT & 3, (targets >> INSIDE & 1).bool(),
          (targets >> LEARNT & 1).bool())


def document(tokenizer: Tokenizer, text: str, spans: list[tuple[int, int]], read: Reading,
             verdicts: dict[int, bool]) -> Document:
  """Ids and targets of a text that holds the steps at spans; a verdict is due where its text ends."""
  encoding = tokenizer.encode(text, add_special_tokens=False)
  ids, offsets = encoding.ids, encoding.offsets
  owners: list[int | None] = []
  index = 0
  for first, last in offsets:
    while index < len(spans) and spans[index][1] <= first:
      index += 1
    owners.append(index if index < len(spans) and spans[index][0] < last <= spans[index][1] else None)

  def check(place: int) -> int:
    """Up to the first flaw of each step."""
    owner, (first, last) = owners[place], offsets[place]
    if owner is None or owner >= len(read.flaws):
      return 0
    flaw = read.flaws[owner]
    if flaw is None or last <= spans[owner][0] + flaw:
      return 2
    return 1 if first <= spans[owner][0] + flaw else 0

  targets = []
  for place, (first, last) in enumerate(offsets):
    following = owners[place + 1] if place + 1 < len(ids) else None
    verdict = verdicts.get(last) if last > first else None
    if owners[place] is None and following is None and verdict is None:
      targets.append(IGNORED)
      continue
    # What follows a mistake is not to be expected, and so not learnt.
    learnt = following is not None and following <= read.first_wrong and check(place + 1) == 2
    targets.append((NO_TOKEN if following is None else ids[place + 1]) | check(place) << CHECK
                   | (0 if verdict is None else 1 + verdict) << VERDICT | (owners[place] is not None) << INSIDE
                   | learnt << LEARNT)
  return ids, targets


def process_document(tokenizer: Tokenizer, problem: Problem, read: Reading) -> Document:
  """A dialogue; each label is a verdict."""
  text, spans, verdicts = "", [], {}
  for piece, step, label in zip(dialogue(problem.problem, read.steps), read.steps, read.labels):
    start = len(text) + piece.rindex(step)
    text += piece
    spans.append((start, start + len(step)))
    if label is not None:
      verdicts[len(text)] = label
  return document(tokenizer, text, spans, read, verdicts)


def outcome_document(tokenizer: Tokenizer, problem: Problem, read: Reading, right: bool) -> Document:
  """The whole chat; the verdict is at its last token."""
  before = BEGIN + turn("user", problem.problem)
  text, spans = before + turn("assistant", "\n\n".join(read.steps)), []
  place = len(before)
  for step in read.steps:
    place = text.index(step, place)
    spans.append((place, place + len(step)))
    place += len(step)
  return document(tokenizer, text, spans, read, {len(text): right})


def causal(length: int) -> Tensor:
  return torch.ones(1, 1, length, length, dtype=torch.bool, device=DEVICE).tril()


@torch.inference_mode()
def step_scores(model: Llama, tokenizer: Tokenizer, problem: Problem, solution: str) -> list[float]:
  """Of each step, the probability of "+" against "-"; the steps behind the model's context are left out."""
  ids, ends = [], []
  for piece in dialogue(problem.problem, steps_of(solution)):
    ids += encode(tokenizer, piece)
    ends.append(len(ids) - 1)
  ids = ids[: model.configuration.context]
  hidden = model.hidden(torch.tensor([ids], device=DEVICE), causal(len(ids)))[0]
  logits = model.logits(hidden)[[end for end in ends if end < len(ids)]]
  return logits[:, signs(tokenizer)].softmax(-1)[:, 0].tolist()


@torch.inference_mode()
def outcome_score(model: Llama, tokenizer: Tokenizer, problem: Problem, solution: str) -> float:
  """The probability that the solution is right."""
  ids = encode(tokenizer, BEGIN + turn("user", problem.problem) + turn("assistant", solution))
  ids = ids[: model.configuration.context]
  return model.score(model.hidden(torch.tensor([ids], device=DEVICE), causal(len(ids)))[0, -1]).sigmoid().item()
