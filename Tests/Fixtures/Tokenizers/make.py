"""Makes the tokenizers of this folder and what their original implementations do with texts and with tokens.

    pip install tokenizers==0.23.3 sentencepiece==0.2.3 tiktoken==0.14.0
    python make.py

The tokenizers are trained on the English of `CORPUS`. `references.json` holds, for each of them, encodings (text to ids) and
decodings (ids to text): of whole texts, of texts cut off inside a character, and of random tokens, special ones among them.
"""

import base64
import io
import json
import random
from pathlib import Path

import sentencepiece
import tiktoken
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

HERE = Path(__file__).parent
SPECIAL = ["<|begin|>", "<|end|>", "<|turn|>"]

CORPUS = [
    "A model that thinks longer tries many ways to solve a problem and keeps the best of them.",
    "The verifier reads each step of a solution and says how likely it is to be right.",
    "When the steps are right, the answer is right; when one step is wrong, the rest is lost.",
    "She has 245 stamps and finds 138 more, so now she has 383 stamps in her two albums.",
    "They don't know what we're thinking, but I'll tell them that it's a matter of time.",
    "A search over steps takes the better half of the partial solutions and drops the worse half.",
    "Every token has a probability, and the sum of the probabilities of all tokens is one.",
    "Later the tokens are turned into text again, and no character is ever cut into halves.",
] * 4

TEXTS = [
    "", " ", "a", " a", "a ", "The answer is right.", "  two spaces  between  words  ", "She has 245 stamps.",
    "don't I'LL we're they'd", "tabs\tand\nline\n\nbreaks\r\n", "naïve café, übermäßig", "日本語 and 中文 and 한국어",
    "emoji 🦙👩‍👩‍👧 and ½ ≤ π", "e\u0301 composed and decomposed é", "1234567 12,345.67 -3e10", "\u00a0no\u2003break",
    "x = (a+b)*[c]^{d} // code", "ALL CAPS and MixedCase", "the the the the", "\u0000zero\u007f", "عربي and עברית",
    "word" * 40,
]

SPECIAL_TEXTS = [
    "<|begin|>The answer<|end|>", "a <|turn|> b", "<|turn|><|turn|>", "<|tur|>", " <|end|>  right",
]


def sequences(size, encoded, seed):
    """Ids to decode: of texts, of texts cut off, and random ones."""
    generator = random.Random(seed)
    result = [ids for ids in encoded if ids]
    result += [ids[: generator.randrange(1, len(ids))] for ids in encoded if len(ids) > 1]
    result += [ids[generator.randrange(1, len(ids)) :] for ids in encoded if len(ids) > 1]
    result += [[generator.randrange(size) for _ in range(generator.randrange(1, 13))] for _ in range(60)]
    return result


def hugging_face(name, tokenizer, seed):
    tokenizer.save(str(HERE / f"{name}.json"))
    encodings = [{"text": text, "ids": tokenizer.encode(text, add_special_tokens=False).ids} for text in TEXTS + SPECIAL_TEXTS]
    decodings = [
        {"ids": ids, "skipsSpecialTokens": skips, "text": tokenizer.decode(ids, skip_special_tokens=skips)}
        for ids in sequences(tokenizer.get_vocab_size(), [case["ids"] for case in encodings], seed)
        for skips in (False, True)
    ]
    return {"encodings": encodings, "parsesSpecialTokens": True, "decodings": decodings}


def byte_level():
    """As GPT-2 and Llama 3 have it."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=420, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(CORPUS, trainer)
    tokenizer.add_special_tokens([AddedToken(token, normalized=False) for token in SPECIAL])
    return tokenizer


def sentence_piece_model():
    """As Llama 2 has it: byte-pair merges by score, bytes for what is in no piece."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS), model_writer=model, model_type="bpe", vocab_size=420,
        byte_fallback=True, character_coverage=1.0, normalization_rule_name="identity", remove_extra_whitespaces=False,
        split_digits=True, allow_whitespace_only_pieces=True, num_threads=1, minloglevel=2)
    (HERE / "sentencepiece.model").write_bytes(model.getvalue())
    return sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())


