"""The published inference of LTP and Transkimmer, as their own code computes it: padded, masked, nothing ever removed.

Written anew from the published semantics; tensor names, config keys and constants are those of the repositories, so a
checkpoint of theirs runs here as it is. The packed graphs must give the same numbers; official_goldens.py writes the cases.

    LTP          github.com/kssteven418/LTP, src/transformers/models/ltp (prune_modes absolute_threshold and topk, hard masking)
    Transkimmer  github.com/ChandlerGuan/Transkimmer, src/module (BERT and RoBERTa)

Letters in shape comments: B batch, S padded length, d hidden, H heads, L layers. Every decision notes how far it was from
its opposite (`margin`), so that no case needs to hang on rounding.
"""
import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F

HIDDEN = -10000.0  # the additive mask of both codes
LTP_FLOOR = 1e-5  # of a threshold: what keeps padding and dead tokens dead, since they receive exactly 0


@dataclass
class Answer:
    logits: torch.Tensor  # [B, labels]
    kept: torch.Tensor  # [L,B] real tokens alive after each layer
    cls_alive: torch.Tensor  # [L,B]
    margin: float  # smallest distance of a decision from its opposite


def linear(w, name, x):
    return F.linear(x, w[name + ".weight"], w[name + ".bias"])


def norm(w, name, x, eps):
    return F.layer_norm(x, x.shape[-1:], w[name + ".weight"], w[name + ".bias"], eps)


def embed(w, config, prefix, ids, types):
    """[B,S,d]. RoBERTa (and LTP, which is one) counts positions from the padding id + 1 and skips padding."""
    if prefix == "bert":
        places = torch.arange(ids.shape[1]).expand_as(ids)
    else:
        real = ids.ne(config["pad_token_id"]).long()
        places = real.cumsum(1) * real + config["pad_token_id"]
    tables = (("word", ids), ("position", places), ("token_type", types))
    total = sum(w[f"{prefix}.embeddings.{name}_embeddings.weight"][index] for name, index in tables)
    return norm(w, f"{prefix}.embeddings.LayerNorm", total, config["layer_norm_eps"])


