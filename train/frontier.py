"""Trains one any-strength point and measures its curve: one adapter file for every FLOPs ratio from 1.25 to 4.

    python train/frontier.py --name sst2-topk --task sst2 --method topk --data DIR

Every step draws one strength (the ends more often: the sandwich rule of Length-Adaptive Transformer, one draw a step) and
compares with the dense model's logits, which are computed once (tasks.py). Stages: soft, where ltp's thresholds and
transkimmer's predictors learn on a relaxed, masked model; hard, where decisions are those of inference and dropped
tokens are really removed. topk, random, first, threshold and shallow have a hard stage only, of as many steps in all.

A run lives in OUT/<name>: log.txt, checkpoint.pt (every two minutes; the same command resumes from it, with the same
random numbers and order of data), point.safetensors (the point) and evaluation.json (its curve on the dev set).
method dense fine-tunes all weights of the base instead, for a task that has no dense model yet, and writes OUT/<name>/model.
"""
import json
import math
import random
import time
from dataclasses import asdict, dataclass
from functools import partial
from itertools import accumulate
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import save_file

from data import data_folder, token_batches
from errors import InputError, run_main
from export import apply_point, changed_tensors, sha256, write_model
from model import Classifier, dense_macs, load_model, pruned_macs, read_weights, weights_file
from paired import compared
from pruning import Pruner
from strength import (KNOTS, METHODS, FirstDial, LtpDial, RandomDial, TopKDial, TranskimmerDial, calibrate, removed_pass, schedule_table, shallower,
                      soft_relative_flops)
from tasks import TASKS, Task, collate, epoch, open_task, teacher_logits
from train import RUNS, add_adapters, default_base, learning_rate_factor, parse, save, trainable

LEARNS = ("ltp", "transkimmer")  # methods with a soft stage
FEW_TOKENS = 12_000
MACHINE = ("base", "data", "out", "device", "bf16", "threads", "checkpoint_seconds")  # settings that are no part of what a run is; a base is known by its hash


@dataclass
class Config:
    name: str  # folder under --out
    task: str = "sst2"
    method: str = "topk"
    base: str = ""  # BERT folder of the dense model; default: models/minilm-l6
    data: str = ""  # default: TOKEN_PRUNING_DATA
    out: str = ""  # default: train/runs
    knots: str = ",".join(map(str, KNOTS))  # strengths of the table; a single one trains for that strength alone
    strengths: str = "1.5,2,3,4"  # where the curve is measured
    layers: int = 3  # shallow: layers that are left
    seed: int = 1
    steps: int = 3000
    soft: float = 0.3  # share of the steps in the soft stage, for methods that learn decisions
    budget: int = 2048  # tokens a batch, padding included
    rank: int = 16
    lr: float = 5e-4
    lr_table: float = 1e-2  # thresholds (units of r) and shifts (logits)
    lr_predictors: float = 1e-3
    warmup: float = 0.06  # share of the steps
    weight_decay: float = 0.01
    dropout: float = 0.0
    label_weight: float = 0.5  # cross-entropy with the labels, beside KL to the dense model's logits
    flops_weight: float = 20.0  # soft stage: of (relative FLOPs - 1/strength)^2, over real tokens
    temperature: float = 0.1  # ltp's soft stage, units of r
    keep_bias: float = 2.0  # transkimmer: initial logits are +-keep_bias
    device: str = "cpu"
    bf16: bool = True
    threads: int = 1
    checkpoint_seconds: float = 120

    def __post_init__(self):
        if self.method not in (*METHODS, "dense"):
            raise InputError(f"--method {self.method}: one of {', '.join(METHODS)}, dense")
        if self.task not in TASKS:
            raise InputError(f"--task {self.task}: one of {', '.join(TASKS)}")
        for flag in ("knots", "strengths"):
            try:
                values = [float(v) for v in getattr(self, flag).split(",")]
            except ValueError:
                values = []
            if not values or values != sorted(set(values)) or values[0] <= 1:
                raise InputError(f"--{flag} {getattr(self, flag)}: FLOPs ratios above 1 in rising order, such as 1.5,2,3")

    @property
    def knot_values(self) -> tuple[float, ...]:
        return tuple(float(v) for v in self.knots.split(","))

    @property
    def soft_steps(self) -> int:
        return round(self.soft * self.steps) if self.method in LEARNS else 0

    @property
    def run(self) -> Path:
        return (Path(self.out) if self.out else RUNS) / self.name

    @property
    def base_path(self) -> Path:
        return Path(self.base) if self.base else default_base(self.method)

    def identity(self) -> dict:
        return {key: value for key, value in asdict(self).items() if key not in MACHINE}

    def command(self) -> str:
        given = {k: v for k, v in self.identity().items() if v != Config.__dataclass_fields__[k].default}
        return "python train/frontier.py " + " ".join(f"--{k.replace('_', '-')} {v}" for k, v in given.items()) + (" --base BASE" if self.base else "") + " --data DIR"


