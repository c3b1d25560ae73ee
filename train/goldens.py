"""Writes the cases that the packed graphs are tested against: inputs and the masked reference's outputs, in float32.

    python train/goldens.py tiny        random small encoders, every method and policy -> test/golden/tiny
    python train/goldens.py model       the shipped model and points on original sentences -> test/golden/<model>

No case may hang on rounding: each keeps a margin between every decision and its opposite, or another seed is drawn.
"""
import json
import random
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer

from errors import InputError, run_main
from export import METHODS, MODELS, load_point
from model import Classifier, Shape, load_model
from pruning import ThresholdPruner, TopKPruner, TranskimmerPruner, point_tensors
from sentences import COMPLAINTS, PRAISE, SENTENCES

ROOT = Path(__file__).resolve().parent.parent
SMALL = Shape(vocab=120, hidden=32, layers=3, heads=4, ffn=64)
WIDE = Shape(vocab=120, hidden=48, layers=4, heads=3, ffn=64)
MARGIN = {"transkimmer": 1e-3}  # logits; scores everywhere else
SCORE_MARGIN = 1e-4


def random_model(shape: Shape) -> Classifier:
    """Weights large enough for peaked attention: with the usual 0.02 every token would receive about the same."""
    model = Classifier(shape)
    with torch.no_grad():
        for name, p in model.named_parameters():
            if "LayerNorm.weight" in name:
                p.copy_(1 + 0.2 * torch.randn_like(p))
            else:
                p.copy_(torch.randn_like(p) * (0.1 if name.endswith("bias") else 0.25))
    return model.eval()


def random_skim(shape: Shape) -> TranskimmerPruner:
    pruner = TranskimmerPruner(shape)
    with torch.no_grad():
        for name, p in pruner.named_parameters():
            p.copy_(torch.randn_like(p) * (1.0 if "out.weight" in name else 0.3) + (1.0 if "norm" in name and "weight" in name else 0))
        for skim in pruner.skim:
            skim.out.bias.copy_(torch.tensor([0.0, 4.0]))
    return pruner


def batch(rng: random.Random, lengths: list[int], vocab: int):
    S = max(lengths)
    ids = torch.zeros(len(lengths), S, dtype=torch.long)
    types = torch.zeros_like(ids)
    mask = torch.zeros_like(ids)
    for b, n in enumerate(lengths):
        ids[b, :n] = torch.tensor([rng.randrange(1, vocab) for _ in range(n)])
        types[b, n // 2:n] = b % 2  # second halves of odd rows: the type embedding is part of the contract
        mask[b, :n] = 1
    return ids, mask, types


def batches(seed: int, vocab: int):
    rng = random.Random(seed)
    ragged = [1, 24, 2, 3] + [rng.randint(1, 24) for _ in range(28)]
    for lengths in ([9], [12, 7], [10, 1, 14, 5, 2, 8, 13], ragged, [512]):
        yield batch(rng, lengths, vocab)


def rounded(t: torch.Tensor) -> list:
    return json.loads(json.dumps(t.double().tolist()), parse_float=lambda text: float(f"{float(text):.7g}"))


def tiny_case(name: str, method: str, shape: Shape, make, metadata: dict, wants=lambda kept, lengths, headless: True) -> None:
    for seed in range(400):
        torch.manual_seed(seed)
        model, pruner = random_model(shape), make(shape)
        pruner = pruner and pruner.eval()
        needed = MARGIN.get(method, SCORE_MARGIN)
        records, all_kept, all_lengths, headless = [], [], [], 0
        with torch.no_grad():
            for ids, mask, types in batches(seed, shape.vocab):
                trace = model(ids, mask, types, pruner)
                record = {"inputIds": ids.tolist(), "attentionMask": mask.tolist(), "tokenTypeIds": types.tolist(),
                          "logits": rounded(trace.logits), "keptTokens": trace.kept.tolist()}
                if ids.shape[0] in (2, 7):
                    record["lastHiddenState"] = {"shape": list(trace.hidden.shape), "data": rounded(trace.hidden.flatten())}
                records.append(record)
                all_kept.append(trace.kept)
                all_lengths.append(mask.sum(1))
                headless += int((~trace.live[:, 0] & trace.live.any(1)).sum())
        if (pruner is None or pruner.margin >= needed) and wants(torch.cat(all_kept, 1), torch.cat(all_lengths), headless):
            break
    else:
        raise InputError(f"golden {name}: no seed below 400 keeps a margin of {needed}")
    tensors = {k: v.detach().contiguous() for k, v in model.state_dict().items()}
    tensors |= {key: v.detach().contiguous() for key, v in point_tensors(pruner).items()}
    folder = ROOT / "test/golden/tiny"
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, str(folder / f"{name}.safetensors"))
    text = json.dumps({"config": shape.to_hf(), "method": method, "metadata": metadata, "seed": seed,
                       "margin": None if pruner is None else pruner.margin, "batches": records}, separators=(",", ":"))
    (folder / f"{name}.json").write_text(text + "\n")
    kept = torch.cat(all_kept, 1).double().sum(1) / torch.cat(all_lengths).double().sum()
    print(f"{name}: seed {seed}, margin {None if pruner is None else round(pruner.margin, 6)}, kept {[round(x, 2) for x in kept.tolist()]}")


