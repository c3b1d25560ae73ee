"""A BERT encoder in plain modules, and how pruning acts on it (the masked reference).

Parameter names equal those of Hugging Face's BertForSequenceClassification, so a state dict is a checkpoint.
Nothing is ever removed here: a dropped token stays in its place and is masked. The packed ONNX graph must give the
same numbers; train/goldens.py writes the cases that prove it. What a method decides lives in pruning.py.

Letters in shape comments: B batch, S padded length, d hidden, H heads, L layers, f FFN width.
"""
import json
from dataclasses import dataclass, field
from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import load_file

from errors import InputError


@dataclass(frozen=True)
class Shape:
    vocab: int
    hidden: int
    layers: int
    heads: int
    ffn: int
    positions: int = 512
    types: int = 2
    eps: float = 1e-12
    labels: int = 2

    @staticmethod
    def from_hf(config: dict) -> "Shape":
        if config.get("hidden_act", "gelu") != "gelu":
            raise InputError(f"hidden_act {config['hidden_act']!r} in config.json: only 'gelu' (erf) is supported")
        try:
            return Shape(config["vocab_size"], config["hidden_size"], config["num_hidden_layers"], config["num_attention_heads"],
                         config["intermediate_size"], config["max_position_embeddings"], config["type_vocab_size"],
                         config["layer_norm_eps"], config.get("num_labels", 2))
        except KeyError as missing:
            raise InputError(f"config.json has no {missing}: --base needs a BERT-family checkpoint") from None

    def to_hf(self) -> dict:
        return {"architectures": ["BertForSequenceClassification"], "model_type": "bert", "vocab_size": self.vocab,
                "hidden_size": self.hidden, "num_hidden_layers": self.layers, "num_attention_heads": self.heads,
                "intermediate_size": self.ffn, "max_position_embeddings": self.positions, "type_vocab_size": self.types,
                "layer_norm_eps": self.eps, "hidden_act": "gelu", "position_embedding_type": "absolute", "pad_token_id": 0,
                "num_labels": self.labels, "id2label": {"0": "negative", "1": "positive"}, "label2id": {"negative": 0, "positive": 1}}


class Linear(nn.Linear):
    """A linear layer that may carry a low-rank adapter: W' = W + lora_B @ lora_A, no further scale."""

    def add_adapter(self, rank: int) -> None:
        self.lora_A = nn.Parameter(torch.randn(rank, self.in_features) / self.in_features ** 0.5)  # [r, in]
        self.lora_B = nn.Parameter(torch.zeros(self.out_features, rank))  # [out, r], zero: the adapter starts neutral

    def forward(self, x):
        y = F.linear(x, self.weight, self.bias)
        return y + F.linear(F.linear(x, self.lora_A), self.lora_B) if hasattr(self, "lora_A") else y

    def merge_adapter(self) -> None:
        with torch.no_grad():
            self.weight += self.lora_B @ self.lora_A
        del self.lora_A, self.lora_B


class SelfAttention(nn.Module):
    def __init__(self, s: Shape):
        super().__init__()
        self.heads = s.heads
        self.query, self.key, self.value = (Linear(s.hidden, s.hidden) for _ in range(3))

    def forward(self, h, live, weight=None):
        """Context [B,S,d] and probabilities [B,H,S,S] over live keys only.

        weight [B,S] (Transkimmer's training) multiplies the exponentials, that is, masks INSIDE the softmax but lets
        gradients reach the mask; where it is given it is 1 for live tokens and 0 for all others.
        """
        return self.attend(self.query(h), self.key(h), self.value(h), live, weight)

    def attend(self, q, k, v, live, weight=None):
        B, S, d = q.shape
        q, k, v = (x.view(B, S, self.heads, -1).transpose(1, 2) for x in (q, k, v))  # [B,H,S,d/H]
        keys = live[:, None, None, :]  # [B,1,1,S]
        scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)  # [B,H,S,S]
        if weight is None:
            # A finite fill: with no live key at all the row is uniform and unused, where -inf would give NaN.
            probs = scores.float().masked_fill(~keys, -1e30).softmax(-1)
        else:
            scores = scores.float()
            e = (scores - scores.detach().masked_fill(~keys, -1e30).amax(-1, keepdim=True)).clamp(max=30.0).exp()
            e = e * weight[:, None, None, :]
            probs = e / e.sum(-1, keepdim=True).clamp_min(1e-20)
        return (probs.to(v.dtype) @ v).transpose(1, 2).reshape(B, S, d), probs


