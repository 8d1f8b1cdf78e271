"""llama.cpp through the low-level API of llama-cpp-python: the workloads of ponder-bench, in the peer's fastest way.

A decoded token is not sampled here (random ones are fed, as llama-batched-bench does), and reward scoring reads the
logits of each sequence's last token alone: both in the peer's favour.
"""

import ctypes
import random
import re
import time
from dataclasses import dataclass

import llama_cpp
import numpy

N_BATCH = 2048


@dataclass(frozen=True)
class Variant:
  """Settings between which nobody can choose without trying."""
  unified: bool  # one buffer for all sequences, in which a shared prompt is stored once; or one for each sequence
  flash: bool  # flash attention

  def __str__(self) -> str:
    return ("unified" if self.unified else "streams") + ("+flash" if self.flash else "")


VARIANTS = [Variant(unified, flash) for unified in (True, False) for flash in (True, False)]

# The bound function is kept alive as long as the library may call it.
_log: list[str] = []
_callback = llama_cpp.llama_log_callback(lambda level, text, data: _log.append(text.decode(errors="replace")))


class LlamaPeer:
  """A model of llama.cpp."""

  def __init__(self, path: str, threads: int, seed: int = 1):
    llama_cpp.llama_log_set(_callback, ctypes.c_void_p(0))
    llama_cpp.llama_backend_init()
    parameters = llama_cpp.llama_model_default_params()
    self.model = llama_cpp.llama_model_load_from_file(path.encode(), parameters)
    if not self.model:
      raise RuntimeError(f"llama.cpp cannot load {path}:\n{''.join(_log[-20:])}")
    self.vocabulary = llama_cpp.llama_model_get_vocab(self.model)
    self.vocabulary_size = llama_cpp.llama_vocab_n_tokens(self.vocabulary)
    self.threads = threads
    self.random = random.Random(seed)

  def close(self) -> None:
    llama_cpp.llama_model_free(self.model)

  def run(self, workload: str, variant: Variant, shares_prompt: bool = True) -> dict:
    """One run of a workload, as ponder-bench reports it."""
    kind, *numbers = workload.split("-")
    numbers = [int(number) for number in numbers]
    match kind:
      case "prefill": return self._prefill(*numbers, variant)
      case "decode": return self._decode(*numbers, variant)
      case "score": return self._score(*numbers, variant, shares_prompt)
      case "memory": return self._memory(*numbers, variant)
    raise ValueError(f"llama.cpp has nothing to set against {workload}")

  def greedy(self, count: int, prompt: list[int]) -> list[int]:
    """Greedy tokens behind a prompt, in front of which the token that begins a text stands."""
    if llama_cpp.llama_vocab_get_add_bos(self.vocabulary):
      prompt = [llama_cpp.llama_vocab_bos(self.vocabulary), *prompt]
    endings = [token for token in range(self.vocabulary_size) if llama_cpp.llama_vocab_is_eog(self.vocabulary, token)]
    with _Context(self, len(prompt) + count, 1, Variant(unified=True, flash=False), full_precision=True) as context:
      context.decode([(token, position, 0, position == len(prompt) - 1) for position, token in enumerate(prompt)])
      tokens: list[int] = []
      for position in range(len(prompt), len(prompt) + count):
        logits = context.last_logits()
        logits[endings] = -numpy.inf
        tokens.append(int(logits.argmax()))
        context.decode([(tokens[-1], position, 0, True)])
    return tokens

  # Workloads

  def _prefill(self, count: int, variant: Variant) -> dict:
    with _Context(self, count, 1, variant) as context:
      rows = self._rows(count, 0, 0, wanted=1)
      return _speed(count, _seconds(lambda: context.decode(rows)))

  def _decode(self, candidates: int, prompt: int, generated: int, variant: Variant) -> dict:
    steps = generated + 1
    tokens = prompt + candidates * steps if variant.unified else candidates * (prompt + steps)
    with _Context(self, tokens, candidates, variant) as context:
      context.decode(self._rows(prompt - 1, 0, 0, wanted=0))
      context.fork(candidates)

      def step(position: int) -> None:
        context.decode([(self._token(), position, sequence, True) for sequence in range(candidates)])

      # Apart, since it carries out the copies that `fork` only notes.
      step(prompt - 1)

      def run() -> None:
        for position in range(prompt, prompt + generated):
          step(position)

      return _speed(candidates * generated, _seconds(run))

  def _score(self, candidates: int, prompt: int, answer: int, variant: Variant, shares_prompt: bool) -> dict:
    shared = shares_prompt and variant.unified
    tokens = prompt + candidates * answer if shared else candidates * (prompt + answer)
    with _Context(self, tokens, candidates, variant) as context:
      if shares_prompt:
        context_rows = self._rows(prompt, 0, 0, wanted=0)
        answers = [row for i in range(candidates) for row in self._rows(answer, prompt, i, wanted=1)]

        def read() -> None:
          context.decode(context_rows)
          context.fork(candidates)
          context.decode(answers)
      else:
        whole = [row for i in range(candidates) for row in self._rows(prompt + answer, 0, i, wanted=1)]

        def read() -> None:
          context.decode(whole)

      # As many as there are to be known, however many are computed: seconds are what is compared.
      return _speed(prompt + candidates * answer, _seconds(read))

  def _memory(self, candidates: int, prompt: int, generated: int, variant: Variant) -> dict:
    tokens = prompt + candidates * generated if variant.unified else candidates * (prompt + generated)
    _log.clear()
    with _Context(self, tokens, candidates, variant):
      sizes = re.findall(r"KV buffer size =\s*([\d.]+) MiB", "".join(_log))
    return {"memory": {"bytes": int(sum(float(size) for size in sizes) * 2**20)}}

  def _rows(self, count: int, position: int, sequence: int, wanted: int) -> list[tuple[int, int, int, bool]]:
    """Random tokens from a position on, of which the outputs of the last `wanted` are wanted."""
    return [(self._token(), position + i, sequence, i >= count - wanted) for i in range(count)]

  def _token(self) -> int:
    return self.random.randrange(self.vocabulary_size - 8)


