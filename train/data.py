"""SST-2 and what is made of it: held-out sentences, documents composed of sentences of one label, token-budget batches.

No text is stored in the repository: --data DIR (or TOKEN_PRUNING_DATA) names a folder with sst2/train.tsv and sst2/dev.tsv.
An example is (ids, label), ids with [CLS] and [SEP]. Everything is a pure function of the files and a seed.
"""
import math
import os
import random
from pathlib import Path

import torch
from tokenizers import Tokenizer

from errors import InputError

MAX_TOKENS = 512
DOCUMENT_LENGTHS = (32, 64, 128, 256, 512)
HELD_OUT = 1000  # whole train sentences kept apart for choosing; dev is only for reporting


def data_folder(given: str | None) -> Path:
    folder = given or os.environ.get("TOKEN_PRUNING_DATA")
    if not folder:
        raise InputError("no data: pass --data DIR or set TOKEN_PRUNING_DATA (a folder with sst2/train.tsv and sst2/dev.tsv)")
    return Path(folder)


def read_sst2(path: Path) -> list[tuple[str, int]]:
    """Rows of a GLUE-style TSV. Lines end at \\n only and quotes are plain characters: csv readers get both wrong."""
    if not path.is_file():
        raise InputError(f"{path} does not exist; --data must hold sst2/train.tsv and sst2/dev.tsv")
    lines = path.read_bytes().decode("utf-8-sig").split("\n")
    header = lines[0].rstrip("\r").split("\t")
    missing = [column for column in ("sentence", "label") if column not in header]
    if missing:
        raise InputError(f"{path} has no column {missing[0]!r}; its header is {lines[0]!r}")
    text_at, label_at, rows = header.index("sentence"), header.index("label"), []
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        cells = line.rstrip("\r").split("\t")
        if len(cells) != len(header) or cells[label_at] not in ("0", "1"):
            raise InputError(f"{path} line {number}: expected {len(header)} columns with label 0 or 1")
        rows.append((cells[text_at].strip(), int(cells[label_at])))
    if not rows:
        raise InputError(f"{path} has no rows")
    return rows


def read_imdb(path: Path) -> list[tuple[str, int]]:
    """Large Movie Review Dataset as label, rating, id, text; the same question as SST-2, asked of whole reviews."""
    if not path.is_file():
        raise InputError(f"{path} does not exist; --imdb needs imdb/train.tsv in --data")
    rows = []
    for number, line in enumerate(path.read_bytes().decode("utf-8-sig").split("\n")[1:], 2):
        if not line.strip():
            continue
        cells = line.rstrip("\r").split("\t")
        if len(cells) != 4 or cells[0] not in ("0", "1"):
            raise InputError(f"{path} line {number}: expected label, rating, id and text")
        rows.append((cells[3].replace("<br />", " "), int(cells[0])))
    return rows


