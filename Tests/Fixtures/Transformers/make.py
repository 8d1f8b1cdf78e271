"""Makes the small random models of this folder, and what transformers computes with them.

    pip install torch==2.13.0 transformers==5.24.0
    python make.py

`linear-rope` is a Llama whose rotary positions are stretched linearly, `outcome-reward` a Llama that classifies a sequence,
`token-reward` a Qwen2 that classifies each token. `reference.json` in each holds tokens and the outputs in float64.
"""

import json
from pathlib import Path

import torch
from transformers import LlamaConfig, LlamaForCausalLM, LlamaForSequenceClassification, Qwen2Config
from transformers import Qwen2ForTokenClassification

HERE = Path(__file__).parent
SHAPE = dict(
    vocab_size=32, hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2,
    num_key_value_heads=1, max_position_embeddings=64, bos_token_id=1, eos_token_id=2, tie_word_embeddings=False,
    attn_implementation="eager")
LINEAR = {"rope_type": "linear", "factor": 4.0, "rope_theta": 10000.0}


def outputs(kind, config, state, tokens):
    model = kind(config).double().eval()
    model.load_state_dict(state)
    with torch.no_grad():
        return model(torch.tensor([tokens])).logits[0]


def make(name, kind, config, seed):
    torch.manual_seed(seed)
    model = kind(config)
    with torch.no_grad():
        for parameter, weight in model.named_parameters():
            # Queries and keys large enough for positions to matter.
            weight.normal_(1 if "norm" in parameter else 0, 0.1 if "norm" in parameter else 0.5)
    folder = HERE / name
    model.save_pretrained(folder)
    (folder / "model.safetensors").chmod(0o644)
    (folder / "generation_config.json").unlink(missing_ok=True)
    tokens = torch.randint(0, 32, (40,)).tolist()
    state = model.state_dict()
    expected = outputs(kind, config, state, tokens)
    rows = [[round(value, 7) for value in row] for row in torch.atleast_2d(expected).tolist()]
    (folder / "reference.json").write_text(json.dumps({"tokens": tokens, "logits": rows}, separators=(",", ":")) + "\n")
    return state, tokens, expected


def main():
    state, tokens, stretched = make("linear-rope", LlamaForCausalLM, LlamaConfig(**SHAPE, rope_parameters=LINEAR), 7)
    plain = outputs(LlamaForCausalLM, LlamaConfig(**SHAPE), state, tokens)
    assert (stretched - plain).abs().max() > 0.1 * stretched.abs().max(), "the stretch makes no difference"
    make("outcome-reward", LlamaForSequenceClassification, LlamaConfig(**SHAPE, num_labels=1, pad_token_id=0), 8)
    make("token-reward", Qwen2ForTokenClassification, Qwen2Config(**SHAPE, num_labels=2), 9)


if __name__ == "__main__":
    main()