def draw_strength(c: Config, step: int) -> float:
    """A function of seed and step alone. The ends are drawn more often, as everything in between lies between their gradients."""
    low, high = c.knot_values[0], c.knot_values[-1]
    rng = random.Random(c.seed * 1_000_003 + step)
    end = rng.random()
    between_ends = 1 / rng.uniform(1 / high, 1 / low)  # even in FLOPs
    return high if end < 0.2 else low if end < 0.3 else between_ends


def base_sha256(base: Path) -> str:
    return sha256(weights_file(base))


class Ruler:
    """FLOPs ratio and distance from dense on held-out texts."""

    def __init__(self, c: Config, model: Classifier, examples, dense_logits: torch.Tensor):
        self.c, self.model, self.dense_logits = c, model, dense_logits
        self.examples = [e._replace(place=i) for i, e in enumerate(examples)]
        ends = list(accumulate(len(e.ids) for e in self.examples))
        self.few = self.examples[:1 + sum(end <= FEW_TOKENS for end in ends)]  # for looks that are taken often

    @torch.no_grad()
    def logits(self, pruner: Pruner | None, examples=None, bf16: bool = False, full: Classifier | None = None) -> tuple[torch.Tensor, float, torch.Tensor]:
        """Logits [n, labels], FLOPs ratio over real tokens (sums over the texts), kept share of each layer [L]."""
        examples = self.examples if examples is None else examples
        was = self.model.training, pruner is not None and pruner.training
        self.model.eval()
        if pruner is not None:
            pruner.eval()
        logits, dense, pruned, kept, tokens = torch.empty(len(examples), self.model.shape.labels), 0.0, 0.0, 0.0, 0
        layers = (full or self.model).shape
        for batch in token_batches(examples, 8192):
            ids, mask, types, _, places = collate(batch, self.c.device)
            with torch.autocast(self.c.device.split(":")[0], torch.bfloat16, enabled=bf16):
                result = removed_pass(self.model, ids, mask, types, pruner)
            logits[places] = result.logits.cpu()
            lengths = mask.sum(1).double()
            dense += dense_macs(layers, lengths).sum().item()
            pruned += (dense_macs(self.model.shape, lengths) if pruner is None else pruned_macs(self.model.shape, result, pruner.predicts)).sum().item()
            kept, tokens = kept + result.kept.sum(1).cpu(), tokens + mask.sum().item()
        self.model.train(was[0])
        if pruner is not None:
            pruner.train(was[1])
        return logits, dense / pruned, kept / tokens

    def ratio(self, pruner: Pruner, every: bool = False) -> float:
        return self.logits(pruner, self.examples if every else self.few, self.c.bf16)[1]

    def distance(self, pruner: Pruner) -> float:
        """KL from dense, nats a text."""
        logits = self.logits(pruner, self.few, self.c.bf16)[0]
        return F.kl_div(logits.log_softmax(-1), self.dense_logits[:len(logits)].log_softmax(-1), log_target=True, reduction="batchmean").item()


