"""Points for any strength, and a pass that really removes tokens.

A strength is the FLOPs ratio that is wanted: 2 means half of the dense model's work. Each method has one dial, stored as a
table over KNOTS and read linearly in between (`between`); one adapter serves the whole curve:

    ltp           thresholds [K,L], learned                threshold    thresholds [K,L], a ramp searched by its end
    topk, random, first    keep rates [K,L], searched      transkimmer  a shift of the keep logit [K], learned
    shallow       no table: the first layers of the dense model, one strength

`removed_pass` keeps only live tokens as packed rows [T,d] for every linear layer and builds a rectangle [B,S] only around
the attention. It equals the masked reference in model.py, gradients included (test_strength.py), and costs what is kept.

Letters in shape comments: B batch, S width of the rectangle, T live tokens of the batch, d hidden, H heads, L layers, K knots.
"""
import math
from dataclasses import dataclass

import torch
import torch.nn as nn

from model import Classifier, Shape, dense_macs, pruned_macs
from pruning import Pruner, ThresholdPruner, TopKPruner, TranskimmerPruner, received_without_cls

KNOTS = (1.25, 1.5, 2.0, 2.5, 3.0, 4.0)
METHODS = ("ltp", "threshold", "topk", "random", "first", "transkimmer", "shallow")
FLOOR = 0.01  # least keep rate, as in the published top-k mode; one token is kept in any case


def between(table: torch.Tensor, knots: torch.Tensor, strength: float) -> torch.Tensor:
    """Row [...] of table [K,...] at a strength: linear between the knots, the nearest knot outside of them."""
    right = int((knots < strength).sum())
    if right == 0 or right == len(knots):
        return table[min(right, len(knots) - 1)]
    share = (strength - knots[right - 1]) / (knots[right] - knots[right - 1])
    return table[right - 1] * (1 - share) + table[right] * share


class LtpDial(ThresholdPruner):
    """LTP and the manual threshold. The score leaves [CLS] out of its mean, and layer 0 may prune, since 4x is out of reach else.

    Soft stage: a token's weight is the product of sigmoid((r - tau)/T) over the layers behind it and multiplies the
    exponentials of the later attentions. As T falls to 0 this becomes removal. (LTP scales the layer's output instead,
    where a dying token still takes its full share of attention.) entered, kept: its soft counts per layer [B], for FLOPs.
    """

    def __init__(self, table: torch.Tensor, knots=KNOTS, temperature: float = 0.1):
        super().__init__(torch.zeros(table.shape[1]), temperature=temperature)
        del self.thresholds  # a row of the table from here on, no parameter of its own
        self.register_buffer("strengths", torch.tensor(knots))
        self.table = nn.Parameter(table.clone())  # [K,L], units of r
        self.set_strength(knots[0])

    @staticmethod
    def ramp(final: float, layers: int, power: float = 1.0) -> list[float]:
        """final ((l+1)/L)^power. LTP's README has power 1; its code has l/L, which leaves layer 0 whole."""
        return [final * ((l + 1) / layers) ** power for l in range(layers)]

    def set_strength(self, strength: float) -> None:
        self.thresholds = between(self.table, self.strengths, strength)

    def score(self, probs, live):
        return received_without_cls(probs, live)

    def before_layer(self, l, h, live):
        if not (self.soft and self.training):
            return live, None
        if l == 0:
            self.weight, self.entered, self.kept = live.float(), [], []
        return live, self.weight

    def after_softmax(self, l, probs, live, real):
        if not (self.soft and self.training):
            return super().after_softmax(l, probs, live, real)
        stays = torch.sigmoid((self.score(probs, self.weight) - self.thresholds[l]) / self.temperature)  # [B,S]
        after = self.weight * torch.cat([torch.ones_like(stays[:, :1]), stays[:, 1:]], 1)
        self.entered.append(self.weight.sum(1))
        self.kept.append(after.sum(1))
        self.weight = after
        return live, None


class TopKDial(TopKPruner):
    def __init__(self, table: torch.Tensor, knots=KNOTS):
        super().__init__(rates=table[0])
        self.register_buffer("strengths", torch.tensor(knots))
        self.register_buffer("table", table.clone())  # [K,L]
        self.set_strength(knots[0])

    @staticmethod
    def schedule(steepness: float, layers: int, power: float) -> list[float]:
        """Keep rates exp(-steepness ((l+1)/L)^power), floored: gentle at first, then ever steeper."""
        return [max(FLOOR, math.exp(-steepness * ((l + 1) / layers) ** power)) for l in range(layers)]

    def set_strength(self, strength: float) -> None:
        self.keep_rates = between(self.table, self.strengths, strength)


class FirstDial(TopKDial):
    """Control: top-k's schedule, the first tokens. All scores are equal, and ties go to the earlier position."""

    def score(self, probs, live):
        return torch.zeros(live.shape, device=live.device)


