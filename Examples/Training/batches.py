"""A stream of packed training batches: several whole documents a row, none of which sees another."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

IGNORED = -100

Document = tuple[list[int], list[int]]
"""Input ids, and as many targets: the next id where it is learnt, `IGNORED` elsewhere."""


def document(parts: list[tuple[list[int], bool]]) -> Document:
  """The document of consecutive ids, each part learnt or only read."""
  ids = [token for part, _ in parts for token in part]
  targets = [token if learnt else IGNORED for part, learnt in parts for token in part]
  return ids[:-1], targets[1:]


def pack(documents: list[Document], length: int) -> Iterator[list[int]]:
  """Best-fit decreasing: the indices of the documents of each row."""
  order = sorted(range(len(documents)), key=lambda index: -len(documents[index][0]))
  room: list[list[list[int]]] = [[] for _ in range(length + 1)]  # rows by the room left in them
  for index in order:
    size = len(documents[index][0])
    left = next((left for left in range(size, length) if room[left]), None)
    row = room[left].pop() if left is not None else []
    row.append(index)
    room[(length if left is None else left) - size].append(row)
  return itertools.chain.from_iterable(room)


def packed_rows(documents: list[Document], length: int, padding: int) -> list[np.ndarray]:
  """Each row [3, length]: input ids, targets (already shifted), and the number of the document."""
  rows = []
  for indices in pack(documents, length):
    row = np.stack([np.full(length, padding), np.full(length, IGNORED), np.full(length, -1)])
    start = 0
    for number, index in enumerate(indices):
      ids, targets = documents[index]
      end = start + len(ids)
      row[0, start:end], row[1, start:end], row[2, start:end] = ids, targets, number
      start = end
    rows.append(row)
  return rows


@dataclass(frozen=True)
class Batch:
  ids: Tensor
  """[rows, length]"""
  targets: Tensor
  """[rows, length]"""
  mask: Tensor
  """[rows, 1, length, length]: what each position may see."""
  documents: int


@dataclass(frozen=True)
class Batches:
  """Batches of numbered windows of documents, each window shuffled: the stream can begin anywhere."""

  window: Callable[[int], list[Document]]
  rows: int
  length: int
  padding: int
  seed: int

  def after(self, window: int, batch: int) -> Iterator[tuple[tuple[int, int], Batch]]:
    """The batches from one on, each with the place of the one after it. Documents longer than a row are left out."""
    causal = torch.ones(self.length, self.length, dtype=torch.bool).tril()
    for number in itertools.count(window):
      documents = [d for d in self.window(number) if 0 < len(d[0]) <= self.length]
      packed = packed_rows(documents, self.length, self.padding)
      np.random.default_rng((self.seed, number)).shuffle(packed)
      for index in range(batch if number == window else 0, len(packed) // self.rows):
        rows = torch.from_numpy(np.stack(packed[index * self.rows : (index + 1) * self.rows]))
        ids, targets, owner = rows.unbind(1)
        mask = causal & (owner[:, :, None] == owner[:, None, :])
        yield (number, index + 1), Batch(ids, targets, mask[:, None], int((owner.max(dim=1).values + 1).sum()))