class Residual(nn.Module):
    """dense -> dropout -> add the residual -> LayerNorm; BERT's post-LN step, used after attention and after the FFN."""

    def __init__(self, inner: int, s: Shape):
        super().__init__()
        self.dense, self.LayerNorm, self.dropout = Linear(inner, s.hidden), nn.LayerNorm(s.hidden, s.eps), nn.Dropout(0.0)

    def forward(self, x, residual):
        return self.LayerNorm(self.dropout(self.dense(x)) + residual)


class Layer(nn.Module):
    def __init__(self, s: Shape):
        super().__init__()
        self.attention = nn.Module()
        self.attention.self = SelfAttention(s)
        self.attention.output = Residual(s.hidden, s)
        self.intermediate = nn.Module()
        self.intermediate.dense = Linear(s.hidden, s.ffn)
        self.output = Residual(s.ffn, s)

    def after_attention(self, context, h):
        x = self.attention.output(context, h)  # [B,S,d]
        return self.output(F.gelu(self.intermediate.dense(x)), x)  # through [B,S,f]


@dataclass
class Trace:
    """What one forward pass did. entered/kept: tokens before and after each layer's pruning, real tokens only."""
    logits: torch.Tensor  # [B, labels]
    hidden: torch.Tensor  # [B,S,d] last hidden state; a dropped token's row is the last complete state it had, pads are 0
    entered: torch.Tensor  # [L,B]
    kept: torch.Tensor  # [L,B]
    live: torch.Tensor  # [B,S] tokens that took part to the end
    scales: list = field(default_factory=list)  # soft stage: [B,S] of each pruning layer


class Classifier(nn.Module):
    def __init__(self, s: Shape):
        super().__init__()
        self.shape = s
        self.bert = nn.Module()
        e = self.bert.embeddings = nn.Module()
        e.word_embeddings = nn.Embedding(s.vocab, s.hidden)
        e.position_embeddings = nn.Embedding(s.positions, s.hidden)
        e.token_type_embeddings = nn.Embedding(s.types, s.hidden)
        e.LayerNorm, e.dropout = nn.LayerNorm(s.hidden, s.eps), nn.Dropout(0.0)
        self.bert.encoder = nn.Module()
        self.bert.encoder.layer = nn.ModuleList(Layer(s) for _ in range(s.layers))
        self.bert.pooler = nn.Module()
        self.bert.pooler.dense = Linear(s.hidden, s.hidden)
        self.dropout = nn.Dropout(0.0)
        self.classifier = Linear(s.hidden, s.labels)

    def set_dropout(self, p: float) -> None:
        for module in self.modules():
            if isinstance(module, nn.Dropout):
                module.p = p

    def encoder_linears(self) -> dict[str, Linear]:
        """The six linears of each layer: the ones that adapters attach to."""
        return {name: m for name, m in self.named_modules() if isinstance(m, Linear) and ".layer." in name}

    def embed(self, ids, types=None):
        e = self.bert.embeddings
        positions = torch.arange(ids.shape[1], device=ids.device)
        types = torch.zeros_like(ids) if types is None else types
        return e.dropout(e.LayerNorm(e.word_embeddings(ids) + e.token_type_embeddings(types) + e.position_embeddings(positions)))

    def forward(self, ids, attention_mask, types=None, pruner=None) -> Trace:
        real = live = attention_mask.bool()  # [B,S] tokens still taking part
        if ids.shape[1] > self.shape.positions:
            raise InputError(f"a sequence of {ids.shape[1]} tokens; the model has {self.shape.positions} positions")
        h = self.embed(ids, types)  # [B,S,d]
        if torch.is_autocast_enabled(h.device.type):
            h = h.to(torch.get_autocast_dtype(h.device.type))  # a residual stream in bfloat16: half the memory traffic
        entered, kept, scales = [], [], []
        if pruner is not None:
            pruner.begin(ids, real)
        for l, layer in enumerate(self.bert.encoder.layer):
            entered.append(live.sum(1))
            if pruner is None:
                h = layer.after_attention(layer.attention.self(h, live)[0], h)
            else:
                h, live, scale = self.pruned_layer(l, layer, h, live, real, pruner)
                scales += [scale] if scale is not None else []
            kept.append(live.sum(1))
        pooled = torch.tanh(self.bert.pooler.dense(h[:, 0]))  # [B,d]
        logits = self.classifier(self.dropout(pooled)).float()
        return Trace(logits, h * real[..., None], torch.stack(entered), torch.stack(kept), live, scales)

    def pruned_layer(self, l, layer, h, live, real, pruner):
        live, weight = pruner.before_layer(l, h, live)
        context, probs = layer.attention.self(h, live, weight)
        # A row whose token was dropped in an earlier layer gets no context. Only an orphaned CLS (dropped, but the head
        # reads its row) goes on: LN(h + b_o), then the FFN. Every other dropped row stays as it is.
        context = context * live[..., None]
        live, scale = pruner.after_softmax(l, probs, live, real)
        runs = live.clone()
        runs[:, 0] = True
        out = layer.after_attention(context, h)  # [B,S,d]
        if scale is not None:
            out = out * scale[..., None].to(out.dtype)
        return torch.where(runs[..., None], out, h), live, scale


