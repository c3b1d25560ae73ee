"""Writes the small tokenizers of the tests, trained on the bundled reviews: byte-level/ (RoBERTa's kind, as one file),
prefixed/ (the same as vocab.json and merges.txt, with a space before every text) and cased/ (vocab.txt, WordPiece).

pip install tokenizers==0.23.3; python test/golden/tokenizer/make_folders.py
"""
import json
from pathlib import Path

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

HERE = Path(__file__).parent
REVIEWS = HERE.parents[2] / "data/reviews"


def sentences() -> list[str]:
    lines = [line for name in ("labelled.tsv", "neutral.tsv") for line in (REVIEWS / name).read_text().splitlines()[1:]]
    return [line.split("\t")[0] for line in lines] + ["Привет мир", "你好世界", "déjà vu naïve café", "😀 👍"]


def byte_level() -> None:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    trainer = trainers.BpeTrainer(
        vocab_size=900, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    tokenizer.train_from_iterator(sentences(), trainer)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), True, False)
    whole = json.loads(tokenizer.to_str())
    whole["added_tokens"][-1]["lstrip"] = True  # as in RoBERTa's own file
    write(HERE / "byte-level/tokenizer.json", json.dumps(whole, ensure_ascii=False))
    write(HERE / "prefixed/vocab.json", json.dumps(whole["model"]["vocab"], ensure_ascii=False))
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in whole["model"]["merges"]]
    write(HERE / "prefixed/merges.txt", "\n".join(["#version: 0.2", *merges, ""]))
    write(HERE / "prefixed/tokenizer_config.json", json.dumps({"add_prefix_space": True}))


def cased() -> None:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False, strip_accents=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(sentences(), trainers.WordPieceTrainer(vocab_size=900, special_tokens=special))
    words = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    write(HERE / "cased/vocab.txt", "".join(f"{word}\n" for word, _ in words))
    settings = {"do_lower_case": False, "tokenize_chinese_chars": False, "strip_accents": True}
    write(HERE / "cased/tokenizer_config.json", json.dumps(settings))


def write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text + ("" if text.endswith("\n") else "\n"))


byte_level()
cased()
