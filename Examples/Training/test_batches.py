"""Facts about the stream of batches and about generation: `python -m unittest` in this folder."""

import itertools
import unittest

import numpy as np
import torch

from batches import IGNORED, Batches
from judging import causal
from model import DEVICE, Llama, ModelConfiguration


def window(number: int) -> list:
  """Documents of 2 to 30 tokens, which tell where they are from."""
  rng = np.random.default_rng(number)
  documents = []
  for index in range(200):
    learnt = rng.integers(50, 60, rng.integers(1, 29)).tolist()
    documents.append(([number % 50, index % 50, *learnt[:-1]], [IGNORED, *learnt]))
  return documents


def stream(workers: int, place: tuple[int, int], count: int) -> list:
  batches = Batches(window, rows=4, length=32, padding=0, seed=1, workers=workers)
  return [(place, batch.ids.tolist(), batch.targets.tolist(), batch.mask.tolist(), batch.documents)
          for place, batch in itertools.islice(batches.after(*place), count)]


class Streams(unittest.TestCase):
  def test_workers_change_nothing(self):
    self.assertEqual(stream(0, (0, 0), 90), stream(2, (0, 0), 90))

  def test_a_stream_goes_on_from_any_place(self):
    whole = stream(0, (0, 0), 90)
    self.assertGreater(whole[-1][0][0], 1)
    for done in (1, 30, 60):
      self.assertEqual(stream(2, whole[done - 1][0], 5), whole[done : done + 5])

  def test_a_document_sees_itself_and_what_is_before(self):
    for _, ids, _, mask, documents in stream(0, (0, 0), 20):
      seen = torch.tensor(mask)[:, 0]
      self.assertFalse(seen.triu(1).any())
      begins = (seen.sum(-1) == 1).sum(-1)
      # Where a row sees itself alone a document begins; what is left of a row is one more.
      self.assertIn(int(begins.sum()) - documents, range(0, len(ids) + 1))


class Generation(unittest.TestCase):
  def setUp(self):
    torch.manual_seed(3)
    self.model = Llama(ModelConfiguration(32, 2, 4, 2, 64, 40)).to(DEVICE).eval()
    self.prompts = [[1, 2, 3], [4, 5, 6, 7, 8, 9], [10]]

  @torch.inference_mode()
  def greedy(self, prompt: list[int], stop: int, limit: int) -> list[int]:
    """Without a cache, a batch or padding."""
    ids = list(prompt)
    while len(ids) < len(prompt) + limit:
      hidden = self.model.hidden(torch.tensor([ids], device=DEVICE), causal(len(ids)))
      token = self.model.logits(hidden[0, -1]).argmax().item()
      if token == stop:
        break
      ids.append(token)
    return ids[len(prompt) :]

  def test_a_batch_continues_each_prompt_as_alone(self):
    for stop in range(40):
      expected = [self.greedy(prompt, stop, 12) for prompt in self.prompts]
      self.assertEqual(self.model.generate(self.prompts, stop, 12), expected)

  def test_samples_of_a_prompt_lie_together_and_a_seed_repeats_them(self):
    draw = lambda seed: self.model.generate(self.prompts, 0, 12, 1.0, 50, torch.Generator(DEVICE).manual_seed(seed))
    first = draw(1)
    self.assertEqual(first, draw(1))
    self.assertNotEqual(first, draw(2))
    self.assertEqual(len(first), 150)
    self.assertTrue(all(0 not in sample and len(sample) <= 12 for sample in first))
    self.assertGreater(len({tuple(sample) for sample in first[:50]}), 25)


if __name__ == "__main__":
  unittest.main()