def sentence_piece_as_json(model):
    """The same pieces in Hugging Face's spelling, converted as transformers converts Llama 2."""
    pieces = [model.id_to_piece(i) for i in range(model.get_piece_size())]
    ids = {piece: i for i, piece in enumerate(pieces)}
    merges = []
    for i, piece in enumerate(pieces):
        if model.is_control(i) or model.is_unknown(i) or model.is_byte(i):
            continue
        splits = [(piece[:k], piece[k:]) for k in range(1, len(piece)) if piece[:k] in ids and piece[k:] in ids]
        merges += sorted(splits, key=lambda pair: (ids[pair[0]], ids[pair[1]]))
    tokenizer = Tokenizer(models.BPE(ids, merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    tokenizer.add_special_tokens([AddedToken(token, normalized=False) for token in ["<unk>", "<s>", "</s>"]])
    return tokenizer


def sentence_piece(model):
    encodings = [{"text": text, "ids": model.encode(text)} for text in TEXTS]
    # SentencePiece writes control tokens as nothing; its sign for unknown tokens is no text that anyone wants.
    decodings = [
        {"ids": ids, "skipsSpecialTokens": True, "text": model.decode(ids)}
        for ids in sequences(model.get_piece_size(), [case["ids"] for case in encodings], 3)
        if model.unk_id() not in ids
    ]
    return {"encodings": encodings, "parsesSpecialTokens": False, "decodings": decodings}


def rank_file(byte_level_tokenizer):
    """The ranks of the byte-level tokenizer as tiktoken keeps them."""
    to_bytes = {character: byte for byte, character in enumerate_alphabet()}
    vocabulary = byte_level_tokenizer.get_vocab(with_added_tokens=False)
    ranks = {}
    for spelling, _ in sorted(vocabulary.items(), key=lambda item: item[1]):
        ranks[bytes(to_bytes[character] for character in spelling)] = len(ranks)
    lines = [base64.b64encode(token).decode() + f" {rank}\n" for token, rank in ranks.items()]
    folder = HERE / "tiktoken"
    folder.mkdir(exist_ok=True)
    (folder / "ranks.tiktoken").write_text("".join(lines))
    special = {token: len(ranks) + i for i, token in enumerate(SPECIAL)}
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"added_tokens_decoder": {str(i): {"content": token, "special": True} for token, i in special.items()}}))
    pattern = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
    encoding = tiktoken.Encoding("tiny", pat_str=pattern, mergeable_ranks=ranks, special_tokens=special)
    encodings = [
        {"text": text, "ids": encoding.encode(text, allowed_special="all")} for text in TEXTS + SPECIAL_TEXTS]
    decodings = [
        {"ids": ids, "skipsSpecialTokens": False, "text": encoding.decode(ids, errors="replace")}
        for ids in sequences(encoding.n_vocab, [case["ids"] for case in encodings], 4)
    ]
    return {"encodings": encodings, "parsesSpecialTokens": True, "decodings": decodings}


def enumerate_alphabet():
    """GPT-2's printable stand-ins for the 256 bytes."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [byte for byte in range(256) if byte not in printable]
    return [(byte, chr(byte)) for byte in printable] + [(byte, chr(256 + i)) for i, byte in enumerate(rest)]


def main():
    bytes_tokenizer = byte_level()
    model = sentence_piece_model()
    references = {
        "byte-level.json": hugging_face("byte-level", bytes_tokenizer, 1),
        "sentencepiece.json": hugging_face("sentencepiece", sentence_piece_as_json(model), 2),
        "sentencepiece.model": sentence_piece(model),
        "tiktoken/ranks.tiktoken": rank_file(bytes_tokenizer),
    }
    (HERE / "references.json").write_text(json.dumps(references, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