class RandomDial(TopKDial):
    """Control: top-k's schedule, the tokens drawn by a hash of token id, position and seed: the same text, the same choice."""
    PRIME = 2 ** 31 - 1  # all products stay below 2^62: exact in int64 here and in a graph

    def __init__(self, table: torch.Tensor, knots=KNOTS, seed: int = 1):
        super().__init__(table, knots)
        self.seed = seed

    @classmethod
    def priority(cls, ids: torch.Tensor, seed: int) -> torch.Tensor:
        """[B,S] in [0,1): (a id + b position + c seed) mod P, then twice x -> x^2 + e mod P, over P."""
        position = torch.arange(ids.shape[1], device=ids.device)
        x = (ids * 1_103_515_245 + position * 48_271 + seed * 69_621) % cls.PRIME
        for e in (12_345, 67_891):
            x = (x * x + e) % cls.PRIME
        return x.float() / cls.PRIME

    def begin(self, ids, mask):
        self.chance = self.priority(ids, self.seed)  # [B,S]

    def remove(self, index):
        self.chance = self.chance.gather(1, index)

    def score(self, probs, live):
        return self.chance


class TranskimmerDial(TranskimmerPruner):
    """Soft stage: Gumbel draws, straight through. Hard stage: the larger logit, as at inference."""

    def __init__(self, s: Shape, table: torch.Tensor, knots=KNOTS, keep_bias: float = 2.0):
        super().__init__(s, keep_bias)
        self.register_buffer("strengths", torch.tensor(knots))
        self.table = nn.Parameter(table.clone())  # [K], added to the keep logit
        self.set_strength(knots[0])

    def set_strength(self, strength: float) -> None:
        self.shift = between(self.table, self.strengths, strength)

    def logits(self, l, h):
        logits = super().logits(l, h)
        return torch.stack([logits[..., 0], logits[..., 1] + self.shift], -1)

    def before_layer(self, l, h, live):
        if not (self.soft and self.training):
            return super().before_layer(l, h, live)
        if l == 0:
            self.entered, self.kept = [], []
        self.entered.append(live.float().sum(1) if l == 0 else self.weight.sum(1))
        live, weight = super().before_layer(l, h, live)
        self.kept.append(weight.sum(1))
        return live, weight


@dataclass
class Counts:
    """Tokens that enter and that are kept, [L,B]; soft counts carry gradients."""
    entered: torch.Tensor
    kept: torch.Tensor


@dataclass
class Pass(Counts):
    logits: torch.Tensor = None  # [B, labels]


def soft_relative_flops(s: Shape, pruner: Pruner, lengths: torch.Tensor) -> torch.Tensor:
    """Expected FLOPs of a soft pass over those of dense, sums over the batch's real tokens; differentiable."""
    counts = Counts(torch.stack(pruner.entered), torch.stack(pruner.kept))
    return pruned_macs(s, counts, pruner.predicts).sum() / dense_macs(s, lengths.double()).sum()


def rectangle(rows: torch.Tensor, at: torch.Tensor, B: int, S: int) -> torch.Tensor:
    """Rows [T,d] at their flat places [T] of a [B,S,d] of zeros."""
    return rows.new_zeros(B * S, rows.shape[1]).index_copy(0, at, rows).view(B, S, -1)


def removed_pass(model: Classifier, ids, mask, types=None, pruner: Pruner | None = None) -> Pass:
    """The masked reference's logits and counts, computed on live tokens only. [CLS] must be protected. pruner None: dense."""
    B, S = ids.shape
    live = mask.bool()  # [B,S]
    real, at = live, live.flatten().nonzero()[:, 0]  # [T] flat places of the rows
    rows = model.embed(ids, types).flatten(0, 1)[at]  # [T,d]
    entered, kept = [], []
    if pruner is not None:
        pruner.begin(ids, live)
    layers = model.bert.encoder.layer
    for l, layer in enumerate(layers):
        entered.append(live.sum(1))
        if pruner is not None and pruner.predicts:
            with torch.no_grad():
                stays, _ = pruner.before_layer(l, rectangle(rows, at, B, S), live)
            rows, at, live, S = narrowed(rows, at, live, stays, pruner)
        attention = layer.attention.self
        q, k, v = (rectangle(lin(rows), at, B, S) for lin in (attention.query, attention.key, attention.value))  # [B,S,d]
        context, probs = attention.attend(q, k, v, live)
        stays = live
        if pruner is not None and not pruner.predicts:
            with torch.no_grad():
                stays, _ = pruner.after_softmax(l, probs.detach(), live, real)
        kept.append(stays.sum(1))
        # The head reads row 0 alone, so that the last layer computes nothing else.
        wanted = stays if l + 1 < len(layers) else torch.zeros_like(live).index_fill(1, torch.zeros(1, dtype=torch.long, device=ids.device), True)
        context = context.flatten(0, 1)[wanted.flatten().nonzero()[:, 0]]  # [T',d]
        residual, at, live, S = narrowed(rows, at, live, wanted, pruner)
        rows = layer.after_attention(context, residual)
    pooled = torch.tanh(model.bert.pooler.dense(rows))  # [B,d]: one row a sequence is left
    return Pass(torch.stack(entered), torch.stack(kept), model.classifier(model.dropout(pooled)).float())


