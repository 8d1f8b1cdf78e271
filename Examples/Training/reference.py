"""Writes `reference.json` beside an exported model: what transformers, in float64, makes of it.

An independent forward pass, tokenizer and template renderer read the exported files; a port of the model can then be
tested against ids, logits and greedy tokens.
"""

import argparse
import json
import logging
import os
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from checkpoint import load_checkpoint
from problems import LEVELS, PROBLEMS, load
from tokenizer import TURN_END, encode, prompt_text

LOGIT_ROWS = 2


def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("model", type=Path)
  arguments = parser.parse_args()
  logging.disable(logging.WARNING)

  tokenizer = AutoTokenizer.from_pretrained(arguments.model)
  model = AutoModelForCausalLM.from_pretrained(arguments.model, dtype=torch.float64).eval()
  ours, our_tokenizer = load_checkpoint(arguments.model)
  cases = []
  for level in LEVELS:
    problem = next(problem for problem in load(PROBLEMS / "development.jsonl") if problem.level == level)
    messages = [{"role": "user", "content": problem.problem}]
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    ids = tokenizer(text, add_special_tokens=False).input_ids
    assert text == prompt_text(problem.problem) and ids == encode(our_tokenizer, text)
    with torch.inference_mode():
      generated = model.generate(torch.tensor([ids]), do_sample=False, max_new_tokens=160, top_p=None, temperature=None)
      greedy = generated[0, len(ids):].tolist()
      rows = model(torch.tensor([ids + greedy])).logits[0].double()
    stop = our_tokenizer.token_to_id(TURN_END)
    mine = ours.generate([ids], stop, 160)[0]
    assert mine == [token for token in greedy if token != stop], "our generation differs from that of transformers"
    kept = rows[len(ids) - 1 : len(ids) - 1 + LOGIT_ROWS]
    cases.append({
      "question": problem.problem, "prompt": text, "prompt_ids": ids, "greedy_ids": greedy,
      "greedy_text": tokenizer.decode(greedy, skip_special_tokens=True),
      "logits_from": len(ids) - 1,
      "logits": [[float(f"{value:.7g}") for value in row] for row in kept.tolist()]})
  lines = ",\n".join(json.dumps(case) for case in cases)
  (arguments.model / "reference.json").write_text(
    '{"source": "transformers, float64, from the F16 weights", "cases": [\n' + lines + "\n]}\n")
  print(f"{len(cases)} cases agree with transformers")


if __name__ == "__main__":
  main()