def whole_sentences(rows: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Train rows are phrases of sentences; one that ends a sentence and is no other row's ending looks whole."""
    backwards = sorted({text[::-1] for text, _ in rows})
    maximal = {a[::-1] for a, b in zip(backwards, backwards[1:] + [""]) if not b.startswith(a + " ")}
    seen, found = set(), []
    for text, label in rows:
        if text in maximal and text not in seen and text.endswith((".", "?", "!")) and text.count(" ") >= 4:
            seen.add(text)
            found.append((text, label))
    return found


class Corpus:
    """Tokenised SST-2: train phrases, whole train sentences, the held-out ones (with none of their phrases in train), dev."""

    def __init__(self, folder: Path, tokenizer_path: Path, seed: int, held_out: int = HELD_OUT):
        if not tokenizer_path.is_file():
            raise InputError(f"no tokenizer.json in {tokenizer_path.parent}")
        self.tokenizer = Tokenizer.from_file(str(tokenizer_path))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        rows = read_sst2(folder / "sst2/train.tsv")
        whole = whole_sentences(rows)
        random.Random(seed).shuffle(whole)
        if len(whole) <= 2 * held_out:
            raise InputError(f"{folder / 'sst2/train.tsv'}: only {len(whole)} whole sentences, need more than {2 * held_out}")
        if held_out == 0:  # the final run of settings that are chosen already: nothing is kept apart
            held = []
        else:
            held, whole = whole[:held_out], whole[held_out:]
        spans = set()
        for text, _ in held:
            words = text.split()
            spans.update(" ".join(words[i:j]) for i in range(len(words)) for j in range(i + 3, len(words) + 1))
        self.phrases = self.encode([row for row in rows if " ".join(row[0].split()) not in spans])
        self.sentences, self.held_out = self.encode(whole), self.encode(held)
        self.dev = self.encode(read_sst2(folder / "sst2/dev.tsv"))

    def reviews(self, folder: Path, count: int, seed: int, tokens: int = 126):
        """The ends of `count` random IMDB reviews, where reviewers say what they think."""
        rows = read_imdb(folder / "imdb/train.tsv")
        rows = random.Random(seed).sample(rows, min(count, len(rows)))
        return [(ids[:1] + ids[1:-1][-tokens:] + ids[-1:], label) for ids, label in self.encode(rows, cut=False)]

    def encode(self, rows, cut=True):
        encoded = self.tokenizer.encode_batch([text for text, _ in rows])
        short = lambda ids: ids if len(ids) <= MAX_TOKENS or not cut else ids[:MAX_TOKENS - 1] + ids[-1:]
        return [(short(e.ids), label) for e, (_, label) in zip(encoded, rows)]


def compose(sentences, target: int, rng: random.Random, tries: int = 12):
    """A document of whole sentences of one label, at most `target` tokens, filled until `tries` draws in a row do not fit."""
    label = rng.randrange(2)
    pool = [ids for ids, its in sentences if its == label] if not isinstance(sentences, dict) else sentences[label]
    body, used, misses = [], set(), 0
    while misses < tries:
        pick = rng.randrange(len(pool))
        inner = pool[pick][1:-1]
        if pick in used or len(body) + len(inner) + 2 > target:
            misses += 1
            continue
        used.add(pick)
        body += inner
    return ([pool[0][0], *body, pool[0][-1]], label) if body else None


def documents(sentences, targets, seed: int):
    """One document for each target length that a sentence fits into."""
    rng = random.Random(seed)
    by_label = {label: [ids for ids, its in sentences if its == label] for label in (0, 1)}
    if not all(by_label.values()):
        raise InputError("documents need sentences of both labels")
    return [made for target in targets if (made := compose(by_label, target, rng))]


def log_uniform_lengths(count: int, seed: int, low: int = 24, high: int = MAX_TOKENS) -> list[int]:
    rng = random.Random(seed)
    return [round(math.exp(rng.uniform(math.log(low), math.log(high)))) for _ in range(count)]


def pad(examples):
    """ids [B,S], mask [B,S], labels [B]."""
    S = max(len(ids) for ids, _ in examples)
    ids = torch.tensor([ids + [0] * (S - len(ids)) for ids, _ in examples])
    mask = torch.tensor([[1] * len(ids) + [0] * (S - len(ids)) for ids, _ in examples])
    return ids, mask, torch.tensor([label for _, label in examples])


def token_batches(examples, budget: int, seed: int | None = None):
    """Batches of similar lengths, each at most `budget` tokens with padding. A seed shuffles; None keeps length order."""
    examples = list(examples)
    rng = random.Random(seed)
    if seed is not None:
        rng.shuffle(examples)
    # Sorting only inside chunks keeps the batches of an epoch different from those of the next.
    chunk = len(examples) if seed is None else 8192
    batches = []
    for start in range(0, len(examples), chunk):
        current = []
        for example in sorted(examples[start:start + chunk], key=lambda e: len(e[0])):
            if current and len(example[0]) * (len(current) + 1) > budget:
                batches.append(current)
                current = []
            current.append(example)
        batches.append(current)
    if seed is not None:
        rng.shuffle(batches)
    return batches
