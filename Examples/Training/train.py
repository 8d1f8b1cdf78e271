"""Trains a policy by supervised learning on generated problems and exports it."""

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from batches import IGNORED, batches, encoded_documents
from checkpoint import load_checkpoint, save_checkpoint
from evaluate import report
from model import Llama, ModelConfiguration
from problems import Exclusion, PROBLEMS, generate, held_out, load
from tokenizer import SPECIAL_TOKENS, TURN_END, prompt_text, train_tokenizer

MODELS = Path(__file__).parent.parent / "Models"
VOCABULARY = 608


@dataclass(frozen=True)
class Recipe:
  model: ModelConfiguration
  steps: int
  rows: int = 24
  length: int = 256
  learning_rate: float = 3e-3
  warmup: int = 100
  seed: int = 1


RECIPES = {
  "arithmetic-0.8M": Recipe(ModelConfiguration(128, 4, 4, 2, 352, VOCABULARY), steps=2600),
  "arithmetic-0.16M": Recipe(ModelConfiguration(64, 3, 4, 2, 128, VOCABULARY), steps=2600),
}


def learning_rate(recipe: Recipe, step: int) -> float:
  """A short rise, then linearly to zero."""
  return recipe.learning_rate * min((step + 1) / recipe.warmup, 1 - step / recipe.steps)


def optimizers(model: nn.Module, rate: float) -> list[torch.optim.Optimizer]:
  """Muon for the matrices of the layers, AdamW for the embedding and the norms."""
  matrices = [p for name, p in model.named_parameters() if p.dim() == 2 and "embed" not in name]
  rest = [p for name, p in model.named_parameters() if p.dim() != 2 or "embed" in name]
  return [
    torch.optim.Muon(matrices, lr=rate, momentum=0.95, weight_decay=0.0, adjust_lr_fn="match_rms_adamw"),
    torch.optim.AdamW(rest, lr=rate, betas=(0.9, 0.95), weight_decay=0.0),
  ]


def loss_of(model: Llama, ids: Tensor, targets: Tensor, mask: Tensor) -> Tensor:
  """Mean cross-entropy over the targets; only their positions reach the output matrix."""
  learnt = targets != IGNORED
  return F.cross_entropy(model.logits(model.hidden(ids, mask)[learnt]), targets[learnt])


def train(model: Llama, recipe: Recipe, stream, save) -> tuple[float, int]:
  """Returns the mean loss of the last hundred steps and the number of documents seen."""
  optimizing = optimizers(model, recipe.learning_rate)
  began, documents, losses = time.time(), 0, []
  for step, (ids, targets, mask, count) in zip(range(recipe.steps), stream):
    for optimizer in optimizing:
      for group in optimizer.param_groups:
        group["lr"] = learning_rate(recipe, step)
    loss = loss_of(model, ids, targets, mask)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    for optimizer in optimizing:
      optimizer.step()
      optimizer.zero_grad(set_to_none=True)
    documents += count
    losses.append(loss.item())
    if (step + 1) % 50 == 0 or step + 1 == recipe.steps:
      spent = time.time() - began
      print(f"step {step + 1:5d}/{recipe.steps}  loss {sum(losses[-50:]) / len(losses[-50:]):.4f}  "
            f"{documents} problems  {spent:.0f} s  {(step + 1) * recipe.rows * recipe.length / spent:.0f} tokens/s",
            flush=True)
    if (step + 1) % 500 == 0:
      save()
  return sum(losses[-100:]) / len(losses[-100:]), documents


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("--config", choices=RECIPES, required=True)
  parser.add_argument("--steps", type=int, help="instead of the recipe's")
  parser.add_argument("--output", type=Path, help="instead of Examples/Models/CONFIG")
  parser.add_argument("--threads", type=int, default=1)
  arguments = parser.parse_args()
  recipe = RECIPES[arguments.config]
  if arguments.steps:
    recipe = Recipe(**{**recipe.__dict__, "steps": arguments.steps})
  folder = arguments.output or MODELS / arguments.config
  torch.set_num_threads(arguments.threads)
  torch.manual_seed(recipe.seed)

  tokenizer = train_tokenizer(VOCABULARY, recipe.seed)
  assert tokenizer.get_vocab_size() == VOCABULARY
  model = Llama(recipe.model)
  print(f"{arguments.config}: {model.parameter_count} parameters", flush=True)
  texts = ((prompt_text(p.problem), p.solution + TURN_END) for p in generate(recipe.seed, Exclusion(held_out())))
  padding = tokenizer.token_to_id(SPECIAL_TOKENS[1])
  stream = batches(encoded_documents(texts, tokenizer, recipe.length), recipe.rows, recipe.length, padding, recipe.seed)
  loss, documents = train(model, recipe, stream, lambda: save_checkpoint(model, tokenizer, folder))
  save_checkpoint(model, tokenizer, folder)
  print(f"trained on {documents} problems, loss {loss:.4f}", flush=True)
  report(*load_checkpoint(folder), load(PROBLEMS / "development.jsonl"))


if __name__ == "__main__":
  main()
