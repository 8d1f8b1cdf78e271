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

  def __init__(self, path: str, threads: int, micro_batch: int = 512, seed: int = 1):
    llama_cpp.llama_log_set(_callback, ctypes.c_void_p(0))
    llama_cpp.llama_backend_init()
    parameters = llama_cpp.llama_model_default_params()
    self.model = llama_cpp.llama_model_load_from_file(path.encode(), parameters)
    if not self.model:
      raise RuntimeError(f"llama.cpp cannot load {path}:\n{''.join(_log[-20:])}")
    self.vocabulary = llama_cpp.llama_model_get_vocab(self.model)
    self.vocabulary_size = llama_cpp.llama_vocab_n_tokens(self.vocabulary)
    self.threads = threads
    self.micro_batch = micro_batch
    self.random = random.Random(seed)

  def close(self) -> None:
    llama_cpp.llama_model_free(self.model)

  def session(self, workload: str, variant: Variant, shares_prompt: bool = True) -> "Session":
    """A workload made ready, to be run several times."""
    kind, *numbers = workload.split("-")
    numbers = [int(number) for number in numbers]
    match kind:
      case "prefill": return Prefill(self, variant, *numbers)
      case "decode": return Decoding(self, variant, *numbers)
      case "score": return Scoring(self, variant, *numbers, shares_prompt)
      case "memory": return Memory(self, variant, *numbers)
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

  def rows(self, count: int, position: int, sequence: int, wanted: int) -> list[tuple[int, int, int, bool]]:
    """Random tokens from a position on, of which the outputs of the last `wanted` are wanted."""
    return [(self.token(), position + i, sequence, i >= count - wanted) for i in range(count)]

  def token(self) -> int:
    return self.random.randrange(self.vocabulary_size - 8)


# Workloads

class Session:
  """A workload in a context of its own, with all done beforehand that is not to be timed."""

  def __init__(self, peer: LlamaPeer, variant: Variant, tokens: int, sequences: int):
    self.peer, self.variant = peer, variant
    self.context = _Context(peer, tokens, sequences, variant)

  def __enter__(self) -> "Session":
    self.context.__enter__()
    self.prepare()
    return self

  def __exit__(self, *error) -> None:
    self.context.__exit__(*error)

  def prepare(self) -> None:
    """What no run is timed for."""

  def run(self) -> dict:
    """One run, as ponder-bench reports it."""
    raise NotImplementedError


class Prefill(Session):

  def __init__(self, peer: LlamaPeer, variant: Variant, count: int):
    super().__init__(peer, variant, count, 1)
    self.count = count

  def run(self) -> dict:
    self.context.clear()
    rows = self.peer.rows(self.count, 0, 0, wanted=1)
    return _speed(self.count, _seconds(lambda: self.context.decode(rows)))


class Decoding(Session):

  def __init__(self, peer: LlamaPeer, variant: Variant, candidates: int, prompt: int, generated: int):
    steps = generated + 1
    tokens = prompt + candidates * steps if variant.unified else candidates * (prompt + steps)
    super().__init__(peer, variant, tokens, candidates)
    self.candidates, self.prompt, self.generated = candidates, prompt, generated

  def prepare(self) -> None:
    self.context.decode(self.peer.rows(self.prompt - 1, 0, 0, wanted=0))
    self.context.fork(self.candidates)
    # Carries out the copies that `fork` only notes.
    self._step(self.prompt - 1)

  def run(self) -> dict:
    self.context.forget(self.candidates, self.prompt)

    def steps() -> None:
      for position in range(self.prompt, self.prompt + self.generated):
        self._step(position)

    return _speed(self.candidates * self.generated, _seconds(steps))

  def _step(self, position: int) -> None:
    self.context.decode([(self.peer.token(), position, sequence, True) for sequence in range(self.candidates)])


class Scoring(Session):

  def __init__(
    self, peer: LlamaPeer, variant: Variant, candidates: int, prompt: int, answer: int, shares_prompt: bool):
    shared = shares_prompt and variant.unified
    tokens = prompt + candidates * answer if shared else candidates * (prompt + answer)
    super().__init__(peer, variant, tokens, candidates)
    self.candidates, self.prompt, self.answer, self.shares_prompt = candidates, prompt, answer, shares_prompt

  def run(self) -> dict:
    self.context.clear()
    # As many as there are to be known, however many are computed: seconds are what is compared.
    return _speed(self.prompt + self.candidates * self.answer, _seconds(self._read))

  def _read(self) -> None:
    if not self.shares_prompt:
      for i in range(self.candidates):
        self.context.decode(self.peer.rows(self.prompt + self.answer, 0, i, wanted=1))
      return
    self.context.decode(self.peer.rows(self.prompt, 0, 0, wanted=0))
    self.context.fork(self.candidates)
    self.context.decode(
      [row for i in range(self.candidates) for row in self.peer.rows(self.answer, self.prompt, i, wanted=1)])


class Memory(Session):

  def __init__(self, peer: LlamaPeer, variant: Variant, candidates: int, prompt: int, generated: int):
    tokens = prompt + candidates * generated if variant.unified else candidates * (prompt + generated)
    _log.clear()
    super().__init__(peer, variant, tokens, candidates)
    sizes = re.findall(r"KV buffer size =\s*([\d.]+) MiB", "".join(_log))
    self.bytes = int(sum(float(size) for size in sizes) * 2**20)

  def run(self) -> dict:
    return {"memory": {"bytes": self.bytes}}


class _Context:
  """A context of llama.cpp, warmed up and empty."""

  def __init__(self, peer: LlamaPeer, tokens: int, sequences: int, variant: Variant, full_precision: bool = False):
    parameters = llama_cpp.llama_context_default_params()
    parameters.n_ctx = tokens
    parameters.n_batch = N_BATCH
    parameters.n_ubatch = peer.micro_batch
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
    self.clear()
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

  def clear(self) -> None:
    llama_cpp.llama_memory_clear(self.memory, False)

  def forget(self, sequences: int, position: int) -> None:
    """Takes away what sequences hold from a position on."""
    for sequence in range(sequences):
      llama_cpp.llama_memory_seq_rm(self.memory, sequence, position, -1)

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
