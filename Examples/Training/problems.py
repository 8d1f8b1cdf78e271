"""Arithmetic word problems in prose, with step-by-step solutions.

A story is told sentence by sentence. Every sentence may define or change a quantity, and every change records the
equation that computes it. The question then asks for one quantity, and the solution is the equations which that
quantity needs, in the order told: what the question does not need is a distraction by construction.

    Mia has 245 stamps. Leo has 38 more stamps than Mia. Mia buys 12 packs of 34 stamps. How many stamps does Leo have now?

    245+38=283

    Answer: \\boxed{283}

The level of a problem is the number of equations in its solution. All values are non-negative integers.
"""

import argparse
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

EQUATIONS_OF_LEVEL = {1: 2, 2: 3, 3: 5, 4: 7, 5: 9}
LEVELS = tuple(EQUATIONS_OF_LEVEL)
LARGEST_VALUE = 4999

GIRLS = ["Mia", "Ana", "Eva", "Lily", "Zoe", "Nora", "Ruth", "Iris", "Sara", "Tina"]
BOYS = ["Leo", "Ben", "Max", "Tom", "Sam", "Paul", "Omar", "Jack", "Luis", "Finn"]
ITEMS = ["stamps", "marbles", "shells", "coins", "cards", "beads", "books", "apples", "nuts", "seeds", "stones", "pens"]
GOODS = ["lamp", "chair", "coat", "vase", "clock", "tent", "drum", "kite", "pot", "rug"]
PLACES = ["station", "school", "market", "lake", "harbour", "library"]


@dataclass(frozen=True)
class Quantity:
  """A value and the indices of the equations that it needs; a number given in the text needs none."""

  value: int
  needs: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Problem:
  id: str
  level: int
  problem: str
  answer: str
  solution: str

  @property
  def steps(self) -> list[str]:
    return self.solution.split("\n\n")


