"""Arithmetic word problems in prose, with step-by-step solutions.

A story is told sentence by sentence. Every sentence may define or change a quantity, and every change records the
equation that computes it. The question then asks for one quantity, and the solution is the equations which that
quantity needs, in the order told: what the question does not need is a distraction by construction.

    Mia has 245 stamps. Leo has 38 more stamps than Mia. Mia buys 12 packs of 34 stamps. How many stamps does Leo have now?

    245+38=283

    Answer: \\boxed{283}

The level of a problem says how many equations its solution has and how many numbers of the text it may leave unused.
All values are non-negative integers.

By a hash, a tenth of the texts (whatever their numbers) and a tenth of the solutions are reserved: training has neither,
held-out problems have both. So problems can be held out in any number, before training or after it.
"""

import argparse
import itertools
import json
import os
import random
import re
import sys
import zlib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Level:
  equations: int
  spare: range
  """How many numbers of the text the solution may leave unused."""


LEVELS = {
  1: Level(1, range(0, 2)), 2: Level(2, range(0, 2)), 3: Level(4, range(0, 3)), 4: Level(6, range(0, 4)),
  5: Level(8, range(1, 6)),
}


@dataclass(frozen=True)
class Sizes:
  """How large the numbers of stories are, and how long their solutions."""

  scale: int
  """What amounts and prices are multiples of when they are drawn: with 100, from 1200 where they are from 12 with 1."""
  largest_value: int
  lengths: tuple[int, ...]
  """Solutions that training has, by their equations."""


SMALL = Sizes(1, 4999, tuple(range(1, 11)))
"""What policies begin with."""
LARGE = Sizes(100, 999_999, tuple(range(1, 9)))

GIRLS = ["Mia", "Ana", "Eva", "Lily", "Zoe", "Nora", "Ruth", "Iris", "Sara", "Tina"]
BOYS = ["Leo", "Ben", "Max", "Tom", "Sam", "Paul", "Omar", "Jack", "Luis", "Finn"]
ITEMS = ["stamps", "marbles", "shells", "coins", "cards", "beads", "books", "apples", "nuts", "seeds", "stones", "pens"]
GOODS = ["lamp", "chair", "coat", "vase", "clock", "tent", "drum", "kite", "pot", "rug"]
PLACES = ["station", "school", "market", "lake", "harbour", "library"]


@dataclass(frozen=True)
class Quantity:
  """A value, the indices of the equations and of the numbers given in the text that it needs, and whose it is: a person's, or
  a good's."""

  value: int
  needs: frozenset[int] = frozenset()
  given: frozenset[int] = frozenset()
  owner: str | None = None


Owners = tuple[str | None, str | None, str | None]
"""Whose the operands of an equation and its result are."""


@dataclass(frozen=True)
class Problem:
  id: str
  level: int
  problem: str
  answer: str
  solution: str
  owners: tuple[Owners, ...] = field(default=(), compare=False)
  """Of each equation, where the problem was told just now; no file holds them."""

  @property
  def steps(self) -> list[str]:
    return self.solution.split("\n\n")


