"""Makes small random reward models in every format that PonderVerifiers reads, and the scores they should give.

The scores are computed by transformers in float64, by code that follows the usage that each model's authors published
(named at each function) and shares nothing with Ponder. Weights are stored in half precision, and rounded to it before the
reference runs.

    pip install torch transformers tokenizers safetensors jinja2
    python make_fixtures.py

Writes a folder for each model beside this file, and `expected.json`.
"""

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    AutoTokenizer, LlamaConfig, LlamaForCausalLM, LlamaForSequenceClassification, MistralConfig, MistralForCausalLM,
    PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM, Qwen2ForSequenceClassification,
    Qwen2ForTokenClassification, Qwen2Model)

HERE = Path(__file__).parent

CORPUS = """
A baker has 24 rolls and sells 15 of them. How many rolls does the baker have left?
Step 1: The baker begins with 24 rolls. Step 2: We subtract what was sold: 24 - 15 = 9. The answer is 9.
Anna reads 12 pages a day. How many pages does Anna read in 7 days? In one week she reads 12 * 7 = 84 pages.
Therefore, the final answer is: $\\boxed{84}$. I hope it is correct.
A train needs 3 hours for 240 kilometres. How fast is the train? Its speed is 240 / 3 = 80 kilometres per hour.
First we add the numbers, then we multiply by two. The sum of the first four odd numbers is 1 + 3 + 5 + 7 = 16.
"""

# Questions, and steps with the delimiters that ended them: a solution is its steps, joined.
PROBLEMS = [
    ("A baker has 24 rolls and sells 15 of them. How many rolls are left?",
     ["The baker begins with 24 rolls.\n\n", "24 - 15 = 9.\n\n", "The answer is $\\boxed{9}$."]),
    # Ends in the delimiter: there is no fourth step.
    ("Anna reads 12 pages a day. How many pages does she read in 7 days?",
     ["## Step 1: Multiply\n12 * 7 = 84\n\n", "## Step 2: Answer\nTherefore, the final answer is: $\\boxed{84}$.\n\n"]),
    ("Was ist 1 + 3 + 5 + 7? \u2211 über vier ungerade Zahlen", ["1 + 3 = 4, dann 4 + 5 = 9\n\n", "9 + 7 = 16 \u2713"]),
    ("What is 2 * 21?", ["42"]),
]


# MARK: Tokenizers

def byte_level(special, merges=96):
    """Byte-level BPE with Llama 3's way of splitting words, as Llama 3 and Qwen2.5 have it."""
    tokenizer = Tokenizer(models.BPE())
    pattern = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
               r"|\s*[\r\n]+|\s+(?!\S)|\s+")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=256 + merges, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    # Sorted lines and a fixed trainer: the same vocabulary every time.
    tokenizer.train_from_iterator([CORPUS, "\n\n\n\n"], trainer)
    tokenizer.add_special_tokens([AddedToken(text, special=True, normalized=False) for text in special])
    return tokenizer


