"""The dense model as other people's ONNX graphs, made once per weights and versions and kept under .cache/peers:

exported   torch.onnx.export of transformers' model as it is (sdpa attention), nothing done to it
optimized  onnxruntime.transformers.optimizer with model_type 'bert': one Attention node a layer, EmbedLayerNormalization,
           SkipLayerNormalization, BiasGelu. Its patterns were written for transformers before 4.48, and transformers 5
           matches none of those of attention. So that this peer is as strong as it can be, its export writes attention the
           old way (scores divided, a mask made beforehand), and reshapes name the heads instead of -1. What is
           computed is the same. All opt_levels (0, 1, 2) gave the same nodes; 1 is used.

    python export.py < request.json     prints {"exported": path or null, "optimized": ..., "failures": {name: reason}}
"""
import json
import math
import os
import sys
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from transformers import AttentionInterface

from hf import load_model

INPUTS = ["input_ids", "attention_mask", "token_type_ids"]
OPSET = 17  # the newest that the optimizer's patterns of layer normalisation and GELU were seen to match


class Plain(torch.nn.Module):
    def __init__(self, network):
        super().__init__()
        self.network = network

    def mask(self, attention_mask):
        return attention_mask

    def forward(self, input_ids, attention_mask, token_type_ids):
        return self.network(input_ids=input_ids, attention_mask=self.mask(attention_mask), token_type_ids=token_type_ids).logits


class Classic(Plain):
    """With the additive mask [B,1,1,S] that transformers itself used to make."""

    def mask(self, attention_mask):
        return (1.0 - attention_mask[:, None, None, :].to(torch.float32)) * torch.finfo(torch.float32).min


def classic_attention(module, query, key, value, attention_mask, **_):
    scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])  # [B,H,S,S]
    probs = torch.softmax(scores + attention_mask, -1)
    return (probs @ value).transpose(1, 2), probs


def export(network: Plain, path: Path) -> None:
    """By the TorchScript exporter: the optimizer's symbolic shapes fail on what the newer one writes (torch 2.13)."""
    ids = torch.randint(1, network.network.config.vocab_size, (2, 24))
    mask = torch.ones_like(ids)
    mask[1, 20:] = 0
    axes = {name: {0: "batch", 1: "length"} for name in INPUTS} | {"logits": {0: "batch"}}
    with torch.inference_mode(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(network, (ids, mask, torch.zeros_like(ids)), str(path), input_names=INPUTS, output_names=["logits"],
                          dynamic_axes=axes, opset_version=OPSET, dynamo=False)


def name_heads(model: onnx.ModelProto, heads: int) -> onnx.ModelProto:
    """[B, S, -1, d/H] becomes [B, S, H, d/H] where a reshape splits the heads: the optimizer reads H there."""
    constants = {node.output[0]: node for node in model.graph.node if node.op_type == "Constant"}
    for node in model.graph.node:
        if node.op_type != "Concat" or len(node.input) != 4 or node.input[2] not in constants or node.input[3] not in constants:
            continue
        value = constants[node.input[2]].attribute[0].t
        if numpy_helper.to_array(value).tolist() == [-1]:
            value.CopyFrom(numpy_helper.from_array(np.array([heads], np.int64)))
    return model


def optimize(source: Path, target: Path, config) -> None:
    from onnxruntime.transformers import optimizer

    named = source.with_suffix(".named.onnx")
    onnx.save(name_heads(onnx.load(str(source)), config.num_attention_heads), str(named))
    fused = optimizer.optimize_model(str(named), model_type="bert", num_heads=config.num_attention_heads,
                                     hidden_size=config.hidden_size, opt_level=1, use_gpu=False)
    named.unlink()
    found = Counter(node.op_type for node in fused.model.graph.node)["Attention"]
    if found != config.num_hidden_layers:
        raise RuntimeError(f"the optimizer fused attention in {found} of {config.num_hidden_layers} layers")
    fused.save_model_to_file(str(target))


def make_exported(model: dict, path: Path) -> None:
    export(Plain(load_model(model)), path)


def make_optimized(model: dict, path: Path) -> None:
    AttentionInterface.register("classic", classic_attention)
    network = load_model(model, "classic")
    classic = path.with_suffix(".classic.onnx")
    export(Classic(network), classic)
    optimize(classic, path, network.config)
    classic.unlink()


MAKERS = {"exported": make_exported, "optimized": make_optimized}


def prepare(request: dict) -> dict:
    folder = Path(request["folder"])
    folder.mkdir(parents=True, exist_ok=True)
    result = {"failures": {}}
    for name in request["names"]:
        final, draft = folder / f"{name}.onnx", folder / f".{name}.{os.getpid()}.onnx"
        result[name] = str(final)
        if final.is_file():
            continue
        try:
            MAKERS[name](request["model"], draft)
            draft.rename(final)
        except Exception as thrown:
            result[name] = None
            result["failures"][name] = " ".join(f"{type(thrown).__name__}: {thrown}".split())[:400]
            draft.unlink(missing_ok=True)
    return result


if __name__ == "__main__":
    private = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # exporters print; standard output is the answer's
    private.write(json.dumps(prepare(json.load(sys.stdin))) + "\n")
    private.close()