def searched(c: Config, ruler: Ruler, dials) -> torch.Tensor:
    """Of several tables of the same FLOPs, the row that is closest to dense on held-out texts, knot by knot, before training."""
    rows = []
    for k, knot in enumerate(c.knot_values):
        distances = []
        for dial in dials:
            dial.set_strength(knot)
            distances.append(ruler.distance(dial))
        rows.append(dials[distances.index(min(distances))].table[k].detach())
    return torch.stack(rows)


def make_dial(c: Config, ruler: Ruler) -> Pruner | None:
    """The pruner before step 0. Equal search for all: a few shapes of schedule or ramp at every knot, each at that knot's FLOPs."""
    shape, knots = ruler.model.shape, c.knot_values
    if c.method in ("topk", "random", "first"):  # one schedule for all three: the controls differ in the choice alone
        lengths = torch.tensor([len(e.ids) for e in ruler.examples])
        table = searched(c, ruler, [TopKDial(schedule_table(shape, lengths, knots, power), knots).to(c.device) for power in (1.0, 1.5, 2.0, 3.0)]).cpu()
        return {"topk": TopKDial, "random": lambda *a: RandomDial(*a, seed=c.seed), "first": FirstDial}[c.method](table, knots)
    if c.method in ("ltp", "threshold"):
        dials = []
        for power in (0.25, 0.5, 1.0):
            dial = LtpDial(torch.tensor([LtpDial.ramp(1.0, shape.layers, power)] * len(knots)), knots, c.temperature).to(c.device)
            calibrate(dial, partial(ruler.ratio, dial))
            dials.append(dial)
        return LtpDial(searched(c, ruler, dials).cpu(), knots, c.temperature)
    if c.method == "transkimmer":
        return TranskimmerDial(shape, torch.tensor([4.0 / knot - 4.0 for knot in knots]), knots, c.keep_bias)
    return None


def make_optimizer(c: Config, model: Classifier, pruner: Pruner | None):
    params = list(trainable(model).values())
    groups = [{"params": [p for p in params if p.ndim > 1], "weight_decay": c.weight_decay, "peak": c.lr},
              {"params": [p for p in params if p.ndim <= 1], "weight_decay": 0.0, "peak": c.lr}]
    for name, p in pruner.named_parameters() if c.soft_steps else ():
        groups.append({"params": [p], "weight_decay": 0.0, "peak": c.lr_table if name == "table" else c.lr_predictors})
    return torch.optim.AdamW(groups, lr=0.0, fused=True)


def step_loss(c: Config, model, pruner, teacher, batch, strength: float, soft: bool):
    """Loss, and what the log says of it: KL, cross-entropy, relative FLOPs."""
    ids, mask, types, labels, places = collate(batch, c.device)
    with torch.autocast(c.device.split(":")[0], torch.bfloat16, enabled=c.bf16):
        if pruner is not None:
            pruner.set_strength(strength)
        result = model(ids, mask, types, pruner) if soft else removed_pass(model, ids, mask, types, pruner)
    task = F.cross_entropy(result.logits, labels)
    if teacher is None:
        return task, {"ce": task.item()}
    kl = F.kl_div(result.logits.log_softmax(-1), teacher[places].to(c.device).log_softmax(-1), log_target=True, reduction="batchmean")
    loss, lengths = kl + c.label_weight * task, mask.sum(1)
    relative = torch.ones(())
    if soft:
        relative = soft_relative_flops(model.shape, pruner, lengths)
        loss = loss + c.flops_weight * (relative - 1 / strength) ** 2
    elif pruner is not None:
        relative = pruned_macs(model.shape, result, pruner.predicts).sum() / dense_macs(model.shape, lengths.double()).sum()
    return loss, {"kl": kl.item(), "ce": task.item(), "flops": relative.item()}


def freeze_decisions(c: Config, pruner: Pruner, ruler: Ruler) -> None:
    """The end of the soft stage: thresholds and predictors stay, and the table is set by the FLOPs of the hard model."""
    pruner.soft = False
    pruner.requires_grad_(False)
    calibrate(pruner, partial(ruler.ratio, pruner))