def dense_macs(s: Shape, n):
    """Multiply-adds of the encoder on sequences of n real tokens; embeddings, softmax, LayerNorm and head apart."""
    return s.layers * ((4 * s.hidden ** 2 + 2 * s.hidden * s.ffn) * n + 2 * s.hidden * n * n)


def pruned_macs(s: Shape, trace: Trace, predicts: bool = False):
    """Multiply-adds [B] of a pruned pass. predicts: Transkimmer, a predictor on what enters, then whole layers on the rest."""
    n, m, d, f = trace.entered.double(), trace.kept.double(), s.hidden, s.ffn
    if predicts:
        return ((d * d + 2 * d) * n + (4 * d * d + 2 * d * f) * m + 2 * d * m * m).sum(0)
    return (3 * d * d * n + 2 * d * n * n + (d * d + 2 * d * f) * m).sum(0)


def read_weights(path: Path) -> dict[str, torch.Tensor]:
    """Tensors as float32; a tensor stored as int8 rows comes with <name>.row_scale and is multiplied out."""
    stored = load_file(str(path))
    scales = {name: t for name, t in stored.items() if name.endswith(".row_scale")}
    return {name: t.float() * scales[name + ".row_scale"][:, None] if name + ".row_scale" in scales else t.float()
            for name, t in stored.items() if name not in scales}


def weights_file(folder: Path) -> Path:
    path = next((folder / name for name in ("weights.safetensors", "model.safetensors") if (folder / name).is_file()), None)
    if path is None:
        raise InputError(f"neither weights.safetensors nor model.safetensors in {folder}")
    return path


def load_model(folder: Path) -> Classifier:
    """A Hugging Face BERT folder or one of models/: config.json and weights.safetensors or model.safetensors."""
    if not (folder / "config.json").is_file():
        raise InputError(f"no config.json in {folder}: --base must be a BERT checkpoint folder")
    shape = Shape.from_hf(json.loads((folder / "config.json").read_text()))
    path = weights_file(folder)
    model = Classifier(shape)
    for linear in (model.bert.pooler.dense, model.classifier):
        nn.init.normal_(linear.weight, std=0.02)
        nn.init.zeros_(linear.bias)
    weights = {name if name.startswith(("bert.", "classifier.")) else "bert." + name: t for name, t in read_weights(path).items()}
    known = model.state_dict()
    weights = {name: t for name, t in weights.items() if name in known}
    missing = [name for name in known if name not in weights and not name.startswith(("bert.pooler.", "classifier."))]
    if missing:
        raise InputError(f"{path} lacks {len(missing)} tensors of a BERT encoder, first {missing[0]}")
    model.load_state_dict(weights, strict=False)
    return model