def write_tiny() -> None:
    # What a case must contain to be worth keeping. headless: sequences that lost CLS and kept other tokens.
    received, protected = {"score": "received-attention", "floor": "0"}, {"cls": "protected"}
    prunes = lambda kept, n, headless: bool((kept[-1] < n).sum() > 15 and (kept[-1] > 1).sum() > 5)
    orphans = lambda kept, n, headless: bool((kept[-1] == 0).sum() >= 2 and headless >= 4 and (kept[-1] > 0).sum() > 8 and (kept[0] < n).any())
    tiny_case("dense", "dense", SMALL, lambda s: None, {})
    tiny_case("ltp", "ltp", SMALL, lambda s: ThresholdPruner([0, 0.6, 0.9]), protected | received, prunes)
    tiny_case("ltp-unprotected", "ltp", SMALL, lambda s: ThresholdPruner([0.4, 0.8, 1.05], protect_cls=False, floor=1.28e-3),
              {"cls": "unprotected", "score": "received-attention", "floor": "0.00128"}, orphans)
    tiny_case("threshold", "threshold", SMALL, lambda s: ThresholdPruner(ThresholdPruner.ramp(1.2, s.layers)), protected | received, prunes)
    tiny_case("topk-rates", "topk", SMALL, lambda s: TopKPruner(rates=[1.0, 0.75, 0.5]), protected | {"score": "received-attention"}, prunes)
    tiny_case("topk-unprotected", "topk", SMALL, lambda s: TopKPruner(rates=[1.0, 0.6, 0.2], protect_cls=False),
              {"cls": "unprotected", "score": "received-attention"},
              lambda kept, n, headless: bool((kept[-1] == 0).sum() >= 2 and headless >= 4 and (kept[-1] > 0).sum() > 8))
    tiny_case("topk-counts", "topk", SMALL, lambda s: TopKPruner(counts=[16, 8, 3]), protected | {"score": "received-attention"}, prunes)
    tiny_case("topk-minus-self", "topk", WIDE, lambda s: TopKPruner(rates=[1.0, 0.8, 0.5, 0.3], minus_self=True),
              protected | {"score": "received-attention-minus-self"}, prunes)
    tiny_case("transkimmer", "transkimmer", SMALL, random_skim, protected, prunes)
    tiny_case("everything-pruned-but-cls", "ltp", SMALL, lambda s: ThresholdPruner([0, 600, 0.5]), protected | received,
              lambda kept, n, headless: bool((kept[1:] == 1).all()))


# Margins on the shipped model: wide enough that float32 of another library decides the same.
MODEL_MARGIN = {"ltp": 5e-5, "threshold": 5e-5, "topk": 5e-5, "transkimmer": 1e-3}


def golden_of(model, pruner, tokenizer, text: str) -> dict:
    ids = tokenizer.encode(text).ids
    if pruner is not None:
        pruner.margin = float("inf")
    with torch.no_grad():
        trace = model(torch.tensor([ids]), torch.ones(1, len(ids), dtype=torch.long), pruner=pruner)
    margin = pruner.margin if pruner is not None and pruner.margin < float("inf") else None
    return {"text": text, "inputIds": ids, "logits": rounded(trace.logits[0]), "keptTokens": trace.kept[:, 0].tolist(), "margin": margin}


def document_of(sentences: list[str], target: int, tokenizer, rng: random.Random) -> str | None:
    """Whole sentences in random order, repeated if they run out, up to `target` tokens; None if 3 or more would be missing."""
    chosen, length = [], 2
    for text in rng.sample(sentences, len(sentences)) * 3:
        cost = len(tokenizer.encode(text, add_special_tokens=False).ids)
        if length + cost <= target:
            chosen.append(text)
            length += cost
    return " ".join(chosen) if length > target - 3 else None


def write_model(name: str) -> None:
    folder = MODELS / name
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    members = {"dense": (load_model(folder).eval(), None, {"method": "dense"})}
    members |= {method: load_point(folder, folder / "points" / f"{method}.safetensors") for method in METHODS}

    def on_all(text: str) -> dict | None:
        made = {method: golden_of(model, pruner, tokenizer, text) for method, (model, pruner, _) in members.items()}
        safe = all(g["margin"] is None or g["margin"] >= MODEL_MARGIN[method] for method, g in made.items())
        return made if safe else None

    examples = [made for text in SENTENCES if (made := on_all(text))][:24]
    for target, sentences in ((300, PRAISE), (512, COMPLAINTS + COMPLAINTS[::-1])):
        exact = target == 512  # the longest that the model takes, to the token
        texts = (document_of(sentences, target, tokenizer, random.Random(seed)) for seed in range(4000 if exact else 400))
        tries = (on_all(text) for text in texts if text and (not exact or len(tokenizer.encode(text).ids) == target))
        made = next((made for made in tries if made), None)
        if made is None:
            raise InputError(f"no document of {target} tokens keeps the margins {MODEL_MARGIN}")
        examples.append(made)
    out = ROOT / "test/golden" / name
    out.mkdir(parents=True, exist_ok=True)
    for method, (_, _, metadata) in members.items():
        record = {"model": name, "method": method, "point": metadata.get("point"), "metadata": {k: metadata[k] for k in ("cls", "score", "floor") if k in metadata},
                  "examples": [made[method] for made in examples]}
        (out / f"{method}.json").write_text(json.dumps(record, separators=(",", ":")) + "\n")
        print(f"{method}: {len(examples)} texts, smallest margin {min((e['margin'] for e in record['examples'] if e['margin']), default=None)}")


def main() -> None:
    torch.set_num_threads(2)
    if sys.argv[1:] == ["tiny"]:
        write_tiny()
    elif sys.argv[1:2] == ["model"] and len(sys.argv) <= 3:
        write_model((sys.argv[2:] or ["minilm-l6"])[0])
    else:
        raise InputError(f"goldens.py wants 'tiny' or 'model [NAME]', got {' '.join(sys.argv[1:]) or 'nothing'}")


if __name__ == "__main__":
    run_main(main)