class Story:
  """Sentences told so far, the equations behind them, and who has what."""

  def __init__(self, rng: random.Random, sizes: Sizes):
    self.rng, self.sizes = rng, sizes
    self.sentences: list[str] = []
    self.equations: list[str] = []
    self.values: list[int] = []
    self.owners: list[Owners] = []
    self.numbers = 0

  def event(self) -> None:
    """Something happens. In some stories nothing does between the beginning and the question."""

  def tell(self, *phrasings: str) -> None:
    self.sentences.append(self.rng.choice(phrasings))

  def amount(self, least: int, most: int) -> int:
    """Between so many times the scale."""
    return self.rng.randint(least * self.sizes.scale, most * self.sizes.scale)

  def amount_of(self, held: Quantity) -> int:
    """Less than all of what is held, or nothing where that is little."""
    scale = self.sizes.scale
    return self.rng.randint(11 * scale, min(499 * scale, held.value - 1)) if held.value > 20 * scale else 0

  def given(self, value: int, owner: str | None = None) -> Quantity:
    """A number that the text gives."""
    self.numbers += 1
    return Quantity(value, given=frozenset({self.numbers}), owner=owner)

  def compute(self, a: Quantity, operator: str, b: Quantity, owner: str | None = None) -> Quantity:
    """The result is the owner's, or if none is named whose both operands are."""
    value = {"+": a.value + b.value, "-": a.value - b.value, "*": a.value * b.value, "/": a.value // b.value}[operator]
    self.equations.append(f"{a.value}{operator}{b.value}={value}")
    self.values.append(value)
    owner = owner or (a.owner if a.owner == b.owner else None)
    self.owners.append((a.owner, b.owner, owner))
    return Quantity(value, a.needs | b.needs | {len(self.equations) - 1}, a.given | b.given, owner)

  def finish(self, target: Quantity, question: str) -> "Draft":
    needed, text = sorted(target.needs), " ".join([*self.sentences, question])
    steps = [self.equations[index] for index in needed] + [f"Answer: \\boxed{{{target.value}}}"]
    spare = len(re.findall(r"\d+", text)) - len(target.given)
    return Draft(text, "\n\n".join(steps), target.value, len(needed), spare, tuple(self.owners[index] for index in needed))


@dataclass(frozen=True)
class Draft:
  """A story that was told to its end."""

  text: str
  solution: str
  answer: int
  equations: int
  spare: int
  owners: tuple[Owners, ...]


class Collections(Story):
  """One or two people whose collections grow and shrink."""

  def __init__(self, rng: random.Random, sizes: Sizes):
    super().__init__(rng, sizes)
    people = rng.sample([(name, "she", "her") for name in GIRLS] + [(name, "he", "his") for name in BOYS], 2)
    self.people = people[: rng.choice((1, 2, 2))]
    self.item = rng.choice(ITEMS)
    self.holdings: list[Quantity] = []

  def begin(self) -> None:
    rng, item = self.rng, self.item
    first = self.people[0][0]
    start = self.given(self.amount(20, 599), first)
    self.holdings.append(start)
    self.tell(f"{first} has {start.value} {item}.")
    if len(self.people) == 1:
      return
    second = self.people[1][0]
    kind = rng.choice(("given", "more", "fewer", "times"))
    if kind == "more":
      n = self.amount(12, 399)
      self.holdings.append(self.compute(start, "+", self.given(n, second), second))
      self.tell(f"{second} has {n} more {item} than {first}.")
    elif kind == "fewer":
      n = rng.randint(2, start.value - 1)
      self.holdings.append(self.compute(start, "-", self.given(n, second), second))
      self.tell(f"{second} has {n} fewer {item} than {first}.")
    elif kind == "times":
      n = rng.randint(2, 9)
      self.holdings.append(self.compute(start, "*", self.given(n, second), second))
      self.tell(f"{second} has {n} times as many {item} as {first}.")
    else:
      n = self.amount(20, 599)
      self.holdings.append(self.given(n, second))
      self.tell(f"{second} has {n} {item}.")

  def event(self) -> None:
    rng, item = self.rng, self.item
    who = rng.randrange(len(self.people))
    (name, pronoun, possessive), held = self.people[who], self.holdings[who]
    kind = rng.choice(("gain", "lose", "packs", "bags", "times", "share", "transfer", "distract"))
    if kind == "gain":
      n = self.amount(12, 499)
      self.holdings[who] = self.compute(held, "+", self.given(n, name))
      self.tell(f"{name} finds {n} more {item}.", f"{name} gets {n} {item} from an aunt.", f"{name} wins {n} {item}.")
    elif kind == "lose" and (n := self.amount_of(held)):
      self.holdings[who] = self.compute(held, "-", self.given(n, name))
      self.tell(f"{name} loses {n} {item}.", f"{name} sells {n} {item}.", f"{name} gives away {n} of {possessive} {item}.")
    elif kind == "packs":
      a, b = rng.randint(2, 9), self.amount(12, 99)
      bought = self.compute(self.given(a, name), "*", self.given(b, name))
      self.holdings[who] = self.compute(held, "+", bought)
      self.tell(f"{name} buys {a} packs of {b} {item}.", f"{name} gets {a} boxes with {b} {item} each.")
    elif kind == "bags" and held.value > 100 * self.sizes.scale:
      a = rng.randint(2, 9)
      b = rng.randint(2, max(2, held.value // a - 1))
      if a * b > held.value or b > 99 * self.sizes.scale:
        return
      sold = self.compute(self.given(a, name), "*", self.given(b, name))
      self.holdings[who] = self.compute(held, "-", sold)
      self.tell(f"{name} sells {a} bags of {b} {item}.", f"{name} gives {b} {item} to each of {a} friends.")
    elif kind == "times":
      n = rng.randint(2, 5)
      if held.value * n > self.sizes.largest_value:
        return
      self.holdings[who] = self.compute(held, "*", self.given(n, name))
      self.tell(f"Then {name} has {n} times as many {item} as before.", f"{name} works until {pronoun} has {n} times as many.")
    elif kind == "share":
      divisors = [n for n in range(2, 6) if held.value % n == 0]
      if not divisors or held.value < 40:
        return
      n = rng.choice(divisors)
      self.holdings[who] = self.compute(held, "/", self.given(n, name))
      self.tell(f"{name} splits {possessive} {item} into {n} equal parts and keeps one.",
                f"{name} shares {possessive} {item} equally among {n} people and keeps one share.")
    elif kind == "transfer" and len(self.people) == 2 and (amount := self.amount_of(held)):
      other = 1 - who
      receiver = self.people[other][0]
      n = self.given(amount, name)
      self.holdings[who] = self.compute(held, "-", n)
      self.holdings[other] = self.compute(self.holdings[other], "+", n, receiver)
      self.tell(f"{name} gives {n.value} {item} to {receiver}.")
    elif kind == "distract" and rng.random() < 0.7:
      self.distract(name)

  def distract(self, name: str) -> None:
    rng = self.rng
    n = self.amount(5, 499)
    other = rng.choice([item for item in ITEMS if item != self.item])
    self.tell(f"{name} also has {n} {other}.", f"It is {n} steps to the {rng.choice(PLACES)}.",
              f"{name} has a friend with {n} {other}.", f"A {rng.choice(GOODS)} costs {n} coins.")

  def ask(self) -> Draft:
    rng, item = self.rng, self.item
    if len(self.people) == 1:
      return self.finish(self.holdings[0], f"How many {item} does {self.people[0][0]} have now?")
    (a, _, _), (b, _, _) = self.people
    held = self.holdings
    kind = rng.choice(("one", "together", "more"))
    if kind == "one":
      who = rng.randrange(2)
      return self.finish(held[who], f"How many {item} does {self.people[who][0]} have now?")
    if kind == "together":
      return self.finish(self.compute(held[0], "+", held[1]), f"How many {item} do they have together?")
    if held[0].value < held[1].value:
      a, b, held = b, a, held[::-1]
    return self.finish(self.compute(held[0], "-", held[1]), f"How many more {item} does {a} have than {b}?")


class Purchase(Story):
  """Goods at prices, bought in numbers and paid for."""

  def __init__(self, rng: random.Random, sizes: Sizes):
    super().__init__(rng, sizes)
    self.goods = rng.sample(GOODS, rng.randint(2, 6))
    self.name = rng.choice(GIRLS + BOYS)

  def begin(self) -> None:
    rng = self.rng
    self.prices = [self.amount(12, 99) for _ in self.goods]
    self.tell(" ".join(f"A {good} costs {price} coins." for good, price in zip(self.goods, self.prices)))

  def ask(self) -> Draft:
    rng, name = self.rng, self.name
    order = list(range(len(self.goods)))
    rng.shuffle(order)
    bought = order[: rng.randint(1, len(order))]
    counts = [rng.randint(2, 9) for _ in bought]
    listed = [f"{count} {self.goods[index]}s" for index, count in zip(bought, counts)]
    self.tell(f"{name} buys " + (" and ".join([", ".join(listed[:-1]), listed[-1]]) if listed[1:] else listed[0]) + ".")
    costs = []
    for index, count in zip(bought, counts):
      good = self.goods[index]
      costs.append(self.compute(self.given(self.prices[index], good), "*", self.given(count, good)))
    total = costs[0]
    for cost in costs[1:]:
      total = self.compute(total, "+", cost)
    if rng.random() < 0.4:
      n = self.amount(12, 199)
      total = self.compute(total, "+", self.given(n))
      self.tell(f"Sending it home costs {n} coins.")
    if rng.random() < 0.4:
      paid = self.given(total.value + rng.randint(1, 499 * self.sizes.scale))
      return self.finish(self.compute(paid, "-", total), f"How much change does {name} get from {paid.value} coins?")
    if rng.random() < 0.4:
      n = rng.randint(2, 9)
      return self.finish(self.compute(total, "*", self.given(n)), f"How many coins do {n} people pay who buy the same?")
    return self.finish(total, f"How many coins does {name} pay?")


def told(rng: random.Random, sizes: Sizes, events: int) -> Draft | None:
  """One story with at most so many events, or none if a value or the text is too large."""
  story = (Purchase if rng.random() < 0.2 else Collections)(rng, sizes)
  story.begin()
  for _ in range(events):
    story.event()
  draft = story.ask()
  if not draft.equations or max(story.values) > sizes.largest_value or len(draft.text) > 60 + 70 * draft.equations:
    return None
  return draft


def draft(rng: random.Random, level: Level, sizes: Sizes, accept) -> Draft:
  """Tells stories until one has the equations and spare numbers of the level and is acceptable."""
  while True:
    drawn = told(rng, sizes, rng.randint(level.equations // 2, level.equations + 1))
    if drawn and drawn.equations == level.equations and drawn.spare in level.spare and accept(drawn):
      return drawn


def skeleton(text: str) -> str:
  """The text with every number replaced: two problems with one skeleton differ in their numbers only."""
  return re.sub(r"\d+", "#", text)


def _in_reserved_tenth(text: str) -> bool:
  return zlib.crc32(text.encode()) % 10 == 0


def is_trainable(text: str, solution: str) -> bool:
  """Whether training may show it: no reserved problem has its text with any numbers, nor its solution."""
  return not _in_reserved_tenth(skeleton(text)) and not _in_reserved_tenth(solution)


def is_reserved(text: str, solution: str) -> bool:
  """Whether it may be held out: no trainable problem has its text with any numbers, nor its solution."""
  return _in_reserved_tenth(skeleton(text)) and _in_reserved_tenth(solution)


def training_problems(seed: int, first: int = 0, sizes: Sizes = LARGE) -> Iterator[Problem]:
  """An endless stream of trainable problems whose solutions have each number of equations in turn, from an index on.

  Each depends on the seed and its index only.
  """
  for index in itertools.count(first):
    wanted = sizes.lengths[index % len(sizes.lengths)]
    drawn = draft(random.Random(f"{seed}/{index}"), Level(wanted, range(100)), sizes,
                  lambda d: is_trainable(d.text, d.solution))
    level = next((number for number, level in LEVELS.items() if wanted <= level.equations), len(LEVELS))
    yield Problem(f"{seed}-{index:06d}", level, drawn.text, str(drawn.answer), drawn.solution, drawn.owners)


def window_of_problems(seed: int, window: int, count: int, sizes: Sizes) -> list[Problem]:
  """A window of a stream of so many problems each, with a quarter as many beside them that have small numbers, where theirs are
  larger: else those are forgotten within a thousand steps."""
  problems = list(itertools.islice(training_problems(seed, window * count, sizes), count))
  return problems + (window_of_problems(seed, window, count // 4, SMALL) if sizes is LARGE else [])


def reserved_problems(seed: int, number: int) -> Iterator[Problem]:
  """An endless stream of reserved problems of a level, no two of which differ in their numbers only."""
  seen: set[str] = set()
  for index in itertools.count():
    accept = lambda d: is_reserved(d.text, d.solution) and skeleton(d.text) not in seen
    drawn = draft(random.Random(f"{seed}/{number}/{index}"), LEVELS[number], LARGE, accept)
    seen.add(skeleton(drawn.text))
    yield Problem(f"{seed}-{number}-{index:03d}", number, drawn.text, str(drawn.answer), drawn.solution)


def load(path: str | Path) -> list[Problem]:
  with open(path) as lines:
    return [Problem(**json.loads(line)) for line in lines]


def save(path: Path, problems: list[Problem]) -> None:
  """Writes the file whole and then renames it."""
  new = path.with_name(f".{path.name}.new")
  kept = ("id", "level", "problem", "answer", "solution")
  new.write_text("".join(json.dumps({key: getattr(problem, key) for key in kept}) + "\n" for problem in problems))
  os.replace(new, path)


PROBLEMS = Path(__file__).parent.parent / "Problems"
SEED = 2026
HELD_OUT = {"test": 100, "development": 40}
"""Problems of each level in each file."""


def held_out() -> list[Problem]:
  """The committed problems, test and development."""
  return [problem for name in HELD_OUT for problem in load(PROBLEMS / f"{name}.jsonl")]


def of_level(number: int, first: int, count: int) -> list[Problem]:
  """So many of the reserved problems of a level, from one on."""
  return list(itertools.islice(reserved_problems(SEED, number), first, first + count))


def of_all_levels(first: int, count: int) -> list[list[Problem]]:
  """The same of each level, made side by side."""
  drawn = []
  with ProcessPoolExecutor() as processes:
    for number, problems in zip(LEVELS, processes.map(of_level, LEVELS, itertools.repeat(first), itertools.repeat(count))):
      drawn.append(problems)
      print(f"problems of level {number} of {len(LEVELS)}: {len(problems)}", file=sys.stderr, flush=True)
  return drawn


def main() -> None:
  parser = argparse.ArgumentParser(description="Writes the held-out problems.")
  parser.add_argument("--folder", type=Path, default=PROBLEMS)
  parser.add_argument("--more", type=int, metavar="COUNT",
                      help="so many of each level that the committed files do not hold, in more.jsonl")
  arguments = parser.parse_args()
  if arguments.more is not None and arguments.more < 1:
    parser.error("--more takes a positive number")
  arguments.folder.mkdir(parents=True, exist_ok=True)
  files, first = (HELD_OUT, 0) if arguments.more is None else ({"more": arguments.more}, sum(HELD_OUT.values()))
  levels = [iter(drawn) for drawn in of_all_levels(first, sum(files.values()))]
  for name, per_level in files.items():
    save(arguments.folder / f"{name}.jsonl", [next(level) for _ in range(per_level) for level in levels])
    print(f"{name}: {per_level} problems of each level", flush=True)


if __name__ == "__main__":
  main()
