"""Gives an encoder a classification (or regression) head, fitted on labelled texts of your own.

    python train/head.py --encoder DIR --task-file my.tsv --text-column sentence --label-column label --out DIR2

The encoder stays as it is: every text goes through it once, and the head (dense, activation, projection, on the first
token) is fitted on what comes out, which takes minutes on two cores. --steps N then fine-tunes all weights for N steps.
DIR2 is an ordinary Hugging Face folder; `npm run models -- import DIR2` takes it. BERT, RoBERTa, DistilBERT and ELECTRA.

The file is TSV with a header, or JSONL. A tenth of it is held out, or --dev-file is used: the accuracy that is printed is
of texts that nothing was fitted on.
"""
import argparse
import json
import math
import random
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
import transformers as hf

from errors import InputError, run_main

TOKENIZER_FILES = ("tokenizer.json", "vocab.txt", "vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json")
FEATURE_BATCH, HEAD_BATCH, HEAD_EPOCHS, HEAD_STEPS, HEAD_RATE = 64, 128, 20, 600, 1e-3  # epochs, or more for so many steps
TUNE_BATCH, TUNE_RATE = 32, 3e-5


@dataclass
class Example:
    text: str
    pair: str | None
    label: str


def read_examples(path: Path, text: str, label: str, pair: str | None) -> list[Example]:
    """Rows of a TSV (lines end at \\n only, quotes are plain characters) or of a JSONL file."""
    if not path.is_file():
        raise InputError(f"{path} does not exist")
    lines = path.read_bytes().decode("utf-8-sig").split("\n")
    if path.suffix in (".jsonl", ".json"):
        rows = [(number, parse(path, number, line)) for number, line in enumerate(lines, 1) if line.strip()]
    else:
        header = lines[0].rstrip("\r").split("\t")
        rows = [(number, dict(zip(header, line.rstrip("\r").split("\t")))) for number, line in enumerate(lines[1:], 2) if line.strip()]
    wanted = [column for column in (text, label, pair) if column is not None]
    for number, row in rows:
        missing = [column for column in wanted if str(row.get(column) if row.get(column) is not None else "").strip() == ""]
        if missing:
            raise InputError(f"{path} line {number}: nothing in column {missing[0]!r}; there are {', '.join(map(repr, row))}")
    if not rows:
        raise InputError(f"{path} has no rows")
    return [Example(str(row[text]).strip(), str(row[pair]).strip() if pair else None, str(row[label]).strip()) for _, row in rows]


def parse(path: Path, number: int, line: str) -> dict:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(f"{path} line {number}: {error}") from None
    if not isinstance(row, dict):
        raise InputError(f"{path} line {number} is not an object")
    return row


def label_values(examples: list[Example]) -> list[str]:
    """In numeric order where all are numbers, else in that of the alphabet."""
    values = set(example.label for example in examples)
    if len(values) < 2:
        raise InputError(f"the label column holds one value only, {values.pop()!r}")
    if len(values) > 100:
        raise InputError(f"{len(values)} different labels: is it a regression (--regression), or another column?")
    return sorted(values, key=lambda v: (0, float(v), v) if re.fullmatch(r"-?\d+(\.\d+)?", v) else (1, 0.0, v))


def targets(examples: list[Example], labels: list[str] | None) -> torch.Tensor:
    """[n]: class indices, or values with labels None."""
    try:
        if labels is None:
            return torch.tensor([float(example.label) for example in examples])
        return torch.tensor([labels.index(example.label) for example in examples])
    except ValueError as error:
        raise InputError(f"a label that cannot be used: {error}") from None


def load(folder: Path, labels: list[str] | None, names: list[str] | None):
    if not (folder / "config.json").is_file():
        raise InputError(f"no config.json in {folder}")
    shown = names or labels
    about = {"num_labels": 1, "problem_type": "regression"} if labels is None else {"num_labels": len(labels)}
    if labels is not None:
        about |= {"id2label": dict(enumerate(shown)), "label2id": {name: i for i, name in enumerate(shown)}}
    try:
        tokenizer = hf.AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
        model = hf.AutoModelForSequenceClassification.from_pretrained(
            str(folder), local_files_only=True, dtype=torch.float32, ignore_mismatched_sizes=True, **about)
    except (OSError, ValueError) as error:
        raise InputError(f"{folder}: {str(error).strip().splitlines()[0]}") from None
    return tokenizer, model


