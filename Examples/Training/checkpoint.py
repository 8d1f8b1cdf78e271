"""Checkpoints in Hugging Face layout: written whole and then renamed, and read back."""

import json
import os
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import nn

from model import DEVICE, Llama, ModelConfiguration
from tokenizer import BEGIN, END, TURN_END, load_tokenizer, save_tokenizer


def save_checkpoint(model: Llama, tokenizer: Tokenizer, folder: Path) -> None:
  """A model with a `score` head is an outcome reward model, `LlamaForSequenceClassification`; another a language model.
  What a model has for its training only is left out."""
  c, is_outcome = model.configuration, hasattr(model, "score")
  new = folder.with_name(f".{folder.name}.new")
  shutil.rmtree(new, ignore_errors=True)
  new.mkdir(parents=True)
  begin, end, turn_end = (tokenizer.token_to_id(token) for token in (BEGIN, END, TURN_END))
  write = lambda name, value: (new / name).write_text(json.dumps(value, indent=2) + "\n")
  write("config.json", {
    "architectures": ["LlamaForSequenceClassification" if is_outcome else "LlamaForCausalLM"],
    **({"id2label": {"0": "LABEL_0"}, "label2id": {"LABEL_0": 0}, "pad_token_id": end} if is_outcome else {}),
    "attention_bias": False, "attention_dropout": 0.0,
    "bos_token_id": begin, "eos_token_id": turn_end, "head_dim": c.head_width, "hidden_act": "silu",
    "hidden_size": c.width, "initializer_range": 0.02, "intermediate_size": c.intermediate,
    "max_position_embeddings": c.context, "mlp_bias": False, "model_type": "llama",
    "num_attention_heads": c.heads, "num_hidden_layers": c.layers, "num_key_value_heads": c.kv_heads,
    "pretraining_tp": 1, "rms_norm_eps": c.norm_epsilon, "rope_scaling": None, "rope_theta": c.rope_theta,
    "tie_word_embeddings": True, "torch_dtype": "float16", "use_cache": True, "vocab_size": c.vocabulary})
  write("generation_config.json", {
    "bos_token_id": begin, "do_sample": True, "eos_token_id": [end, turn_end], "temperature": 0.8, "top_p": 1.0})
  save_tokenizer(tokenizer, new, c.context)
  weights = {name: value.detach().to("cpu", torch.float16).contiguous() for name, value in model.state_dict().items()
             if not name.startswith(getattr(model, "training_only", ()))}
  save_file(weights, new / "model.safetensors", metadata={"format": "pt"})
  (new / "model.safetensors").chmod(0o644)
  if folder.exists():
    shutil.rmtree(folder)
  os.replace(new, folder)


def load_checkpoint(folder: Path) -> tuple[Llama, Tokenizer]:
  c = json.loads((folder / "config.json").read_text())
  model = Llama(ModelConfiguration(
    width=c["hidden_size"], layers=c["num_hidden_layers"], heads=c["num_attention_heads"],
    kv_heads=c["num_key_value_heads"], intermediate=c["intermediate_size"], vocabulary=c["vocab_size"],
    context=c["max_position_embeddings"], rope_theta=c["rope_theta"], norm_epsilon=c["rms_norm_eps"]))
  weights = {name: value.float() for name, value in load_file(folder / "model.safetensors").items()}
  if "score.weight" in weights:
    model.score = nn.Linear(c["hidden_size"], 1, bias=False)
  model.load_state_dict(weights, strict=True)
  return model.eval().to(DEVICE), load_tokenizer(folder)
