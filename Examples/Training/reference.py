"""Writes `reference.json` beside an exported model: what transformers, in float64, makes of it.

An independent forward pass, tokenizer and template renderer read the exported files; a port of the model can then be
tested against ids, logits and greedy tokens of a policy, greedy revisions of a reviser, the step scores of a process reward
model, or the score of an outcome reward model.
"""

import argparse
import json
import logging
import os
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification, AutoTokenizer

from checkpoint import load_checkpoint
from problems import LEVELS, PROBLEMS, Problem, load
from judging import dialogue, outcome_score, step_scores
from labels import steps_of
from tokenizer import TURN_END, encode, prompt_text
from train_reviser import INSTRUCTION, revision_prompt

LOGIT_ROWS = 2
ATTEMPTS = 3


def rounded(values: list[float]) -> list[float]:
  return [float(f"{value:.7g}") for value in values]


def policy_case(folder: Path, tokenizer, model, problem: Problem) -> dict:
  """Prompt, greedy completion, and the logits that predict its first tokens."""
  messages = [{"role": "user", "content": problem.problem}]
  text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
  ids = tokenizer(text, add_special_tokens=False).input_ids
  ours, our_tokenizer = load_checkpoint(folder)
  assert text == prompt_text(problem.problem) and ids == encode(our_tokenizer, text)
  generated = model.generate(torch.tensor([ids]), do_sample=False, max_new_tokens=160, top_p=None, temperature=None)
  greedy = generated[0, len(ids):].tolist()
  stop = our_tokenizer.token_to_id(TURN_END)
  assert ours.generate([ids], stop, 160)[0] == [token for token in greedy if token != stop]
  rows = model(torch.tensor([ids + greedy])).logits[0, len(ids) - 1 :][:LOGIT_ROWS]
  return {
    "question": problem.problem, "prompt": text, "prompt_ids": ids, "greedy_ids": greedy,
    "greedy_text": tokenizer.decode(greedy, skip_special_tokens=True), "logits_from": len(ids) - 1,
    "logits": [rounded(row) for row in rows.tolist()]}


def revision_case(folder: Path, tokenizer, model, problem: Problem) -> dict:
  """Greedy attempts, each behind the one before it."""
  question, attempts = {"role": "user", "content": problem.problem}, []
  for _ in range(ATTEMPTS):
    behind = attempts[-1] if attempts else None
    messages = [question] if behind is None else [
      question, {"role": "assistant", "content": behind}, {"role": "user", "content": INSTRUCTION}]
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    assert text == revision_prompt(problem.problem, behind)
    ids = tokenizer(text, add_special_tokens=False).input_ids
    generated = model.generate(torch.tensor([ids]), do_sample=False, max_new_tokens=160, top_p=None, temperature=None)
    attempts.append(tokenizer.decode(generated[0, len(ids):], skip_special_tokens=True))
  return {"question": problem.problem, "attempts": attempts}


def with_slip(solution: str) -> str:
  """The solution with its last equation wrong by one."""
  *steps, equation, answer = solution.split("\n\n")
  left, result = equation.split("=")
  return "\n\n".join([*steps, f"{left}={int(result) + 1}", answer])


def reward_case(folder: Path, tokenizer, model, problem: Problem, solution: str) -> dict:
  """The dialogue of a solution, where its labels are predicted, and the probability of "+" there."""
  steps = steps_of(solution)
  messages = []
  for index, step in enumerate(steps):
    messages.append({"role": "user", "content": f"{problem.problem} {step}" if index == 0 else step})
    messages.append({"role": "assistant", "content": "+"})
  text = tokenizer.apply_chat_template(messages, tokenize=False)
  ids = tokenizer(text, add_special_tokens=False).input_ids
  ours, our_tokenizer = load_checkpoint(folder)
  ends = [len(encode(our_tokenizer, piece)) for piece in dialogue(problem.problem, steps)]
  positions = [sum(ends[: count + 1]) - 1 for count in range(len(ends))]
  assert text.startswith("".join(dialogue(problem.problem, steps)))
  signs = [encode(our_tokenizer, sign)[0] for sign in "+-"]
  scores = model(torch.tensor([ids])).logits[0, positions][:, signs].softmax(-1)[:, 0].tolist()
  assert all(abs(a - b) < 1e-4 for a, b in zip(scores, step_scores(ours, our_tokenizer, problem, solution)))
  return {"question": problem.problem, "steps": steps, "ids": ids, "positions": positions, "scores": rounded(scores)}


def outcome_case(folder: Path, tokenizer, model, problem: Problem, solution: str) -> dict:
  """The ids of question and solution as a chat that is over, and the probability that the solution is right."""
  messages = [{"role": "user", "content": problem.problem}, {"role": "assistant", "content": solution}]
  ids = tokenizer(tokenizer.apply_chat_template(messages, tokenize=False), add_special_tokens=False).input_ids
  score = model(torch.tensor([ids])).logits[0, 0].sigmoid().item()
  assert abs(score - outcome_score(*load_checkpoint(folder), problem, solution)) < 1e-4
  return {"question": problem.problem, "solution": solution, "ids": ids, "score": rounded([score])[0]}


@torch.inference_mode()
def main() -> None:
  parser = argparse.ArgumentParser(description=__doc__)
  parser.add_argument("model", type=Path)
  arguments = parser.parse_args()
  logging.disable(logging.WARNING)
  folder = arguments.model

  tokenizer = AutoTokenizer.from_pretrained(folder)
  is_outcome = "SequenceClassification" in (folder / "config.json").read_text()
  kind = AutoModelForSequenceClassification if is_outcome else AutoModelForCausalLM
  model = kind.from_pretrained(folder, dtype=torch.float64).eval()
  problems = load(PROBLEMS / "development.jsonl")
  # The hardest first: there samples differ.
  firsts = [next(problem for problem in problems if problem.level == level) for level in reversed(LEVELS)]
  if is_outcome or "-prm-" in folder.name:
    case = outcome_case if is_outcome else reward_case
    cases = [case(folder, tokenizer, model, problem, solution)
             for problem in firsts for solution in (problem.solution, with_slip(problem.solution))]
  else:
    case = revision_case if "-reviser-" in folder.name else policy_case
    cases = [case(folder, tokenizer, model, problem) for problem in firsts]
  lines = ",\n".join(json.dumps(case) for case in cases)
  new = folder / ".reference.json.new"
  new.write_text('{"source": "transformers, float64, from the F16 weights", "cases": [\n' + lines + "\n]}\n")
  os.replace(new, folder / "reference.json")
  print(f"{len(cases)} cases agree with transformers")


if __name__ == "__main__":
  main()