class Story:
  """Sentences told so far, the equations behind them, and who has what."""

  def __init__(self, rng: random.Random):
    self.rng = rng
    self.sentences: list[str] = []
    self.equations: list[str] = []
    self.values: list[int] = []

  def event(self) -> None:
    """Something happens. In some stories nothing does between the beginning and the question."""

  def tell(self, *phrasings: str) -> None:
    self.sentences.append(self.rng.choice(phrasings))

  def compute(self, a: Quantity, operator: str, b: Quantity) -> Quantity:
    value = {"+": a.value + b.value, "-": a.value - b.value, "*": a.value * b.value, "/": a.value // b.value}[operator]
    self.equations.append(f"{a.value}{operator}{b.value}={value}")
    self.values.append(value)
    return Quantity(value, a.needs | b.needs | {len(self.equations) - 1})

  def finish(self, target: Quantity, question: str) -> tuple[str, str, int, int]:
    """The problem's text, its solution, its answer and the number of equations."""
    needed = sorted(target.needs)
    steps = [self.equations[index] for index in needed] + [f"Answer: \\boxed{{{target.value}}}"]
    return " ".join([*self.sentences, question]), "\n\n".join(steps), target.value, len(needed)


class Collections(Story):
  """One or two people whose collections grow and shrink."""

  def __init__(self, rng: random.Random):
    super().__init__(rng)
    people = rng.sample([(name, "she", "her") for name in GIRLS] + [(name, "he", "his") for name in BOYS], 2)
    self.people = people[: rng.choice((1, 2, 2))]
    self.item = rng.choice(ITEMS)
    self.holdings: list[Quantity] = []

  def begin(self) -> None:
    rng, item = self.rng, self.item
    first = self.people[0][0]
    start = Quantity(rng.randint(20, 599))
    self.holdings.append(start)
    self.tell(f"{first} has {start.value} {item}.")
    if len(self.people) == 1:
      return
    second = self.people[1][0]
    kind = rng.choice(("given", "more", "fewer", "times"))
    if kind == "more":
      n = rng.randint(12, 399)
      self.holdings.append(self.compute(start, "+", Quantity(n)))
      self.tell(f"{second} has {n} more {item} than {first}.")
    elif kind == "fewer":
      n = rng.randint(2, start.value - 1)
      self.holdings.append(self.compute(start, "-", Quantity(n)))
      self.tell(f"{second} has {n} fewer {item} than {first}.")
    elif kind == "times":
      n = rng.randint(2, 9)
      self.holdings.append(self.compute(start, "*", Quantity(n)))
      self.tell(f"{second} has {n} times as many {item} as {first}.")
    else:
      n = rng.randint(20, 599)
      self.holdings.append(Quantity(n))
      self.tell(f"{second} has {n} {item}.")

  def event(self) -> None:
    rng, item = self.rng, self.item
    who = rng.randrange(len(self.people))
    (name, pronoun, possessive), held = self.people[who], self.holdings[who]
    kind = rng.choice(("gain", "lose", "packs", "bags", "times", "share", "transfer", "distract"))
    if kind == "gain":
      n = rng.randint(12, 499)
      self.holdings[who] = self.compute(held, "+", Quantity(n))
      self.tell(f"{name} finds {n} more {item}.", f"{name} gets {n} {item} from an aunt.", f"{name} wins {n} {item}.")
    elif kind == "lose" and held.value > 20:
      n = rng.randint(11, min(499, held.value - 1))
      self.holdings[who] = self.compute(held, "-", Quantity(n))
      self.tell(f"{name} loses {n} {item}.", f"{name} sells {n} {item}.", f"{name} gives away {n} of {possessive} {item}.")
    elif kind == "packs":
      a, b = rng.randint(2, 9), rng.randint(12, 99)
      bought = self.compute(Quantity(a), "*", Quantity(b))
      self.holdings[who] = self.compute(held, "+", bought)
      self.tell(f"{name} buys {a} packs of {b} {item}.", f"{name} gets {a} boxes with {b} {item} each.")
    elif kind == "bags" and held.value > 100:
      a = rng.randint(2, 9)
      b = rng.randint(2, max(2, held.value // a - 1))
      if a * b > held.value or b > 99:
        return
      sold = self.compute(Quantity(a), "*", Quantity(b))
      self.holdings[who] = self.compute(held, "-", sold)
      self.tell(f"{name} sells {a} bags of {b} {item}.", f"{name} gives {b} {item} to each of {a} friends.")
    elif kind == "times":
      n = rng.randint(2, 5)
      if held.value * n > LARGEST_VALUE:
        return
      self.holdings[who] = self.compute(held, "*", Quantity(n))
      self.tell(f"Then {name} has {n} times as many {item} as before.", f"{name} works until {pronoun} has {n} times as many.")
    elif kind == "share":
      divisors = [n for n in range(2, 6) if held.value % n == 0]
      if not divisors or held.value < 40:
        return
      n = rng.choice(divisors)
      self.holdings[who] = self.compute(held, "/", Quantity(n))
      self.tell(f"{name} splits {possessive} {item} into {n} equal parts and keeps one.",
                f"{name} shares {possessive} {item} equally among {n} people and keeps one share.")
    elif kind == "transfer" and len(self.people) == 2 and held.value > 20:
      other = 1 - who
      n = Quantity(rng.randint(11, min(499, held.value - 1)))
      self.holdings[who] = self.compute(held, "-", n)
      self.holdings[other] = self.compute(self.holdings[other], "+", n)
      self.tell(f"{name} gives {n.value} {item} to {self.people[other][0]}.")
    elif kind == "distract" and rng.random() < 0.7:
      self.distract(name)

  def distract(self, name: str) -> None:
    rng = self.rng
    n = rng.randint(5, 499)
    other = rng.choice([item for item in ITEMS if item != self.item])
    self.tell(f"{name} also has {n} {other}.", f"It is {n} steps to the {rng.choice(PLACES)}.",
              f"{name} has a friend with {n} {other}.", f"A {rng.choice(GOODS)} costs {n} coins.")

  def ask(self) -> tuple[str, str, int, int]:
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

  def __init__(self, rng: random.Random):
    super().__init__(rng)
    self.goods = rng.sample(GOODS, rng.randint(2, 6))
    self.name = rng.choice(GIRLS + BOYS)

  def begin(self) -> None:
    rng = self.rng
    self.prices = [rng.randint(12, 99) for _ in self.goods]
    self.tell(" ".join(f"A {good} costs {price} coins." for good, price in zip(self.goods, self.prices)))

  def ask(self) -> tuple[str, str, int, int]:
    rng, name = self.rng, self.name
    order = list(range(len(self.goods)))
    rng.shuffle(order)
    bought = order[: rng.randint(1, len(order))]
    counts = [rng.randint(2, 9) for _ in bought]
    listed = [f"{count} {self.goods[index]}s" for index, count in zip(bought, counts)]
    self.tell(f"{name} buys " + (" and ".join([", ".join(listed[:-1]), listed[-1]]) if listed[1:] else listed[0]) + ".")
    costs = [self.compute(Quantity(self.prices[index]), "*", Quantity(count)) for index, count in zip(bought, counts)]
    total = costs[0]
    for cost in costs[1:]:
      total = self.compute(total, "+", cost)
    if rng.random() < 0.4:
      n = rng.randint(12, 199)
      total = self.compute(total, "+", Quantity(n))
      self.tell(f"Sending it home costs {n} coins.")
    if rng.random() < 0.4:
      paid = Quantity(total.value + rng.randint(1, 499))
      return self.finish(self.compute(paid, "-", total), f"How much change does {name} get from {paid.value} coins?")
    if rng.random() < 0.4:
      n = rng.randint(2, 9)
      return self.finish(self.compute(total, "*", Quantity(n)), f"How many coins do {n} people pay who buy the same?")
    return self.finish(total, f"How many coins does {name} pay?")


def sample_problem(rng: random.Random, level: int) -> tuple[str, str, int]:
  """Draws stories until one has the equations of the level. Returns text, solution and answer."""
  wanted = EQUATIONS_OF_LEVEL[level]
  while True:
    story = Purchase(rng) if rng.random() < 0.2 else Collections(rng)
    story.begin()
    for _ in range(rng.randint(wanted // 2, wanted + 1)):
      story.event()
    text, solution, answer, equations = story.ask()
    if equations == wanted and max(story.values) <= LARGEST_VALUE and len(text) <= 60 + 70 * wanted:
      return text, solution, answer


def skeleton(text: str) -> str:
  """The text with every number replaced: two problems with one skeleton differ in their numbers only."""
  return re.sub(r"\d+", "#", text)


def generate(seed: int, excluding: "Exclusion | None" = None) -> Iterator[Problem]:
  """An endless, deterministic stream of distinct problems that cycles through the levels."""
  seen: set[str] = set()
  for index, level in enumerate(level for _ in iter(int, 1) for level in LEVELS):
    rng = random.Random(f"{seed}/{index}")
    while True:
      text, solution, answer = sample_problem(rng, level)
      if text not in seen and not (excluding and excluding.covers(text, solution)):
        break
    seen.add(text)
    yield Problem(f"{seed}-{index:06d}", level, text, str(answer), solution)


class Exclusion:
  """Problems that must not appear in training: neither word for word, nor with other numbers, nor with other names."""

  def __init__(self, problems: list[Problem]):
    self.texts = {problem.problem for problem in problems}
    self.skeletons = {skeleton(problem.problem) for problem in problems}
    self.solutions = {problem.solution for problem in problems}

  def covers(self, text: str, solution: str) -> bool:
    return text in self.texts or skeleton(text) in self.skeletons or solution in self.solutions


def load(path: str | Path) -> list[Problem]:
  with open(path) as lines:
    return [Problem(**json.loads(line)) for line in lines]


def save(path: str | Path, problems: list[Problem]) -> None:
  with open(path, "w") as file:
    for problem in problems:
      file.write(json.dumps(problem.__dict__) + "\n")


PROBLEMS = Path(__file__).parent.parent / "Problems"
HELD_OUT_PER_LEVEL, DEVELOPMENT_PER_LEVEL = 60, 20


def held_out() -> list[Problem]:
  """The committed problems, test and development, that training excludes."""
  return load(PROBLEMS / "test.jsonl") + load(PROBLEMS / "development.jsonl")


def main() -> None:
  parser = argparse.ArgumentParser(description="Writes the held-out problems.")
  parser.add_argument("--seed", type=int, default=2026)
  parser.add_argument("--folder", type=Path, default=PROBLEMS)
  arguments = parser.parse_args()
  stream = generate(arguments.seed)
  arguments.folder.mkdir(parents=True, exist_ok=True)
  for name, per_level in (("test", HELD_OUT_PER_LEVEL), ("development", DEVELOPMENT_PER_LEVEL)):
    save(arguments.folder / f"{name}.jsonl", [next(stream) for _ in range(per_level * len(LEVELS))])


if __name__ == "__main__":
  main()
