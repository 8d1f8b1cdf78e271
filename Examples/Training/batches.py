"""An endless stream of packed training batches: several whole documents a row, none of which sees another."""

import itertools
from collections.abc import Iterable, Iterator

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

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


def batches(documents: Iterable[Document], rows: int, length: int, padding: int, seed: int,
            window: int = 8192) -> Iterator[tuple[Tensor, Tensor, Tensor, int]]:
  """ids [rows, length], targets [rows, length], mask [rows, 1, length, length], and the number of documents."""
  stream, random = iter(documents), np.random.default_rng(seed)
  causal = torch.ones(length, length, dtype=torch.bool).tril()
  while chunk := list(itertools.islice(stream, window)):
    packed = packed_rows(chunk, length, padding)
    random.shuffle(packed)
    for first in range(0, len(packed) - rows + 1, rows):
      batch = torch.from_numpy(np.stack(packed[first : first + rows]))
      ids, targets, document = batch.unbind(1)
      mask = causal & (document[:, :, None] == document[:, None, :])
      documents_here = int((document.max(dim=1).values + 1).sum())
      yield ids, targets, mask[:, None], documents_here


def document(prompt: list[int], completion: list[int]) -> Document:
  """Inputs and targets of one document; only the completion is learnt."""
  ids = prompt + completion
  return ids[:-1], [IGNORED] * (len(prompt) - 1) + completion


def encoded_documents(texts: Iterable[tuple[str, str]], tokenizer: Tokenizer, length: int,
                      chunk: int = 1024) -> Iterator[Document]:
  """Documents of (prompt, completion) texts; those that do not fit a row are left out."""
  stream = iter(texts)
  while pairs := list(itertools.islice(stream, chunk)):
    prompts = tokenizer.encode_batch([prompt for prompt, _ in pairs], add_special_tokens=False)
    completions = tokenizer.encode_batch([completion for _, completion in pairs], add_special_tokens=False)
    for prompt, completion in zip(prompts, completions):
      if len(prompt.ids) + len(completion.ids) - 1 <= length:
        yield document(prompt.ids, completion.ids)