def sentence_piece():
    """A SentencePiece vocabulary with byte fallback in the layout of Mistral's tokenizer.json."""
    trained = Tokenizer(models.BPE(unk_token="<unk>"))
    trained.pre_tokenizer = pre_tokenizers.Metaspace(replacement="\u2581", prepend_scheme="always")
    special = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    trainer = trainers.BpeTrainer(vocab_size=420, special_tokens=special, show_progress=False)
    tags = "ки + - ки + - ки + - ки + -"
    trained.train_from_iterator([line for line in CORPUS.split("\n") if line] + [tags] * 8, trainer)
    trained = json.loads(trained.to_str())["model"]
    tokenizer = Tokenizer(models.BPE(
        trained["vocab"], [tuple(merge) for merge in trained["merges"]], unk_token="<unk>", fuse_unk=True,
        byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    tokenizer.decoder = decoders.Sequence([
        decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    tokenizer.add_special_tokens([AddedToken(text, special=True, normalized=False) for text in special[:3]])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", tokenizer.token_to_id("<s>"))])
    return tokenizer


LLAMA_SPECIAL = ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
# As Llama 3.1's own renders: a dated system header always comes first, and contents are trimmed.
LLAMA_TEMPLATE = (
    "{%- if not date_string is defined %}{%- set date_string = '26 Jul 2024' %}{%- endif %}"
    "{%- if messages[0]['role'] == 'system' %}{%- set system = messages[0]['content'] | trim %}"
    "{%- set messages = messages[1:] %}{%- else %}{%- set system = '' %}{%- endif %}"
    "{{- bos_token }}{{- '<|start_header_id|>system<|end_header_id|>\n\n' }}"
    "{{- 'Cutting Knowledge Date: December 2023\n' }}{{- 'Today Date: ' + date_string + '\n\n' }}"
    "{{- system }}{{- '<|eot_id|>' }}"
    "{%- for message in messages %}{{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'"
    " + message['content'] | trim + '<|eot_id|>' }}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{%- endif %}")

QWEN_SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
QWEN_TEMPLATE = (
    "{%- if messages[0]['role'] == 'system' %}{{- '<|im_start|>system\n' + messages[0]['content'] + '<|im_end|>\n' }}"
    "{%- else %}{{- '<|im_start|>system\nPlease reason step by step, and put your final answer within"
    " \\\\boxed{}.<|im_end|>\n' }}{%- endif %}"
    "{%- for message in messages %}{%- if message.role != 'system' or not loop.first %}"
    "{{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>' + '\n' }}{%- endif %}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}{%- endif %}")


def save_tokenizer(folder, tokenizer, bos, eos, template=None):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "tokenizer.json").write_text(json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False))
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": bos, "eos_token": eos,
              "clean_up_tokenization_spaces": False}
    if template:
        config["chat_template"] = template
    (folder / "tokenizer_config.json").write_text(json.dumps(config, ensure_ascii=False, indent=2) + "\n")
    return PreTrainedTokenizerFast.from_pretrained(folder)


# MARK: Models

SIZES = dict(hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
             max_position_embeddings=2048, rms_norm_eps=1e-5, tie_word_embeddings=False)


def make(folder, seed, model, tokenizer, architecture, extra=None, **overrides):
    """Random weights of half precision, saved under Hugging Face's names; gives the model back in float64."""
    generator = torch.Generator().manual_seed(seed)
    modules = [model] + ([extra] if extra is not None else [])
    for module in modules:
        for name, parameter in module.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            # Wide enough that scores spread over (0, 1).
            value = 1 + 0.1 * noise if "norm" in name else 0.3 * noise
            if "embed_tokens" in name:
                value = noise
            if any(part in name for part in ("lm_head", "score", "summary")):
                value = 0.5 * noise
            parameter.data = value.half().double()
        module.double().eval()
    tensors = {name: value.half().contiguous() for name, value in model.state_dict().items()
               if "rotary" not in name}
    if extra is not None:
        tensors |= {name: value.half().contiguous() for name, value in extra.state_dict().items()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    config = model.config.to_dict()
    keep = ["model_type", "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
            "num_key_value_heads", "max_position_embeddings", "rms_norm_eps", "tie_word_embeddings", "hidden_act",
            "id2label", "use_sliding_window", "sliding_window", "bos_token_id", "eos_token_id", "pad_token_id"]
    config = {key: config[key] for key in keep if key in config} | {"rope_theta": 10000.0, "architectures": [architecture]}
    config |= overrides
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    return model


def config_for(kind, tokenizer, **extra):
    return kind(vocab_size=len(tokenizer), bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id,
                rope_parameters={"rope_type": "default", "rope_theta": 10000.0}, **SIZES, **extra)


# MARK: Published usage

def rlhflow(model, tokenizer, question, steps):
    """RLHFlow/RLHF-Reward-Modeling, math-rm/prm_evaluate.py: a dialogue that grows by a step and a "+"."""
    plus, minus = tokenizer.encode("+")[-1], tokenizer.encode("-")[-1]
    conversation, scores = [], []
    for k, step in enumerate(j.strip() for j in steps):
        conversation.append({"role": "user", "content": question + " " + step if k == 0 else step})
        conversation.append({"role": "assistant", "content": "+"})
        text = tokenizer.apply_chat_template(conversation, tokenize=False)
        ids = torch.tensor([tokenizer.encode(text, add_special_tokens=False)])
        logits = model(ids).logits[:, -3, [plus, minus]]  # ids end in "+", <|eot_id|>
        scores.append(logits.softmax(dim=-1)[0, 0].item())
    return scores


def math_shepherd(model, tokenizer, question, steps):
    """peiyi9979/math-shepherd-mistral-7b-prm, model card."""
    candidates = tokenizer.encode("+ -")[1:]
    tag = tokenizer.encode("ки")[-1]
    assert len(candidates) == 2
    output = "\n".join(f"{step.strip()} ки" for step in steps)
    ids = torch.tensor([tokenizer.encode(f"{question} {output}")])
    logits = model(ids).logits[:, :, candidates]
    return logits.softmax(dim=-1)[:, :, 0][ids == tag].tolist()


def skywork(model, head, tokenizer, question, steps):
    """SkyworkAI/skywork-o1-prm-inference, model_utils/io_utils.py: every line is a step of theirs."""
    newline = tokenizer.encode("\n")[-1]
    ids = tokenizer.encode(tokenizer.bos_token + question + "\n")
    flags = [0] * len(ids)
    lines = "".join(steps).split("\n")
    for line in lines:
        line_ids = (tokenizer.encode(line) if line != "" else []) + [newline]
        flags += [0] * (len(line_ids) - 1) + [1]
        ids += line_ids
    hidden = model(torch.tensor([ids]), output_hidden_states=True).hidden_states[-1]
    rewards = torch.sigmoid(head["v_head"]["summary"](hidden)).squeeze(-1)[0]
    by_line = [rewards[i].item() for i, flag in enumerate(flags) if flag]
    # Ours: a step has the score of its last line that is not empty.
    scores, line = [], 0
    for step in steps:
        own = step.split("\n")
        if step.endswith("\n"):
            own = own[:-1]
        scores.append([by_line[line + i] for i, text in enumerate(own) if text.strip()][-1])
        line += len(own)
    return scores


def qwen_tokens(tokenizer, question, steps):
    """Qwen/Qwen2.5-Math-PRM-7B, model card."""
    messages = [
        {"role": "system", "content": "Please reason step by step, and put your final answer within \\boxed{}."},
        {"role": "user", "content": question},
        {"role": "assistant", "content": "<extra_0>".join(step.strip() for step in steps) + "<extra_0>"},
    ]
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=False)
    ids = torch.tensor([tokenizer.encode(text)])
    return ids, ids == tokenizer.encode("<extra_0>")[0]


def qwen_process(model, score, tokenizer, question, steps):
    ids, mask = qwen_tokens(tokenizer, question, steps)
    logits = score(model(ids).last_hidden_state)
    return logits.softmax(dim=-1)[mask][:, 1].tolist()


def two_class(model, tokenizer, question, steps):
    ids, mask = qwen_tokens(tokenizer, question, steps)
    return model(ids).logits.softmax(dim=-1)[mask][:, 1].tolist()


def outcome(model, tokenizer, question, steps):
    """AutoModelForSequenceClassification over the chat template, as Skywork-Reward-Llama-3.1-8B's model card."""
    conversation = [{"role": "user", "content": question}, {"role": "assistant", "content": "".join(steps)}]
    text = tokenizer.apply_chat_template(conversation, tokenize=False)
    ids = torch.tensor([tokenizer.encode(text, add_special_tokens=False)])
    return [torch.sigmoid(model(ids).logits[0, 0]).item()]


class Score(torch.nn.Module):
    """The head of Qwen2ForProcessRewardModel and Qwen2ForRewardModel, modeling_qwen2_rm.py."""

    def __init__(self, hidden, outputs):
        super().__init__()
        self.score = torch.nn.Sequential(
            torch.nn.Linear(hidden, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, outputs))


class Backbone(torch.nn.Module):
    """Names the tensors of a bare transformer `model.…`."""

    def __init__(self, config):
        super().__init__()
        self.config, self.model = config, Qwen2Model(config)


def main():
    torch.manual_seed(0)
    expected = []

    def record(name, score):
        for question, steps in PROBLEMS:
            expected.append({"model": name, "question": question, "steps": steps, "scores": score(question, steps)})

    def llama(name):
        return save_tokenizer(HERE / name, byte_level(LLAMA_SPECIAL), "<|begin_of_text|>", "<|eot_id|>", LLAMA_TEMPLATE)

    def qwen(name, *more):
        return save_tokenizer(
            HERE / name, byte_level(QWEN_SPECIAL + list(more)), "<|endoftext|>", "<|im_end|>", QWEN_TEMPLATE)

    with torch.no_grad():
        t = llama("rlhflow")
        m = make(HERE / "rlhflow", 1, LlamaForCausalLM(config_for(LlamaConfig, t)), t, "LlamaForCausalLM")
        record("rlhflow", lambda q, s, m=m, t=t: rlhflow(m, t, q, s))

        t = save_tokenizer(HERE / "math-shepherd", sentence_piece(), "<s>", "</s>")
        m = make(HERE / "math-shepherd", 2, MistralForCausalLM(config_for(MistralConfig, t, sliding_window=None)), t,
                 "MistralForCausalLM")
        record("math-shepherd", lambda q, s, m=m, t=t: math_shepherd(m, t, q, s))

        t = qwen("skywork")
        c = config_for(Qwen2Config, t)
        head = torch.nn.ModuleDict({"v_head": torch.nn.ModuleDict({"summary": torch.nn.Linear(c.hidden_size, 1)})})
        m = make(HERE / "skywork", 3, Qwen2ForCausalLM(c), t, "Qwen2ForCausalLM", extra=head)
        record("skywork", lambda q, s, m=m, t=t, h=head: skywork(m, h, t, q, s))

        t = qwen("qwen-prm", "<extra_0>")
        c = config_for(Qwen2Config, t)
        head = Score(c.hidden_size, 2)
        m = make(HERE / "qwen-prm", 4, Backbone(c), t, "Qwen2ForProcessRewardModel", extra=head)
        record("qwen-prm", lambda q, s, m=m, t=t, h=head: qwen_process(m.model, h.score, t, q, s))

        t = qwen("two-class", "<extra_0>")
        c = config_for(Qwen2Config, t, num_labels=2)
        m = make(HERE / "two-class", 5, Qwen2ForTokenClassification(c), t, "Qwen2ForTokenClassification")
        record("two-class", lambda q, s, m=m, t=t: two_class(m, t, q, s))

        t = llama("outcome-llama")
        c = config_for(LlamaConfig, t, num_labels=1)
        m = make(HERE / "outcome-llama", 6, LlamaForSequenceClassification(c), t, "LlamaForSequenceClassification")
        record("outcome-llama", lambda q, s, m=m, t=t: outcome(m, t, q, s))

        t = qwen("outcome-qwen")
        c = config_for(Qwen2Config, t, num_labels=1)
        m = make(HERE / "outcome-qwen", 7, Qwen2ForSequenceClassification(c), t, "Qwen2ForSequenceClassification")
        record("outcome-qwen", lambda q, s, m=m, t=t: outcome(m, t, q, s))

    (HERE / "expected.json").write_text(json.dumps(
        {"source": "transformers, float64, weights rounded to half precision", "cases": expected},
        ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
