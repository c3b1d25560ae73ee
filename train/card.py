"""The model card, written from the manifest entry so that its numbers cannot drift from the files."""
from pathlib import Path

TEXT = """# {name}

A 6-layer, 384-wide BERT encoder that tells positive from negative sentences, and four token-pruning points of it.

* **Origin**: {base} (Apache-2.0). The pooler and classifier are ours.
* **Licence**: {licence}.
* **Training data**: GLUE SST-2 train (67,349 phrases of movie reviews) and documents composed of its whole sentences: several
  sentences of one label, joined up to a length drawn log-uniformly from 24 to 512 tokens. The dense model is the average of
  four runs with a common start (a model soup); one of them also saw the ends of 12,000 reviews of the Large Movie Review Dataset (IMDB) train split, the same question on other text (our addition).
  Settings were chosen with 1,000 whole sentences held out, with every phrase of three words or more contained in them; the final
  dense run trained on those too. SST-2 dev was used for this report only.
* **Storage**: word embeddings as int8 rows with a float32 scale a row, everything else float16. Every number here is of the
  stored weights, evaluated in float32.
* **Limits**: English, lower-cased, movie reviews; two classes; a composed document repeats one opinion, so it is easier than a real
  one and says more about speed than about accuracy.

Training command: `{command}` (seed {seed})

## Accuracy and FLOPs ratio

FLOPs ratio: dense over pruned, sums over the evaluation set, real tokens only. `n` is the same in each column.

| | SST-2 dev (n={n}) | {heads} |
|---|---|{rules}
{rows}

## Points

All points leave the stored weights as they are and add rank-16 adapters (transkimmer: rank 8) on the six linears of each layer, with
biases, LayerNorms and (but for transkimmer) pooler and classifier replaced. They were trained directly as adapters, with the dense
model's logits as a second target (our addition, `--distil 0` turns it off). [CLS] is protected in training and inference.

* **ltp**: soft stage with learned thresholds, then hard stage with thresholds frozen. Thresholds are in units of the mean received
  attention. Our additions: the regulariser's weight follows a target FLOPs ratio, and one factor on the learned thresholds is fitted
  on held-out text before the hard stage.
* **threshold**: manual ramp `final * l / L`, hard stage only; `final` found by bisection on held-out text.
* **topk**: one untouched layer, then a linear ramp of keep rates (a negative end steepens it, floored at 0.01), hard stage only.
* **transkimmer**: predictors before each layer, Gumbel straight-through training with the mask inside the softmax, argmax at
  inference. Our additions: the skim coefficient follows a target FLOPs ratio, the keep bias starts smaller than the paper's 5, and
  one shift of it is fitted on held-out text at the end. Its FLOPs include the predictors.

{commands}
"""


def row(label: str, metrics: dict, lengths: list[str]) -> str:
    def cell(m):
        return f"{100 * m['accuracy']:.2f} %" + (f" at {m['flopsRatio']:.2f}x" if "flopsRatio" in m else "")
    return f"| {label} | {cell(metrics['sst2-dev'])} | " + " | ".join(cell(metrics["documents"][n]) for n in lengths) + " |"


def write_card(path: Path, entry: dict) -> None:
    lengths = list(entry["metrics"]["documents"])
    rows = [row("dense", entry["metrics"], lengths)] + [row(f"{p['method']} {p['name']}", p["metrics"], lengths) for p in entry["points"]]
    path.write_text(TEXT.format(
        name=entry["name"], base=entry["base"], licence=entry["licence"], command=entry["training"]["command"], seed=entry["training"]["seed"],
        n=entry["metrics"]["sst2-dev"]["n"], heads=" | ".join(f"documents, {n} tokens (n={entry['metrics']['documents'][n]['n']})" for n in lengths),
        rules="---|" * len(lengths), rows="\n".join(rows),
        commands="\n".join(f"* {p['method']} (seed {p['training']['seed']}): `{p['training']['command']}`" for p in entry["points"])))
