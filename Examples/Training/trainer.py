"""The training loop: Muon and AdamW, a schedule, progress, and a state from which a killed run goes on."""

import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from batches import IGNORED, Batch, Batches
from model import DEVICE, Llama
from muon import Muon

MODELS = Path(__file__).parent.parent / "Models"
STATES = Path(__file__).parent / ".state"


@dataclass(frozen=True)
class Stage:
  """How a model is trained: steps, rows and tokens of a batch, and the learning rates' rise and fall."""

  steps: int
  rows: int = 48
  length: int = 256
  matrix_rate: float = 1e-3
  other_rate: float = 5e-4
  warmup: int = 50
  cooldown: float = 0.6
  """The part of the steps, the last, in which the learning rates fall linearly to zero."""
  seed: int = 1
  new_rate: float | None = None
  """Of the matrices of layers on top of those that the model began with; without one, as all others."""

  def rate(self, step: int) -> float:
    """The factor of the learning rates at a step: a short rise, a plateau, and a straight fall."""
    return min((step + 1) / self.warmup, 1.0, (1 - step / self.steps) / self.cooldown)


def optimizers(model: nn.Module, stage: Stage) -> list[torch.optim.Optimizer]:
  """Muon for the matrices of the layers, AdamW for the embedding, the norms and the heads."""
  layer = lambda name: int(name.split(".layers.")[1].split(".")[0]) if ".layers." in name else None
  parameters = [(layer(name), p) for name, p in model.named_parameters() if p.requires_grad]
  begun = getattr(model, "policy_layers", model.configuration.layers)
  old = [p for index, p in parameters if p.dim() == 2 and index is not None and index < begun]
  new = [p for index, p in parameters if p.dim() == 2 and index is not None and index >= begun]
  rest = [p for index, p in parameters if p.dim() != 2 or index is None]
  optimizers = [Muon(old, lr=stage.matrix_rate),
                torch.optim.AdamW(rest, lr=stage.other_rate, betas=(0.9, 0.95), weight_decay=0.0)]
  if new:
    optimizers.append(Muon(new, lr=stage.new_rate or stage.matrix_rate))
  for optimizer in optimizers:
    for group in optimizer.param_groups:
      group["full_rate"] = group["lr"]
  return optimizers


class Progress:
  """One line on standard error that is written over: step, loss, speed and time left."""

  def __init__(self, name: str, steps: int, done: int):
    self.name, self.steps, self.first, self.began = name, steps, done, time.time()
    self.is_terminal, self.shown = sys.stderr.isatty(), 0.0

  def show(self, done: int, loss: float) -> None:
    """At most every second on a terminal, every ten elsewhere, and at the end."""
    if done < self.steps and time.time() - self.shown < (1 if self.is_terminal else 10):
      return
    self.shown = time.time()
    pace = (time.time() - self.began) / max(1, done - self.first)
    left = int(pace * (self.steps - done))
    line = (f"{self.name}  {done}/{self.steps}  loss {loss:.4f}  {pace:.3f} s a step  "
            f"{left // 60}:{left % 60:02d} left")
    print(f"\r\x1b[K{line}" if self.is_terminal else line, end="" if self.is_terminal else "\n",
          file=sys.stderr, flush=True)

  def finish(self) -> None:
    if self.is_terminal:
      print(file=sys.stderr)


class Trainer:
  """Trains a model on batches. Every minute its state is kept, and the same command goes on from there."""

  def __init__(self, name: str, model: Llama, stage: Stage, batches: Batches,
               loss: Callable[[Llama, Tensor, Tensor], Tensor]):
    self.name, self.model, self.stage, self.batches, self.loss = name, model.to(DEVICE), stage, batches, loss
    self.optimizers = optimizers(model, stage)
    # Half as fast again, where a C++ compiler is at hand.
    self.hidden = torch.compile(model.hidden, dynamic=False) if shutil.which("g++") else model.hidden
    self.step, self.place, self.documents, self.seconds = 0, (0, 0), 0, 0.0
    self.losses: list[float] = []
    self.state = STATES / f"{name}.pt"
    if self.state.exists():
      self.resume()

  def resume(self) -> None:
    kept = torch.load(self.state, weights_only=True, map_location=DEVICE)
    self.model.load_state_dict(kept["model"])
    for optimizer, state in zip(self.optimizers, kept["optimizers"]):
      optimizer.load_state_dict(state)
    self.step, self.place, self.documents, self.seconds, self.losses = (
      kept[key] for key in ("step", "place", "documents", "seconds", "losses"))
    print(f"{self.name}: going on after step {self.step}", file=sys.stderr, flush=True)

  def keep(self) -> None:
    self.state.parent.mkdir(exist_ok=True)
    new = self.state.with_suffix(".new")
    torch.save({
      "model": self.model.state_dict(), "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
      "step": self.step, "place": self.place, "documents": self.documents, "seconds": self.seconds,
      "losses": self.losses}, new)
    os.replace(new, self.state)

  def update(self, batch: Batch) -> Tensor:
    for optimizer in self.optimizers:
      for group in optimizer.param_groups:
        group["lr"] = group["full_rate"] * self.stage.rate(self.step)
    learnt = batch.targets != IGNORED  # only these positions reach the output matrix
    loss = self.loss(self.model, self.hidden(batch.ids, batch.mask)[learnt], batch.targets[learnt])
    loss.backward()
    nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
    for optimizer in self.optimizers:
      optimizer.step()
      optimizer.zero_grad(set_to_none=True)
    return loss.detach()

  def run(self, export: Callable[[], None]) -> None:
    """Trains to the last step. `export` writes the model as it is now: every minute, and at the end."""
    progress, steps = Progress(self.name, self.stage.steps, self.step), self.stage.steps
    stream, began = self.batches.after(*self.place), time.time() - self.seconds
    losses: list[Tensor] = []  # not waited for at each step
    while self.step < steps:
      self.place, batch = next(stream)
      losses.append(self.update(batch))
      self.step += 1
      self.documents += batch.documents
      if self.step % 10 and self.step < steps:
        continue
      self.losses += torch.stack(losses).tolist()
      losses.clear()
      progress.show(self.step, self.mean_loss())
      if self.step % 500 == 0 or self.step == steps:
        print(f"step {self.step:5d}  loss {self.mean_loss():.4f}  {self.documents} documents  "
              f"{time.time() - began:.0f} s", flush=True)
      if time.time() - began - self.seconds > 60 or self.step == steps:
        self.seconds = time.time() - began
        self.keep()
        export()
    progress.finish()

  def mean_loss(self, last: int = 100) -> float:
    return sum(self.losses[-last:]) / max(1, len(self.losses[-last:]))
