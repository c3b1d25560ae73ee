"""The pruning methods: two hooks each, one before a layer and one after its softmax.

before_layer(l, h, live) -> (live, weight)             Transkimmer decides here
after_softmax(l, probs, live, real) -> (live, scale)   LTP, manual threshold and top-k decide here

live [B,S] is the mask of tokens taking part; pads are never live. Evaluation (module.eval()) is exact and deterministic
inference; training mode is each method's relaxation. `margin` is the smallest distance of a decision from flipping, kept
so that the goldens can prove that no decision hangs on rounding.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

from model import Shape


def received_attention(probs, live, minus_self=False):
    """r [B,S]: attention a token receives, mean over heads, summed over live queries. Its mean over live tokens is 1."""
    with torch.autocast(probs.device.type, enabled=False):  # bfloat16 would make the comparison with a threshold coarse
        r = torch.einsum("bhjk,bj->bk", probs.float(), live.float()) / probs.shape[1]
        return r - probs.float().diagonal(dim1=2, dim2=3).mean(1) if minus_self else r


def received_without_cls(probs, live):
    """r [B,S] in units of the mean over live tokens without [CLS], at index 0. Where nothing but [CLS] is live, r is 0 or raw.

    [CLS] receives 38 % of all attention in a text of 32 tokens and 7 % in one of 512, so that in units of the mean with
    [CLS] an ordinary token's score rises with the length of its text (train/README.md).
    """
    r = received_attention(probs, live)
    others = torch.cat([torch.zeros_like(r[:, :1]), live[:, 1:].float()], 1)  # [B,S]
    return r * (others.sum(1) / (r * others).sum(1).clamp_min(1e-6))[:, None]


SCORES = {"received-attention": received_attention, "received-attention-without-cls": received_without_cls}


class Pruner(nn.Module):
    predicts = False

    def __init__(self):
        super().__init__()
        self.margin = float("inf")

    def begin(self, ids, mask) -> None:
        """Called once a pass, before the first layer: ids [B,S], mask [B,S]."""

    def remove(self, index) -> None:
        """Called when tokens have been removed: index [B,S'] are the survivors' columns of the rectangle there was before."""

    def note_margin(self, distance, where) -> None:
        if not self.training and where.any():
            self.margin = min(self.margin, distance[where].abs().min().item())

    def before_layer(self, l, h, live):
        return live, None

    def after_softmax(self, l, probs, live, real):
        return live, None


class ThresholdPruner(Pruner):
    """LTP and manual threshold: keep i iff r_i >= max(tau_l, floor); a tau of exactly 0 switches the layer's pruning off.
    Layer 0 never prunes in the points trained here.

    Soft stage (stage="soft", training mode): the layer's output is multiplied by sigmoid((r - tau)/T), which trains tau.
    """

    def __init__(self, thresholds, protect_cls=True, floor=0.0, temperature=0.1):
        super().__init__()
        self.thresholds = nn.Parameter(torch.as_tensor(thresholds, dtype=torch.float32).clone())  # [L], in units of r
        self.protect_cls, self.floor, self.temperature, self.soft = protect_cls, floor, temperature, False

    def score(self, probs, live):
        return received_attention(probs, live)

    @staticmethod
    def ramp(final: float, layers: int) -> list[float]:
        return [final * l / layers for l in range(layers)]  # METHODS: l/L from 0, so the last layer stays below `final`

    def after_softmax(self, l, probs, live, real):
        tau = self.thresholds[l]
        if self.soft and self.training:
            if l == 0:
                return live, None
            scale = torch.sigmoid((self.score(probs, live) - tau) / self.temperature)
            return live, torch.cat([torch.ones_like(scale[:, :1]), scale[:, 1:]], 1) if self.protect_cls else scale
        limit = max(tau.item(), self.floor)
        if tau == 0 or limit <= 0:
            return live, None
        r = self.score(probs, live)
        keep = r >= limit
        decided = live.clone()
        if self.protect_cls:
            keep[:, 0] = True
            decided[:, 0] = False
        self.note_margin(r - limit, decided)
        return live & keep, None


class TopKPruner(Pruner):
    """Keep the k tokens that receive most attention; ties go to the earlier position. A protected CLS always takes one place
    and k is at least 1; an unprotected one competes like any token, and k may be 0.

    rates [L]: k = round_half_even(n0 * rate) with n0 the real length at the input; counts [L]: k absolute (PoWER-BERT).
    """

    def __init__(self, rates=None, counts=None, minus_self=False, protect_cls=True):
        super().__init__()
        self.protect_cls = protect_cls
        self.register_buffer("keep_rates", None if rates is None else torch.as_tensor(rates, dtype=torch.float32))
        self.register_buffer("keep_counts", None if counts is None else torch.as_tensor(counts, dtype=torch.int32))
        self.minus_self = minus_self

    @staticmethod
    def ramp(last: float, layers: int, untouched: int) -> list[float]:
        """1 for the untouched layers, then linear down to `last`, floored at 0.01; a negative `last` steepens it."""
        return [max(0.01, 1 + (last - 1) * max(0, l - untouched + 1) / (layers - untouched)) for l in range(layers)]

    def score(self, probs, live):
        return received_attention(probs, live, self.minus_self)

    def after_softmax(self, l, probs, live, real):
        if self.keep_rates is not None:
            if self.keep_rates[l] >= 1:
                return live, None
            k = torch.round(real.sum(1).float() * self.keep_rates[l])  # torch rounds half to even
        else:
            k = self.keep_counts[l].expand(live.shape[0])
        k = torch.minimum(k.long().clamp_min(1 if self.protect_cls else 0), live.sum(1))  # [B]
        score = self.score(probs, live).masked_fill(~live, float("-inf"))
        if self.protect_cls:
            score[:, 0] = float("inf")
        ordered, order = score.sort(dim=1, descending=True, stable=True)
        rank = torch.empty_like(order).scatter_(1, order, torch.arange(order.shape[1], device=order.device).expand_as(order))
        inside = (k >= 1) & (k < live.sum(1))  # sequences where something is cut
        if not self.training and inside.any():
            last_in, first_out = (ordered.gather(1, (k + shift).clamp(0, live.shape[1] - 1)[:, None])[:, 0] for shift in (-1, 0))
            self.note_margin(last_in - first_out, inside)
        return live & (rank < k[:, None]), None


class SkimPredictor(nn.Module):
    """LayerNorm -> Linear(d,d) -> LayerNorm -> GELU -> Linear(d,2); logit 1 is keep, logit 0 is skim."""

    def __init__(self, s: Shape, keep_bias: float):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(s.hidden, s.eps), nn.LayerNorm(s.hidden, s.eps)
        self.dense, self.out = nn.Linear(s.hidden, s.hidden), nn.Linear(s.hidden, 2)
        for linear in (self.dense, self.out):
            nn.init.normal_(linear.weight, std=0.02)
            nn.init.zeros_(linear.bias)
        with torch.no_grad():
            self.out.bias += torch.tensor([-keep_bias, keep_bias])

    def forward(self, h):
        return self.out(F.gelu(self.norm2(self.dense(self.norm1(h)))))  # [B,S,2]


class TranskimmerPruner(Pruner):
    """A predictor before each layer; index 0 always stays. Training draws from the Gumbel softmax, straight through;
    inference takes the larger logit (the published code draws at inference too)."""
    predicts = True

    def __init__(self, s: Shape, keep_bias: float = 5.0):
        super().__init__()
        self.skim = nn.ModuleList(SkimPredictor(s, keep_bias) for _ in range(s.layers))
        self.soft = True  # training draws; off: training, too, takes the larger logit
        self.weight = None  # [B,S] running product of decisions; carries the gradient while training
        self.skim_loss = torch.zeros(())

    def logits(self, l, h):
        return self.skim[l](h).float()  # [B,S,2]

    def before_layer(self, l, h, live):
        logits = self.logits(l, h)
        if not (self.training and self.soft):
            keep = logits[..., 1] > logits[..., 0]
            keep[:, 0] = True
            decided = live.clone()
            decided[:, 0] = False
            self.note_margin(logits[..., 1] - logits[..., 0], decided)
            return live & keep, None
        if l == 0:
            self.real, self.weight, self.skim_loss = live, live.float(), 0.0
        keep = F.gumbel_softmax(logits, tau=1.0, hard=True)[..., 1]
        keep = torch.cat([torch.ones_like(keep[:, :1]), keep[:, 1:]], 1)
        self.weight = self.weight * keep
        # Mean over layers of the kept share of REAL tokens; the published loss counts pads too.
        self.skim_loss = self.skim_loss + self.weight.sum() / self.real.sum() / len(self.skim)
        return self.weight.detach() > 0.5, self.weight


def point_tensors(pruner) -> dict[str, torch.Tensor]:
    """A pruner's own tensors under the names of the point file."""
    if isinstance(pruner, ThresholdPruner):
        return {"pruning.thresholds": pruner.thresholds}
    if isinstance(pruner, TopKPruner):
        return {"pruning.keep_rates": pruner.keep_rates} if pruner.keep_rates is not None else {"pruning.keep_counts": pruner.keep_counts}
    if isinstance(pruner, TranskimmerPruner):
        return dict(pruner.state_dict())
    return {}