def train(c: Config, task: Task | None = None, stop_at: int | None = None, announce=print) -> None:
    """stop_at leaves the run at that step, with a checkpoint: what a kill does, for the tests."""
    torch.set_num_threads(c.threads)
    if (c.run / "evaluation.json").is_file():
        announce(f"{c.name}: finished already")
        return
    task = task or open_task(c.task, data_folder(c.data), c.base_path / "tokenizer.json")
    c.run.mkdir(parents=True, exist_ok=True)
    known = None if c.method == "dense" else teacher_logits(c.base_path, [*task.train, *task.held_out, *task.dev], c.run.parent / "teacher", c.device, announce)
    n, h = len(task.train), len(task.held_out)
    torch.manual_seed(c.seed)
    model = load_model(c.base_path).to(c.device)
    if c.method == "shallow":
        shallower(model, c.layers)
    ruler = Ruler(c, model, task.held_out, known[n:n + h] if known is not None else None)
    checkpoint = c.run / "checkpoint.pt"
    resumed = torch.load(checkpoint, weights_only=True, map_location="cpu") if checkpoint.is_file() else None
    identity = {**c.identity(), "base": base_sha256(c.base_path)}
    if resumed and resumed["config"] != identity:
        differs = sorted(key for key in identity if resumed["config"].get(key) != identity[key])
        raise InputError(f"{checkpoint} was written with other settings ({', '.join(differs)}); delete {c.run} or use another --name")
    pruner = make_dial(c, ruler) if resumed is None else blank_dial(c, model.shape)
    if c.method != "dense":
        add_adapters(model, c.rank)
    model.to(c.device)
    if pruner is not None:
        pruner.to(c.device).soft = c.soft_steps > 0
        pruner.requires_grad_(pruner.soft)
    optimizer = make_optimizer(c, model, pruner)
    step = 0
    torch.manual_seed(c.seed)
    if resumed:
        step = resumed["step"]
        model.load_state_dict(resumed["model"], strict=False)
        if pruner is not None:
            pruner.load_state_dict(resumed["pruner"])
            pruner.soft = resumed["soft"]
            pruner.requires_grad_(pruner.soft)
        optimizer.load_state_dict(resumed["optimizer"])
        torch.set_rng_state(resumed["rng"])
        if resumed["rngCuda"] is not None:
            torch.cuda.set_rng_state(resumed["rngCuda"])
    model.train()
    model.set_dropout(c.dropout)
    if pruner is not None:
        pruner.train()

    def keep() -> None:
        cuda = torch.cuda.get_rng_state() if c.device.startswith("cuda") else None
        save(checkpoint, {"config": identity, "step": step, "model": {k: p.detach() for k, p in trainable(model).items()},
                          "pruner": pruner.state_dict() if pruner is not None else {}, "soft": pruner is not None and pruner.soft,
                          "optimizer": optimizer.state_dict(), "rng": torch.get_rng_state(), "rngCuda": cuda})

    end, kept_at, shown_at, tokens = c.steps if stop_at is None else stop_at, time.monotonic(), time.monotonic(), 0
    with open(c.run / "log.txt", "a") as log:
        for batch in batches_from(c, task, step):
            if step >= end:
                break
            if pruner is not None and step == c.soft_steps and pruner.soft:
                freeze_decisions(c, pruner, ruler)
            elif pruner is not None and not pruner.soft and step in recalibrations(c):
                calibrate(pruner, partial(ruler.ratio, pruner))
            strength, factor = draw_strength(c, step), learning_rate_factor(c, step)
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * factor
            loss, said = step_loss(c, model, pruner, known, batch, strength, pruner is not None and pruner.soft)
            if not math.isfinite(loss.item()):
                raise InputError(f"{c.name}: the loss is {loss.item()} at step {step}; lower --lr")
            loss.backward()
            # Thresholds are clipped apart: their 1/T gradients would dominate a common norm.
            for groups in (optimizer.param_groups[:2], optimizer.param_groups[2:]):
                if groups:
                    torch.nn.utils.clip_grad_norm_([p for g in groups for p in g["params"]], 1.0)
            optimizer.step()
            optimizer.zero_grad()
            step, tokens = step + 1, tokens + sum(len(e.ids) for e in batch)
            if step % 20 == 0 or step == end:
                now = time.monotonic()
                log.write(f"step {step} {'soft' if pruner is not None and pruner.soft else 'hard'} strength {strength:.2f} loss {loss.item():.4f} "
                          + " ".join(f"{k} {v:.4f}" for k, v in said.items()) + f" tokens/s {tokens / (now - shown_at):.0f}\n")
                log.flush()
                shown_at, tokens = now, 0
            if time.monotonic() - kept_at > c.checkpoint_seconds or step == stop_at:
                keep()
                kept_at = time.monotonic()
    if step < c.steps:
        return
    keep()
    if c.method == "dense":
        finish_dense(c, task, model, announce)
    else:
        if pruner is not None:
            calibrate(pruner, partial(ruler.ratio, pruner, every=True))
        write_point(c, model, pruner)
        measure(c, task, known[n + h:], announce)
    checkpoint.unlink(missing_ok=True)


