"""The dense model of a run in transformers: config.json and weights.safetensors of models/, loaded into Hugging Face's
own class. Every weight must find its place, and no place may stay empty."""
import json

import torch
from safetensors.torch import load_file
from transformers import BertConfig, BertForSequenceClassification

IGNORED = ("position_ids",)  # a buffer that old checkpoints carry


class Unsupported(Exception):
    """A model that no peer is built for; the message says why."""


def read_weights(path: str) -> dict[str, torch.Tensor]:
    """float32; a tensor stored as int8 rows comes with <name>.row_scale and is multiplied out."""
    stored = load_file(path)
    scales = {name: tensor for name, tensor in stored.items() if name.endswith(".row_scale")}
    return {name: tensor.float() * scales[name + ".row_scale"].float()[:, None] if name + ".row_scale" in scales else tensor.float()
            for name, tensor in stored.items() if name not in scales and not name.endswith(IGNORED)}


def load_model(model: dict, attention: str = "sdpa") -> BertForSequenceClassification:
    """RoBERTa under our tensor names is BERT whose position table begins later, so it is loaded as such.

    @raises Unsupported for what BERT's class cannot compute.
    """
    config = json.loads(model["config"])
    wanted = {"hidden_act": "gelu", "head_activation": "tanh", "embedding_size": config["hidden_size"]}
    for name, value in wanted.items():
        if config[name] != value:
            raise Unsupported(f"{name} {config[name]!r}: peers are built for models that BERT's class can be ({name} {value!r})")
    settings = BertConfig(**{name: value for name, value in config.items() if name not in ("head_activation", "embedding_size")})
    settings._attn_implementation = attention
    network = BertForSequenceClassification(settings)
    weights = with_tables(read_weights(model["weights"]), model["firstPosition"], settings)
    try:
        network.load_state_dict(weights, strict=True)
    except RuntimeError as thrown:
        raise Unsupported("its weights do not fit transformers' BertForSequenceClassification: " + " ".join(str(thrown).split())[:300]) from None
    return network.eval()


def with_tables(weights: dict, first: int, settings: BertConfig) -> dict:
    """Positions from the first token's on; no token types are types of nothing."""
    positions, types = (f"bert.embeddings.{name}_embeddings.weight" for name in ("position", "token_type"))
    if positions in weights:
        weights[positions] = weights[positions][first:]
        settings_rows = settings.max_position_embeddings
        if len(weights[positions]) > settings_rows:
            weights[positions] = weights[positions][:settings_rows]
    weights.setdefault(types, torch.zeros(settings.type_vocab_size, settings.hidden_size))
    return weights
