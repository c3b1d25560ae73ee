"""The tasks that any-strength points are trained on, as one fixed list of examples each, and the dense model's logits on them.

    sst2   phrases and whole sentences, composed documents, some whole IMDB reviews     dev: 872 sentences
    imdb   whole reviews, cut to 512 tokens                                              dev: 2,000 reviews
    mrpc   sentence pairs                                                                dev: 408 pairs

An epoch draws from each source as many examples as the task says. Examples have a fixed place in the list, so that the
dense model reads each of them once: `teacher_logits` keeps its answers on disk.
"""
import hashlib
import os
import random
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from data import MAX_TOKENS, Corpus, documents, log_uniform_lengths, read_imdb, token_batches
from errors import InputError
from model import load_model, weights_file
from strength import removed_pass

CHUNK = 2000  # examples a teacher file: what a kill costs at most


class Example(NamedTuple):
    ids: list[int]  # with [CLS] and [SEP]
    label: int
    second: int  # where the second text of a pair begins; len(ids) without one
    place: int  # in Task.train


@dataclass(frozen=True)
class Task:
    name: str
    labels: tuple[str, str]
    train: list[Example]
    sources: list[tuple[list[int], int]]  # places of each source, and how many of them an epoch draws
    held_out: list[Example]  # for choosing; in no epoch
    dev: list[Example]  # for reporting only


def whole(pairs, start: int = 0) -> list[Example]:
    return [Example(ids, label, len(ids), start + i) for i, (ids, label) in enumerate(pairs)]


def sst2(folder: Path, tokenizer: Path, held_out: int) -> Task:
    corpus = Corpus(folder, tokenizer, 1, held_out)
    reviews = random.Random(1).sample(read_imdb(folder / "imdb/train.tsv"), 600) if (folder / "imdb/train.tsv").is_file() else []
    composed = documents(corpus.sentences, log_uniform_lengths(1200, 1), 1)
    train, sources = [], []
    for pairs, epoch in ((corpus.sentences, len(corpus.sentences)), (corpus.phrases, 12_000), (composed, 300), (corpus.encode(reviews), 100)):
        sources.append((list(range(len(train), len(train) + len(pairs))), epoch))
        train += whole(pairs, len(train))
    return Task("sst2", ("negative", "positive"), train, sources, whole(corpus.held_out), whole(corpus.dev))


def open_tokenizer(path: Path) -> Tokenizer:
    if not path.is_file():
        raise InputError(f"no tokenizer.json in {path.parent}")
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def imdb(folder: Path, tokenizer: Path, held_out: int) -> Task:
    tokenizer = open_tokenizer(tokenizer)

    def encode(rows):
        ids = [e.ids for e in tokenizer.encode_batch([text for text, _ in rows])]
        return [(i if len(i) <= MAX_TOKENS else i[:MAX_TOKENS - 1] + i[-1:], label) for i, (_, label) in zip(ids, rows)]

    rows = read_imdb(folder / "imdb/train.tsv")
    random.Random(1).shuffle(rows)
    train = whole(encode(rows[held_out:]))
    return Task("imdb", ("negative", "positive"), train, [(list(range(len(train))), len(train))], whole(encode(rows[:held_out])),
                whole(encode(read_imdb(folder / "imdb/dev.tsv"))))


def read_mrpc(path: Path) -> list[tuple[str, str, int]]:
    if not path.is_file():
        raise InputError(f"{path} does not exist; --data must hold mrpc/train.tsv and mrpc/dev.tsv")
    rows = []
    for number, line in enumerate(path.read_bytes().decode("utf-8-sig").split("\n")[1:], 2):
        cells = line.rstrip("\r").split("\t")
        if cells == [""]:
            continue
        if len(cells) != 5 or cells[0] not in ("0", "1"):
            raise InputError(f"{path} line {number}: expected Quality (0 or 1), two ids and two sentences")
        rows.append((cells[3], cells[4], int(cells[0])))
    return rows


def mrpc(folder: Path, tokenizer: Path, held_out: int) -> Task:
    tokenizer = open_tokenizer(tokenizer)

    def encode(rows):
        encoded = tokenizer.encode_batch([(a, b) for a, b, _ in rows])
        return [Example(e.ids, label, e.type_ids.index(1), i) for i, (e, (_, _, label)) in enumerate(zip(encoded, rows))]

    rows = read_mrpc(folder / "mrpc/train.tsv")
    random.Random(1).shuffle(rows)
    train = encode(rows[held_out:])
    return Task("mrpc", ("not_equivalent", "equivalent"), train, [(list(range(len(train))), len(train))], encode(rows[:held_out]),
                encode(read_mrpc(folder / "mrpc/dev.tsv")))


TASKS = {"sst2": (sst2, 500), "imdb": (imdb, 200), "mrpc": (mrpc, 300)}  # with the number of held-out examples


def open_task(name: str, folder: Path, tokenizer: Path) -> Task:
    make, held_out = TASKS[name]
    return make(folder, tokenizer, held_out)


def epoch(task: Task, seed: int) -> list[Example]:
    rng = random.Random(seed)
    return [task.train[place] for places, count in task.sources for place in rng.sample(places, min(count, len(places)))]


def collate(examples: list[Example], device: str = "cpu"):
    """ids [B,S], mask [B,S], types [B,S], labels [B], places [B]."""
    S = max(len(e.ids) for e in examples)
    ids = torch.tensor([e.ids + [0] * (S - len(e.ids)) for e in examples], device=device)
    lengths, second = (torch.tensor(v, device=device)[:, None] for v in ([len(e.ids) for e in examples], [e.second for e in examples]))
    column = torch.arange(S, device=device)
    mask = column < lengths
    return (ids, mask.long(), (mask & (column >= second)).long(), torch.tensor([e.label for e in examples], device=device),
            torch.tensor([e.place for e in examples]))


def teacher_key(weights: bytes, examples: list[Example]) -> str:
    """Of the dense model's weights and of every token that it reads, cut as it is: other weights, data or lengths, another file."""
    digest = hashlib.sha256(hashlib.sha256(weights).digest())
    for e in examples:
        digest.update(torch.tensor([len(e.ids), e.second, *e.ids], dtype=torch.int32).numpy().tobytes())
    return digest.hexdigest()[:24]


@torch.no_grad()
def teacher_logits(base: Path, examples: list[Example], folder: Path, device: str = "cpu", announce=print) -> torch.Tensor:
    """[n, labels] of the dense model in float32, from disk where they are; a chunk at a time, so that a kill costs little."""
    content = weights_file(base).read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    model, chunks = None, []
    for start in range(0, len(examples), CHUNK):
        chunk = [e._replace(place=i) for i, e in enumerate(examples[start:start + CHUNK])]
        path = folder / f"{teacher_key(content, chunk)}.safetensors"
        if not path.is_file():
            model = model or load_model(base).eval().to(device)
            logits = torch.empty(len(chunk), model.shape.labels)
            for batch in token_batches(chunk, 8192):
                ids, mask, types, _, places = collate(batch, device)
                logits[places] = removed_pass(model, ids, mask, types).logits.cpu()
            partial = path.with_suffix(f".{os.getpid()}")
            save_file({"logits": logits}, str(partial))
            os.replace(partial, path)
            announce(f"teacher: {start + len(chunk)} of {len(examples)} texts")
        chunks.append(load_file(str(path))["logits"])
    return torch.cat(chunks)