def head_of(model):
    """The head as a function of the first token's state [n, d] -> [n, labels], and its modules."""
    kind = model.config.model_type
    if kind == "bert":
        pooler = model.bert.pooler.dense
        return (lambda h: model.classifier(torch.tanh(pooler(h)))), [pooler, model.classifier]
    if kind == "distilbert":
        return (lambda h: model.classifier(F.relu(model.pre_classifier(h)))), [model.pre_classifier, model.classifier]
    if kind in ("roberta", "electra"):
        return (lambda h: model.classifier(h[:, None])), [model.classifier]
    raise InputError(f"model_type {kind!r} is not supported: bert, roberta, distilbert, electra")


def batches(tokenizer, examples: list[Example], order: list[int], size: int, most: int):
    """(indices, tensors), each padded to its longest."""
    for start in range(0, len(order), size):
        part = order[start:start + size]
        pairs = None if examples[0].pair is None else [examples[i].pair for i in part]
        yield part, tokenizer([examples[i].text for i in part], pairs, truncation=True, max_length=most, padding=True, return_tensors="pt")


def features(model, tokenizer, examples: list[Example], most: int, what: str) -> torch.Tensor:
    """[n, d], the first token's last state; texts of like length side by side."""
    model.eval()
    order = sorted(range(len(examples)), key=lambda i: len(examples[i].text) + len(examples[i].pair or ""))
    states = torch.empty(len(examples), model.config.hidden_size)
    began = shown = time.time()
    with torch.inference_mode():
        for done, (part, feeds) in enumerate(batches(tokenizer, examples, order, FEATURE_BATCH, most), 1):
            states[part] = model.base_model(**feeds)[0][:, 0]
            if time.time() - shown > 10:
                shown = time.time()
                print(f"  {what}: {min(done * FEATURE_BATCH, len(examples))} of {len(examples)} texts, {shown - began:.0f} s", flush=True)
    return states.clone()


