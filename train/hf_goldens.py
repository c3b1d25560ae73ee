"""Writes what the import is tested against: tiny random checkpoints of every architecture, made and saved by
`transformers`, and its own answers on 200 texts each, in float32.

    python train/hf_goldens.py          -> test/golden/hf/<model>/ and test/golden/hf/<model>.json

Texts are spans of the sentences in sentences.py, one half of them in pairs; ids come from transformers' tokenizer, so
the files hold the whole way from a text to a logit. The ways of storing differ on purpose: shards, F16, BF16, a
vocabulary without tokenizer.json.
"""
import json
import random
import shutil
from pathlib import Path

import torch
import transformers as hf
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from errors import run_main
from sentences import SENTENCES

OUT = Path(__file__).resolve().parent.parent / "test/golden/hf"
TEXTS, BATCH, POSITIONS = 200, 16, 160
BERT_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
ROBERTA_SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]


def word_pieces(folder: Path, whole: bool) -> None:
    """A small WordPiece vocabulary, as tokenizer.json or (whole false) as vocab.txt."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.train_from_iterator(SENTENCES, trainers.WordPieceTrainer(vocab_size=180, special_tokens=BERT_SPECIAL, show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
                                                             special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    if whole:
        tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    else:
        vocabulary = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
        (folder / "vocab.txt").write_text("".join(f"{token}\n" for token, _ in vocabulary))
    settings = {"tokenizer_class": "BertTokenizer", "do_lower_case": True, "model_max_length": POSITIONS}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings) + "\n")


def byte_pairs(folder: Path, whole: bool) -> None:
    """A small byte-level BPE, as tokenizer.json or (whole false) as vocab.json and merges.txt."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=320, special_tokens=ROBERTA_SPECIAL, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(SENTENCES, trainer)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    if whole:
        tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    else:
        tokenizer.model.save(str(folder))
    settings = {"tokenizer_class": "RobertaTokenizer", "model_max_length": POSITIONS}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings) + "\n")


def peaked(model: torch.nn.Module) -> torch.nn.Module:
    """Weights large enough for peaked attention: with the usual 0.02 every token would receive about the same."""
    with torch.no_grad():
        for name, p in model.named_parameters():
            if "norm" in name.lower() and name.endswith("weight"):
                p.copy_(1 + 0.2 * torch.randn_like(p))
            else:
                p.copy_(torch.randn_like(p) * (0.1 if name.endswith("bias") else 0.25))
    return model.eval()


def texts(seed: int) -> list[tuple[str, str | None]]:
    rng = random.Random(seed)

    def span(most: int) -> str:
        words = rng.choice(SENTENCES).split()
        length = min(len(words), rng.randint(1, most))
        start = rng.randrange(len(words) - length + 1)
        return " ".join(words[start:start + length])

    return [(span(14), span(8) if index % 2 else None) for index in range(TEXTS)]


def answers(model, tokenizer, examples) -> list[dict]:
    """In ragged padded batches, in order."""
    records = []
    for start in range(0, len(examples), BATCH):
        part = examples[start:start + BATCH]
        encoded = [tokenizer(a) if b is None else tokenizer(a, b) for a, b in part]
        ids = [e["input_ids"] for e in encoded]
        longest = max(map(len, ids))
        pad = lambda rows, fill, longest=longest: torch.tensor([row + [fill] * (longest - len(row)) for row in rows])
        feeds = {"input_ids": pad(ids, tokenizer.pad_token_id), "attention_mask": pad([[1] * len(row) for row in ids], 0)}
        types = [e.get("token_type_ids", [0] * len(row)) for e, row in zip(encoded, ids)]
        if getattr(model.config, "type_vocab_size", 0) > 1:
            feeds["token_type_ids"] = pad(types, 0)
        with torch.no_grad():
            logits = model(**feeds).logits
        for (a, b), row, kinds, logit in zip(part, ids, types, logits):
            record = {"text": a} | ({} if b is None else {"pair": b})
            records.append(record | {"ids": row, "typeOneFrom": kinds.index(1) if 1 in kinds else len(row),
                                     "logits": [float(f"{x:.7g}") for x in logit.tolist()]})
    return records