def recalibrations(c: Config) -> tuple[int, ...]:
    """The adapter moves attention, and with it what a threshold keeps: the tables follow twice on the way."""
    hard = c.steps - c.soft_steps
    return (c.soft_steps + hard // 3, c.soft_steps + 2 * hard // 3)


def batches_from(c: Config, task: Task, step: int):
    """The batches of step, step + 1, ...: a function of the seed, so that a resumed run goes on with the one it would have seen."""
    for number in range(c.steps + 1):
        seed = c.seed * 100_003 + number
        batches = token_batches(epoch(task, seed), c.budget, seed)
        yield from batches[step:]
        step = max(0, step - len(batches))


def blank_dial(c: Config, shape) -> Pruner | None:
    """A pruner to load a checkpoint or a point into."""
    K, knots = len(c.knot_values), c.knot_values
    if c.method in ("ltp", "threshold"):
        return LtpDial(torch.zeros(K, shape.layers), knots, c.temperature)
    if c.method == "transkimmer":
        return TranskimmerDial(shape, torch.zeros(K), knots, c.keep_bias)
    make = {"topk": TopKDial, "random": lambda *a: RandomDial(*a, seed=c.seed), "first": FirstDial}.get(c.method)
    return make(torch.ones(K, shape.layers), knots) if make else None


TABLES = {"ltp": "thresholds", "threshold": "thresholds", "topk": "keep_rates", "random": "keep_rates", "first": "keep_rates", "transkimmer": "shifts"}


def write_point(c: Config, model: Classifier, pruner: Pruner | None) -> None:
    """point.safetensors: adapter and replacements in float16, pruning.strengths [K] and pruning.<table> [K] or [K,L] in float32."""
    base = load_model(c.base_path).state_dict()
    tensors = {key: value.cpu() for key, value in changed_tensors(model, base).items()}
    metadata = {"format": "token-pruning-point", "version": "2", "method": c.method, "point": "any", "model": c.base_path.name, "task": c.task,
                "base_sha256": base_sha256(c.base_path), "cls": "protected", "seed": str(c.seed), "command": c.command(),
                "config": json.dumps(c.identity())}
    if pruner is None:
        metadata |= {"point": "x" + f"{load_model(c.base_path).shape.layers / c.layers:g}", "layers": str(c.layers)}
    else:
        tensors |= {"pruning.strengths": pruner.strengths.cpu(), "pruning." + TABLES[c.method]: pruner.table.detach().cpu().contiguous()}
        tensors |= {key: value.detach().cpu().half().contiguous() for key, value in pruner.state_dict().items() if key.startswith("skim.")}
        metadata |= {"ltp": {"score": "received-attention-without-cls", "floor": "0"}, "threshold": {"score": "received-attention-without-cls", "floor": "0"},
                     "topk": {"score": "received-attention"}, "random": {"score": "hash-of-token-and-position", "hash_seed": str(c.seed)},
                     "first": {"score": "position"}, "transkimmer": {}}[c.method]
    unfinished = c.run / "point.partial"
    save_file(tensors, str(unfinished), metadata)
    unfinished.replace(c.run / "point.safetensors")


def read_point(base: Path, path: Path) -> tuple[Classifier, Pruner | None, Config]:
    """The model with the adapter merged, and the dial, as stored. For any strength: pruner.set_strength(s)."""
    with safe_open(str(path), "pt") as file:
        metadata = file.metadata()
    if metadata.get("version") != "2":
        raise InputError(f"{path} is not an any-strength point")
    if metadata["base_sha256"] != base_sha256(base):
        raise InputError(f"{path} was trained on other weights than those in {base}")
    c, tensors, model = Config(**json.loads(metadata["config"])), read_weights(path), load_model(base)
    if c.method == "shallow":
        shallower(model, c.layers)
    apply_point(model, tensors)
    pruner = blank_dial(c, model.shape)
    if pruner is not None:
        stored = {"table": tensors["pruning." + TABLES[c.method]], **{k: v for k, v in tensors.items() if k.startswith("skim.")}}
        pruner.load_state_dict({**pruner.state_dict(), **stored})
    return model.eval(), pruner and pruner.eval(), c


def measure(c: Config, task: Task, dense_logits: torch.Tensor, announce) -> None:
    """evaluation.json: of the stored file, in float32, on the whole dev set, beside dense on the same texts."""
    model, pruner, _ = read_point(c.base_path, c.run / "point.safetensors")
    full = load_model(c.base_path)
    ruler = Ruler(c, model.to(c.device), task.dev, dense_logits)
    labels, dense = torch.tensor([e.label for e in task.dev]), dense_logits.argmax(1)
    single = [full.shape.layers / c.layers] if pruner is None else c.knot_values
    rows = []
    for strength in [float(s) for s in c.strengths.split(",")] if len(single) > 1 else single:
        if pruner is not None:
            pruner.to(c.device).set_strength(strength)
        logits, ratio, kept = ruler.logits(pruner, full=full)
        rows.append({"strength": strength, "flopsRatio": round(ratio, 4), **compared(logits.argmax(1), dense, labels),
                     "keptShare": [round(s, 4) for s in kept.tolist()], "predictions": "".join(map(str, logits.argmax(1).tolist()))})
        announce(f"{c.name}: strength {strength:g}: {ratio:.2f}x, accuracy {rows[-1]['accuracy']:.4f}, from dense {100 * rows[-1]['difference']:+.2f} points "
                 f"[{100 * rows[-1]['interval'][0]:+.2f}, {100 * rows[-1]['interval'][1]:+.2f}], flips {100 * rows[-1]['flips']:.1f} %")
    result = {"name": c.name, "task": c.task, "method": c.method, "seed": c.seed, "command": c.command(), "pointSha256": sha256(c.run / "point.safetensors"),
              "n": len(labels), "labels": "".join(map(str, labels.tolist())),
              "dense": {"accuracy": (dense == labels).double().mean().item(), "predictions": "".join(map(str, dense.tolist()))}, "strengths": rows}
    unfinished = c.run / "evaluation.partial"
    unfinished.write_text(json.dumps(result, indent=1) + "\n")
    unfinished.replace(c.run / "evaluation.json")


def finish_dense(c: Config, task: Task, model: Classifier, announce) -> None:
    write_model(c.run / "model", model.cpu(), c.base_path / "tokenizer.json", {"seed": str(c.seed), "command": c.command()}, task.labels)
    stored = load_model(c.run / "model").to(c.device)
    results = {}
    for kind, examples in (("heldOut", task.held_out), ("dev", task.dev)):
        labels = torch.tensor([e.label for e in examples])
        predicted = Ruler(c, stored, examples, None).logits(None)[0].argmax(1)
        results[kind] = {key: value for key, value in compared(predicted, predicted, labels).items() if key in ("accuracy", "f1")} | {"n": len(labels)}
    announce(f"{c.name}: {results}")
    (c.run / "evaluation.json").write_text(json.dumps({"name": c.name, "task": c.task, "method": "dense", "command": c.command(), **results}, indent=1) + "\n")


if __name__ == "__main__":
    run_main(lambda: train(parse(None, Config, __doc__)))