def raw_scores(w, config, name, h):
    """Scaled products [B,H,S,S] and values [B,H,S,d/H]."""
    B, S, d = h.shape
    heads = config["num_attention_heads"]
    q, k, v = (linear(w, f"{name}.attention.self.{part}", h).view(B, S, heads, -1).transpose(1, 2) for part in ("query", "key", "value"))
    return q @ k.transpose(-1, -2) / math.sqrt(d // heads), v


def rest_of_layer(w, config, name, probs, v, h):
    """A·V, output projection, residual, LayerNorm, feed-forward, LayerNorm: for ALL rows, dead ones included."""
    context = (probs @ v).transpose(1, 2).reshape(h.shape)  # [B,S,d]
    x = norm(w, f"{name}.attention.output.LayerNorm", linear(w, f"{name}.attention.output.dense", context) + h, config["layer_norm_eps"])
    wide = F.gelu(linear(w, f"{name}.intermediate.dense", x))
    return norm(w, f"{name}.output.LayerNorm", linear(w, f"{name}.output.dense", wide) + x, config["layer_norm_eps"])


def head(w, prefix, cls):
    """Row 0 of the last layer. BERT: pooler, then classifier. RoBERTa and LTP: a classification head of two layers."""
    if prefix == "bert":
        return linear(w, "classifier", torch.tanh(linear(w, "bert.pooler.dense", cls)))
    return linear(w, "classifier.out_proj", torch.tanh(linear(w, "classifier.dense", cls)))


class Margin:
    def __init__(self):
        self.least = float("inf")

    def note(self, distance, where):
        if where.any():
            self.least = min(self.least, distance[where].abs().min().item())


# LTP


def ltp_thresholds(w, config):
    """[L]: base + learned delta. The base is not in the checkpoint: final * l / L with l from 0, rebuilt in float32."""
    L, final = config["num_hidden_layers"], config["final_token_threshold"]
    base = [torch.tensor(final * l / L) for l in range(L)]
    return [base[l] + w[f"ibert.encoder.layer.{l}.attention.self.pruner.keep_threshold"] for l in range(L)]


def ltp_keep_rates(config):
    """[L]: 1 for the first max(3, 15 %) layers, then a straight line down to token_keep_rate, never below 0.01."""
    L, last = config["num_hidden_layers"], config["token_keep_rate"]
    untouched = max(3, math.ceil(0.15 * L))
    slope = (last - 1) / (L - untouched)
    return [1.0 if l < untouched else max(0.01, slope * (l - untouched + 1) + 1) for l in range(L)]


def ltp(w, config, ids, mask):
    """LTPForSequenceClassification with hard masking. ids, mask [B,S]: S is the length that everything is padded to, and it
    counts: scores are means over all S queries."""
    margin = Margin()
    B, S = ids.shape
    additive = ((1 - mask.float()) * HIDDEN)[:, None, None, :]  # [B,1,1,S]
    lengths = (additive == 0).view(B, -1).sum(1)  # [B]
    h = embed(w, config, "ibert", ids, torch.zeros_like(ids))
    kept, cls_alive = [], []
    for l in range(config["num_hidden_layers"]):
        name = f"ibert.encoder.layer.{l}"
        scores, v = raw_scores(w, config, name, h)
        probs = (scores + additive).softmax(-1)  # [B,H,S,S]
        if config["prune_mode"] == "topk":
            after = ltp_topk(ltp_keep_rates(config)[l], probs, additive, lengths, margin)
        else:
            after = ltp_threshold(ltp_thresholds(w, config)[l], probs, additive, margin)
        h = rest_of_layer(w, config, name, probs, v, h)
        additive = after
        kept.append((additive == 0).view(B, S).sum(1))
        cls_alive.append((additive == 0).view(B, S)[:, 0])
    return Answer(head(w, "ibert", h[:, 0]), torch.stack(kept), torch.stack(cls_alive), margin.least)


def silence_dead_queries(probs, additive):
    """In place: a dead or padding row attends to nothing, in this layer's A·V as well. That is all that becomes of a pruned
    CLS: context 0, so LN(h + b_o), then the feed-forward."""
    probs.masked_fill_((additive < 0).transpose(2, 3), 0.0)


def ltp_threshold(threshold, probs, additive, margin):
    """The next additive mask. Exactly 0 switches pruning off, rows of dead queries untouched. A tie is kept."""
    if threshold == 0:
        return additive
    silence_dead_queries(probs, additive)
    S = probs.shape[-1]
    scores = probs.reshape(len(probs), -1, S).mean(1)  # [B,S], over heads AND all S queries
    limit = max(LTP_FLOOR, threshold)
    margin.note((scores - limit) * S, (additive == 0)[:, 0, 0])
    return torch.where(scores < limit, HIDDEN, 0.0)[:, None, None, :]


def ltp_topk(rate, probs, additive, lengths, margin):
    """The next additive mask: the round(length * rate) tokens with most attention; torch rounds half to even."""
    count = torch.round(lengths * rate).long()  # [B], of the REAL length at the input, the same for every layer
    if rate == 1:
        return additive
    silence_dead_queries(probs, additive)
    scores = probs.reshape(len(probs), -1, probs.shape[-1]).sum(1)  # [B,S]
    ordered, order = (-scores).sort(-1)
    after = torch.full_like(additive, HIDDEN)
    for b in range(len(probs)):
        after[b, ..., order[b, : count[b]]] = 0
        if 0 < count[b] < (additive[b] == 0).sum():  # something is cut: last one in against first one out
            margin.note(ordered[b, count[b]] - ordered[b, count[b] - 1], torch.tensor(True))
    return after


# Transkimmer

PREDICTOR_EPS = 1e-5  # nn.LayerNorm's default, whatever layer_norm_eps says


def softmax_corrected(z, additive, skim):
    """The author's correction (issue 3, equation 4): over kept tokens only. What removing the others computes."""
    return (z + additive).masked_fill(skim[:, None, None, :] == 0, float("-inf")).softmax(-1)


def softmax_published(z, additive, skim):
    """master: the mask comes after the softmax, and nothing is renormalised. Skimmed tokens stay in the denominator."""
    return (z + additive).softmax(-1) * skim[:, None, None, :]


def softmax_epsilon(z, additive, skim, eps=1e-6):
    """feat_skim_eval (dd44976): masked inside, and eps added to every position, skimmed ones and padding too."""
    keep = skim[:, None, None, :]
    shown = (z + additive) * keep
    e = (shown - shown.amax(-1, keepdim=True)).exp() * keep + eps
    return e / e.sum(-1, keepdim=True)


SOFTMAX = {"corrected": softmax_corrected, "published": softmax_published, "epsilon": softmax_epsilon}


def transkimmer(w, config, prefix, ids, mask, types, softmax="corrected"):
    """BertForSequenceClassification or RobertaForSequenceClassification of the repository, masked path.

    The decision is argmax; the published inference draws Gumbel noise for both logits (gumbel_softmax, hard).
    """
    margin, real = Margin(), mask.bool()
    additive = ((1 - mask.float()) * HIDDEN)[:, None, None, :]  # [B,1,1,S]
    h = embed(w, config, prefix, ids, types)
    forwarded, skim = h.clone(), torch.ones_like(mask, dtype=h.dtype)
    kept, cls_alive = [], []
    for l in range(config["num_hidden_layers"]):
        logits = predict(w, f"{prefix}.encoder.skim_predictors.{l}.predictor", h[:, 1:])  # [B,S-1,2]
        difference = logits[..., 1] - logits[..., 0]
        margin.note(difference, real[:, 1:] & (skim[:, 1:] > 0))
        decided = torch.cat([torch.ones_like(skim[:, :1]), (difference > 0).to(h.dtype)], 1)  # CLS always takes part
        skim = skim * decided  # who was skimmed does not come back
        name = f"{prefix}.encoder.layer.{l}"
        z, v = raw_scores(w, config, name, h)
        h = rest_of_layer(w, config, name, SOFTMAX[softmax](z, additive, skim), v, h)
        forwarded = torch.where(skim[..., None] > 0, h, forwarded)
        kept.append((skim.bool() & real).sum(1))
        cls_alive.append(skim[:, 0] > 0)
    return Answer(head(w, prefix, forwarded[:, 0]), torch.stack(kept), torch.stack(cls_alive), margin.least)


def predict(w, name, h):
    """LayerNorm, Linear(d,d), LayerNorm, GELU, Linear(d,2): modules 0, 1, 2 and 4 of a Sequential. Logit 1 is keep."""
    x = linear(w, f"{name}.1", norm(w, f"{name}.0", h, PREDICTOR_EPS))
    return linear(w, f"{name}.4", F.gelu(norm(w, f"{name}.2", x, PREDICTOR_EPS)))