class _Context:
  """A context of llama.cpp, warmed up and empty."""

  def __init__(self, peer: LlamaPeer, tokens: int, sequences: int, variant: Variant, full_precision: bool = False):
    parameters = llama_cpp.llama_context_default_params()
    parameters.n_ctx = tokens
    parameters.n_batch = N_BATCH
    parameters.n_ubatch = 512
    parameters.n_seq_max = sequences
    parameters.n_threads = parameters.n_threads_batch = peer.threads
    parameters.kv_unified = variant.unified
    parameters.flash_attn_type = 1 if variant.flash else 0
    parameters.no_perf = True
    if full_precision:
      parameters.type_k = parameters.type_v = llama_cpp.GGML_TYPE_F32
    self.context = llama_cpp.llama_init_from_model(peer.model, parameters)
    if not self.context:
      raise RuntimeError(f"llama.cpp makes no context of {tokens} tokens:\n{''.join(_log[-20:])}")
    self.memory = llama_cpp.llama_get_memory(self.context)
    self.batch = llama_cpp.llama_batch_init(N_BATCH, 0, 1)
    self.vocabulary_size = peer.vocabulary_size

  def __enter__(self) -> "_Context":
    self.decode([(1, 0, 0, True), (2, 1, 0, True)])
    llama_cpp.llama_memory_clear(self.memory, False)
    return self

  def __exit__(self, *_) -> None:
    llama_cpp.llama_batch_free(self.batch)
    llama_cpp.llama_free(self.context)

  def decode(self, rows: list[tuple[int, int, int, bool]]) -> None:
    """Rows are token, position, sequence, and whether the output is wanted."""
    for start in range(0, len(rows), N_BATCH):
      part = rows[start:start + N_BATCH]
      self.batch.n_tokens = len(part)
      for i, (token, position, sequence, wanted) in enumerate(part):
        self.batch.token[i] = token
        self.batch.pos[i] = position
        self.batch.n_seq_id[i] = 1
        self.batch.seq_id[i][0] = sequence
        self.batch.logits[i] = wanted
      code = llama_cpp.llama_decode(self.context, self.batch)
      if code != 0:
        raise RuntimeError(f"llama_decode gives {code}:\n{''.join(_log[-20:])}")
    llama_cpp.llama_synchronize(self.context)

  def fork(self, candidates: int) -> None:
    """Lets all sequences begin with what sequence 0 holds."""
    for sequence in range(1, candidates):
      llama_cpp.llama_memory_seq_cp(self.memory, 0, sequence, -1, -1)

  def last_logits(self) -> numpy.ndarray:
    pointer = llama_cpp.llama_get_logits_ith(self.context, -1)
    return numpy.ctypeslib.as_array(pointer, shape=(self.vocabulary_size,)).copy()


def _seconds(work) -> float:
  start = time.perf_counter()
  work()
  return time.perf_counter() - start


def _speed(tokens: int, seconds: float) -> dict:
  return {"speed": {"tokens": tokens, "seconds": seconds}}


def description() -> str:
  return llama_cpp.llama_print_system_info().decode().strip()