def narrowed(rows, at, live, stays, pruner):
    """The rows [T',d] that stay, their places in a rectangle just wide enough for them, its mask and its width."""
    counts = stays.sum(1)  # [B]
    S = int(counts.max())
    places = (stays.cumsum(1) - 1 + S * torch.arange(len(counts), device=counts.device)[:, None])[stays]  # [T']
    if pruner is not None:
        # A stable sort puts the columns of the survivors first, in their order.
        pruner.remove((~stays).to(torch.uint8).argsort(dim=1, stable=True)[:, :S])
    return rows[stays.flatten()[at].nonzero()[:, 0]], places, torch.arange(S, device=counts.device) < counts[:, None], S


def schedule_macs(s: Shape, lengths: torch.Tensor, rates: list[float]) -> torch.Tensor:
    """Multiply-adds [n] of top-k's schedule on texts of these lengths; what is kept does not depend on the text."""
    kept, entered, before = [], [], lengths.double()
    for rate in rates:
        entered.append(before)
        before = torch.minimum(before, torch.round(lengths.float() * rate).double().clamp_min(1))
        kept.append(before)
    return pruned_macs(s, Counts(torch.stack(entered), torch.stack(kept)))


def bisect(ratio_at, wanted: float, weak: float, strong: float, rounds: int = 12) -> float:
    """The dial at which ratio_at, which grows from weak to strong, is as wanted."""
    for _ in range(rounds):
        middle = (weak + strong) / 2
        weak, strong = (middle, strong) if ratio_at(middle) < wanted else (weak, middle)
    return (weak + strong) / 2


def solved(ratio_at, wanted: float, weak: float, strong: float, start: float, tolerance: float = 0.002, rounds: int = 14) -> float:
    """Like bisect where every look costs a pass over texts: regula falsi (Illinois) on 1/ratio, begun at a guess.

    The ends are never looked at: little is pruned at the weak one, nearly everything at the strong one.
    """
    over_weak, over_strong, x, side = 1 - 1 / wanted, 0.1 - 1 / wanted, start, 0
    for round_number in range(rounds):
        over = 1 / ratio_at(x) - 1 / wanted
        if abs(over) * wanted < tolerance:
            return x
        if over > 0:
            weak, over_weak, over_strong, side = x, over, over_strong * (0.5 if side > 0 else 1), 1
        else:
            strong, over_strong, over_weak, side = x, over, over_weak * (0.5 if side < 0 else 1), -1
        # Every third step halves, so that a ratio that jumps cannot hold the search up.
        x = (weak + strong) / 2 if round_number % 3 == 2 else weak + (strong - weak) * over_weak / (over_weak - over_strong)
    return x


def schedule_table(s: Shape, lengths: torch.Tensor, knots, power: float) -> torch.Tensor:
    """Keep rates [K,L] whose FLOPs ratio on these lengths is that of the knot."""
    dense = dense_macs(s, lengths.double()).sum()
    rates = lambda x: TopKDial.schedule(x, s.layers, power)
    ratio = lambda x: (dense / schedule_macs(s, lengths, rates(x)).sum()).item()
    return torch.tensor([rates(bisect(ratio, knot, 0.0, 200.0, 40)) for knot in knots])


def calibrate(pruner: Pruner, ratio_of) -> None:
    """Sets each knot of a table so that the ratio on held-out text is the knot's. Nothing else changes.

    ltp, threshold: a factor on the knot's thresholds (a ramp stays a ramp); transkimmer: the shift. ratio_of() is the FLOPs
    ratio at the strength that is set. Top-k's schedule and its controls need none: schedule_table is exact.
    """
    if isinstance(pruner, TopKPruner):
        return
    for k, knot in enumerate(pruner.strengths.tolist()):
        calibrate_knot(pruner, k, knot, ratio_of)
    pruner.set_strength(pruner.strengths[0].item())


@torch.no_grad()
def calibrate_knot(pruner: Pruner, k: int, knot: float, ratio_of) -> None:
    before = pruner.table[k].clone()
    shifts = isinstance(pruner, TranskimmerPruner)

    def ratio_at(x):
        pruner.table[k].copy_(before + x if shifts else before * math.exp(x))
        pruner.set_strength(knot)
        return ratio_of()

    weak, strong = (10.0, -10.0) if shifts else (-3.0, 3.0)
    x = solved(ratio_at, knot, weak, strong, 0.0)  # the last look need not have been at the answer
    pruner.table[k].copy_(before + x if shifts else before * math.exp(x))


def shallower(model: Classifier, layers: int) -> Classifier:
    """The control that removes layers instead of tokens: the first ones, with the head on the last of them."""
    model.bert.encoder.layer = model.bert.encoder.layer[:layers]
    model.shape = Shape(**{**model.shape.__dict__, "layers": layers})
    return model