def shape(bert_like: bool, **more) -> dict:
    if bert_like:
        return dict(hidden_size=32, num_hidden_layers=3, num_attention_heads=4, intermediate_size=64) | more
    return dict(dim=32, n_layers=3, n_heads=4, hidden_dim=64) | more


REGRESSION = {"num_labels": 1, "problem_type": "regression"}
THREE = {"num_labels": 3, "id2label": {0: "contradiction", 1: "neutral", 2: "entailment"}}
# name: configuration class, model class, its settings, tokenizer, whether as tokenizer.json, dtype, shard size
CASES = {
    "bert": (hf.BertConfig, hf.BertForSequenceClassification, shape(True), word_pieces, True, torch.float32, None),
    "bert-regression": (hf.BertConfig, hf.BertForSequenceClassification, shape(True, hidden_act="gelu_new", **REGRESSION),
                        word_pieces, False, torch.float32, "40KB"),
    "minilm": (hf.BertConfig, hf.BertForSequenceClassification,
               shape(True, hidden_size=48, num_hidden_layers=4, num_attention_heads=12, intermediate_size=96), word_pieces, True, torch.float16, None),
    "minilm-regression": (hf.BertConfig, hf.BertForSequenceClassification,
                          shape(True, hidden_size=48, num_hidden_layers=4, num_attention_heads=12, intermediate_size=96, **REGRESSION),
                          word_pieces, True, torch.float32, None),
    "roberta": (hf.RobertaConfig, hf.RobertaForSequenceClassification, shape(True, type_vocab_size=1, layer_norm_eps=1e-5, **THREE),
                byte_pairs, False, torch.float32, None),
    "roberta-regression": (hf.RobertaConfig, hf.RobertaForSequenceClassification, shape(True, type_vocab_size=1, layer_norm_eps=1e-5, **REGRESSION),
                           byte_pairs, True, torch.bfloat16, None),
    "distilbert": (hf.DistilBertConfig, hf.DistilBertForSequenceClassification, shape(False), word_pieces, True, torch.float32, None),
    "distilbert-regression": (hf.DistilBertConfig, hf.DistilBertForSequenceClassification,
                              shape(False, activation="relu", sinusoidal_pos_embds=True, **REGRESSION), word_pieces, True, torch.float32, None),
    "electra": (hf.ElectraConfig, hf.ElectraForSequenceClassification, shape(True, embedding_size=24), word_pieces, True, torch.float32, None),
    "electra-regression": (hf.ElectraConfig, hf.ElectraForSequenceClassification, shape(True, embedding_size=32, **REGRESSION),
                           word_pieces, True, torch.float32, None),
}


def write_case(seed: int, name: str) -> None:
    config_class, model_class, settings, write_tokenizer, whole, dtype, shards = CASES[name]
    folder = OUT / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    write_tokenizer(folder, whole)
    tokenizer = hf.AutoTokenizer.from_pretrained(str(folder))
    torch.manual_seed(seed)
    roberta = config_class is hf.RobertaConfig  # counts positions from its padding id + 1
    config = config_class(vocab_size=len(tokenizer), max_position_embeddings=POSITIONS + 2 * roberta, **settings)
    model = peaked(model_class(config)).to(dtype)
    model.save_pretrained(str(folder), **({} if shards is None else {"max_shard_size": shards}))
    model = model_class.from_pretrained(str(folder), dtype=torch.float32).eval()
    records = answers(model, tokenizer, texts(seed))
    text = json.dumps({"model": name, "transformers": hf.__version__, "examples": records}, ensure_ascii=False, separators=(",", ":"))
    (OUT / f"{name}.json").write_text(text + "\n")
    lengths = [len(record["ids"]) for record in records]
    largest = max(abs(x) for record in records for x in record["logits"])
    size = sum(path.stat().st_size for path in folder.iterdir())
    print(f"{name}: {len(records)} texts of {min(lengths)} to {max(lengths)} tokens, logits up to {largest:.1f}, {size} bytes")


def main() -> None:
    torch.set_num_threads(1)
    hf.logging.set_verbosity_error()
    for seed, name in enumerate(CASES):
        write_case(seed, name)


if __name__ == "__main__":
    run_main(main)
