"""Why a threshold means something else in a long text: what share of the tokens a threshold point keeps, by layer and length.

    python train/kept.py --point models/minilm-l6/points/ltp.safetensors --data DIR

The same IMDB reviews of at least 512 tokens are cut to 32, 128 and 512 tokens, so that only the length differs.
For each score: the kept share after each layer (without [CLS], of the tokens at the input), the median score in layers
1 and 2, agreement with dense. The thresholds of the other scores are the point's own, each layer's times the factor that
makes that layer keep as much as before on the texts of 128 tokens: nothing is trained.
"""
import argparse
import json
from pathlib import Path

import torch

from data import data_folder, pad, read_imdb, token_batches
from errors import run_main
from export import MODELS, load_point
from model import dense_macs, load_model, pruned_macs
from pruning import ThresholdPruner, received_attention, received_without_cls
from tokenizers import Tokenizer

LENGTHS, MIDDLE = (32, 128, 512), 128
SEP = 102


def mean_without_specials(probs, live, special):
    """r [B,S] in units of the mean over live tokens that are neither [CLS] nor [SEP]."""
    r = received_attention(probs, live)
    ordinary = (live & ~special).float()
    return r * (ordinary.sum(1) / (r * ordinary).sum(1).clamp_min(1e-6))[:, None]


def over_median(probs, live, special):
    """r [B,S] in units of the median over live tokens without [CLS]."""
    r = received_attention(probs, live)
    others = live.clone()
    others[:, 0] = False
    return r / r.masked_fill(~others, float("nan")).nanmedian(1).values.nan_to_num(1.0).clamp_min(1e-6)[:, None]


SCORES = {"mean": lambda probs, live, special: received_attention(probs, live),
          "mean without [CLS]": lambda probs, live, special: received_without_cls(probs, live),
          "mean without [CLS], [SEP]": mean_without_specials, "median without [CLS]": over_median}


class Observer(ThresholdPruner):
    """A threshold pruner with any score that notes each layer's scores and, given `shares`, sets its thresholds by them."""

    def __init__(self, thresholds, score, shares=None):
        super().__init__(thresholds)
        self.of, self.shares, self.scores = score, shares, {}

    def begin(self, ids, mask):
        self.special = (ids == SEP)
        self.special[:, 0] = True

    def score(self, probs, live):
        return self.of(probs, live, self.special)

    def after_softmax(self, l, probs, live, real):
        if self.thresholds[l] == 0:
            return live, None
        r, others = self.score(probs, live), live.clone()
        others[:, 0] = False
        self.scores.setdefault(l, []).append(r[others])
        if self.shares is not None:  # the layer's threshold is the quantile that keeps the wanted share of what enters
            with torch.no_grad():
                self.thresholds[l] = torch.quantile(r[others][:1_000_000], 1 - self.shares[l])
        return super().after_softmax(l, probs, live, real)


@torch.no_grad()
def run(model, pruner, examples, budget):
    """Labels [n], tokens entering and kept [L], without [CLS], tokens in all, FLOPs ratio."""
    labels, entered, kept, macs, dense, tokens = [], 0, 0, 0.0, 0.0, 0
    for chunk in token_batches(examples, budget):
        ids, mask, _ = pad(chunk)
        trace = model(ids, mask, pruner=pruner)
        labels.append(trace.logits.argmax(1))
        entered, kept = entered + (trace.entered - 1).sum(1), kept + (trace.kept - 1).sum(1)
        tokens += (mask.sum(1) - 1).sum().item()
        macs += pruned_macs(model.shape, trace).sum().item()
        dense += dense_macs(model.shape, mask.sum(1).double()).sum().item()
    return torch.cat(labels), entered, kept / tokens, dense / macs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--point", type=Path, required=True, help="point file of ltp or threshold")
    parser.add_argument("--model", default="minilm-l6", help="folder under models")
    parser.add_argument("--data", default="")
    parser.add_argument("--texts", type=int, default=100)
    parser.add_argument("--split", choices=["train", "dev"], default="train", help="dev to report; choose with train")
    given = parser.parse_args()
    torch.set_num_threads(1)
    folder = MODELS / given.model
    dense = load_model(folder).eval()
    model, shipped, _ = load_point(folder, given.point)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    encoded = ((tokenizer.encode(text).ids, label) for text, label in read_imdb(data_folder(given.data) / f"imdb/{given.split}.tsv"))
    long = [pair for pair, _ in zip((pair for pair in encoded if len(pair[0]) >= LENGTHS[-1]), range(given.texts))]
    texts = {n: [(ids[:n - 1] + ids[-1:], label) for ids, label in long] for n in LENGTHS}
    truth = {n: run(dense, ThresholdPruner([0.0] * dense.shape.layers).eval(), texts[n], 8192)[0] for n in LENGTHS}
    wanted = None
    for name, score in SCORES.items():
        pruner = Observer(shipped.thresholds.detach(), score).eval()
        if wanted is None:
            _, entered, share, _ = run(model, pruner, texts[MIDDLE], 10 ** 9)
            total = (MIDDLE - 1) * len(long)
            wanted = [(share[l] * total / entered[l]).item() for l in range(len(share))]
        else:
            pruner.shares = wanted
            run(model, pruner, texts[MIDDLE], 10 ** 9)  # one batch: the quantile is of all the texts
            pruner.shares = None
        print(f"{name}: thresholds {[round(t, 3) for t in pruner.thresholds.tolist()]}")
        for n in LENGTHS:
            pruner.scores = {}
            labels, _, share, ratio = run(model, pruner, texts[n], 8192)
            medians = [torch.cat(pruner.scores[l]).median().item() if l in pruner.scores else float("nan") for l in (1, 2)]
            print(json.dumps({"tokens": n, "keptPercent": [round(100 * s) for s in share.tolist()], "left": round(share[-1].item() * (n - 1), 1),
                              "median": [round(m, 2) for m in medians], "flopsRatio": round(ratio, 2),
                              "agreesWithDense": round((labels == truth[n]).float().mean().item(), 3)}), flush=True)


if __name__ == "__main__":
    run_main(main)