def loss_of(logits: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    return F.mse_loss(logits.squeeze(-1), wanted) if wanted.is_floating_point() else F.cross_entropy(logits, wanted)


def fit_head(model, states: torch.Tensor, wanted: torch.Tensor, seed: int) -> None:
    head, modules = head_of(model)
    parameters = [p for module in modules for p in module.parameters()]
    generator = torch.Generator().manual_seed(seed)
    each = math.ceil(len(states) / HEAD_BATCH)
    epochs = max(HEAD_EPOCHS, math.ceil(HEAD_STEPS / each))
    optimizer = torch.optim.AdamW(parameters, lr=HEAD_RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / (epochs * each))
    for _ in range(epochs):
        for part in torch.randperm(len(states), generator=generator).split(HEAD_BATCH):
            optimizer.zero_grad()
            loss_of(head(F.dropout(states[part], 0.1)), wanted[part]).backward()
            optimizer.step()
            schedule.step()


def fine_tune(model, tokenizer, examples: list[Example], wanted: torch.Tensor, steps: int, most: int, seed: int) -> None:
    model.train()
    rng = random.Random(seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=TUNE_RATE, weight_decay=0.01)
    warm = max(1, steps // 10)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min((s + 1) / warm, (steps - s) / max(1, steps - warm)))
    began = time.time()
    for step in range(1, steps + 1):
        order = rng.sample(range(len(examples)), min(TUNE_BATCH, len(examples)))
        ((part, feeds),) = batches(tokenizer, examples, order, TUNE_BATCH, most)
        optimizer.zero_grad()
        loss = loss_of(model(**feeds).logits, wanted[part])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 50 == 0 or step == steps:
            print(f"  step {step} of {steps}: loss {loss.item():.3f}, {time.time() - began:.0f} s", flush=True)
    model.eval()


def wilson(right: int, n: int) -> tuple[float, float]:
    z, p = 1.959964, right / n
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def judged(model, states: torch.Tensor, wanted: torch.Tensor) -> str:
    """The held-out result, of states that this very model made."""
    with torch.inference_mode():
        logits = head_of(model)[0](states)
    if wanted.is_floating_point():
        correlation = torch.corrcoef(torch.stack([logits.squeeze(-1), wanted]))[0, 1].item()
        return f"Pearson correlation {correlation:.3f} on {len(wanted)} held-out texts"
    right = int((logits.argmax(-1) == wanted).sum())
    low, high = wilson(right, len(wanted))
    return f"accuracy {right / len(wanted):.1%} [{low:.1%}, {high:.1%}] on {len(wanted)} held-out texts"


def split(given: argparse.Namespace) -> tuple[list[Example], list[Example]]:
    columns = (given.text_column, given.label_column, given.pair_column)
    examples = read_examples(given.task_file, *columns)
    random.Random(given.seed).shuffle(examples)
    if given.dev_file is not None:
        return examples[:given.examples], read_examples(given.dev_file, *columns)
    # Whole texts that occur twice must not be on both sides.
    count = max(20, len(examples) // 10)
    held = examples[:count]
    seen = {(example.text, example.pair) for example in held}
    rest = [example for example in examples[count:] if (example.text, example.pair) not in seen]
    if len(rest) < 20:
        raise InputError(f"{given.task_file}: {len(examples)} examples are too few to fit on and to hold some out")
    return rest[:given.examples], held[:2000]


def licence_of(folder: Path) -> str | None:
    card = folder / "README.md"
    head = re.match(r"---\r?\n(.*?)\r?\n---", card.read_text(errors="replace"), re.S) if card.is_file() else None
    found = re.search(r"^license:\s*(\S.*?)\s*$", head.group(1), re.M) if head else None
    return found.group(1) if found else None


def write(model, given: argparse.Namespace, result: str) -> None:
    given.out.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(str(given.out))
    for name in TOKENIZER_FILES:
        if (given.encoder / name).is_file():
            shutil.copyfile(given.encoder / name, given.out / name)
    licence = licence_of(given.encoder)
    front = "" if licence is None else f"---\nlicense: {licence}\n---\n\n"
    tuned = f", then {given.steps} steps of all weights" if given.steps else ", encoder unchanged"
    (given.out / "README.md").write_text(f"{front}A head fitted by train/head.py on {given.task_file.name}{tuned}: {result}.\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--encoder", type=Path, required=True, metavar="DIR", help="Hugging Face folder of the encoder")
    parser.add_argument("--task-file", type=Path, required=True, metavar="FILE", help="labelled texts, TSV or JSONL")
    parser.add_argument("--dev-file", type=Path, metavar="FILE", help="held-out texts; default: a tenth of the task file")
    parser.add_argument("--text-column", required=True, metavar="COLUMN")
    parser.add_argument("--pair-column", metavar="COLUMN", help="second text")
    parser.add_argument("--label-column", required=True, metavar="COLUMN")
    parser.add_argument("--names", metavar="LIST", help="names of the labels, in their order; default: their values")
    parser.add_argument("--regression", action="store_true", help="the label is a number to come close to")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--examples", type=int, default=10_000, metavar="N", help="texts to fit on at most (default 10000)")
    parser.add_argument("--steps", type=int, default=0, metavar="N", help="fine-tune all weights for N steps of 32 texts (default 0)")
    parser.add_argument("--max-tokens", type=int, default=128, metavar="N", help="longer texts are cut (default 128)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=0, help="default: as PyTorch chooses")
    given = parser.parse_args()
    if given.threads:
        torch.set_num_threads(given.threads)
    if (given.out / "config.json").exists():
        raise InputError(f"{given.out} holds a model already: choose another --out")
    hf.logging.set_verbosity_error()
    hf.logging.disable_progress_bar()
    torch.manual_seed(given.seed)
    train, held = split(given)
    labels = None if given.regression else label_values(train)
    names = given.names.split(",") if given.names else None
    if labels and names and len(names) != len(labels):
        raise InputError(f"--names has {len(names)} names for the {len(labels)} labels {', '.join(labels)}")
    wanted, expected = targets(train, labels), targets(held, labels)
    tokenizer, model = load(given.encoder, labels, names)
    print(f"{len(train)} texts to fit on, {len(held)} held out; labels {'a number' if labels is None else ', '.join(labels)}", flush=True)
    head_of(model)
    fit_head(model, features(model, tokenizer, train, given.max_tokens, "encoder"), wanted, given.seed)
    result = judged(model, features(model, tokenizer, held, given.max_tokens, "held out"), expected)
    print(f"head: {result}", flush=True)
    if given.steps:
        fine_tune(model, tokenizer, train, wanted, given.steps, given.max_tokens, given.seed)
        result = judged(model, features(model, tokenizer, held, given.max_tokens, "held out"), expected)
        print(f"fine-tuned: {result}", flush=True)
    write(model, given, result)
    print(f"{given.out}: next, npm run models -- import {given.out}")


if __name__ == "__main__":
    run_main(main)
