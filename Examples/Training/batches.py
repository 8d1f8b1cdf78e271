"""A stream of packed training batches: several whole documents a row, none of which sees another."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from model import DEVICE

IGNORED = -100

Document = tuple[list[int], list[int]]
"""Input ids, and as many targets: the next id where it is learnt, `IGNORED` elsewhere."""


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

  @staticmethod
  def of(rows: Tensor, causal: Tensor) -> "Batch":
    """Of packed rows [rows, 3, length]."""
    documents = int((rows[:, 2].amax(dim=1) + 1).sum())
    ids, targets, owner = rows.to(causal.device).unbind(1)
    return Batch(ids, targets, (causal & (owner[:, :, None] == owner[:, None, :]))[:, None], documents)


@dataclass(frozen=True)
class Batches:
  """Batches of numbered windows of documents, each window shuffled: the stream can begin anywhere."""

  window: Callable[[int], list[Document]]
  rows: int
  length: int
  padding: int
  seed: int
  workers: int = 0
  """Processes that make windows ahead of time; without any they are made when they are needed. The stream is the same."""

  def __getitem__(self, number: int) -> Tensor:
    """The packed rows of a window, [rows, 3, length]. Documents longer than a row are left out."""
    documents = [d for d in self.window(number) if 0 < len(d[0]) <= self.length]
    packed = packed_rows(documents, self.length, self.padding)
    np.random.default_rng((self.seed, number)).shuffle(packed)
    return torch.from_numpy(np.stack(packed))

  def after(self, window: int, batch: int) -> Iterator[tuple[tuple[int, int], Batch]]:
    """The batches from one on, each with the place of the one after it."""
    causal = torch.ones(self.length, self.length, dtype=torch.bool, device=DEVICE).tril()
    windows = DataLoader(self, batch_size=None, sampler=itertools.count(window), num_workers=self.workers,
                         multiprocessing_context="fork" if self.workers else None)
    for number, packed in zip(itertools.count(window), windows):
      for index in range(batch if number == window else 0, len(packed) // self.rows):
        yield (number, index + 1), Batch.of(packed[index * self.rows : (index + 1) * self.rows], causal)
