"""Random checkpoints in the official formats, and what the official inference answers on them -> test/golden/official.

    python train/official_goldens.py write         five folders of config.json, model.safetensors and cases.safetensors
    python train/official_goldens.py compare       how far Transkimmer's three softmaxes are apart, on random cases and on the
                                                   point that ships

A case is a batch: often one or two sequences, else three to eight, of very different lengths. One with a decision within
MARGIN of its opposite is drawn again, since float32 of another library may decide otherwise.
"""
import json
import random
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import pre_tokenizers

from errors import InputError, run_main
from official import SOFTMAX, ltp, ltp_thresholds, transkimmer

FOLDER = Path(__file__).resolve().parent.parent / "test/golden/official"
CASES = 500
MARGIN = 5e-5  # in units of the mean attention (LTP), of attention (top-k), of a logit (Transkimmer)
BYTES = sorted(pre_tokenizers.ByteLevel.alphabet())
MERGES = [("t", "h"), ("th", "e"), ("i", "n"), ("a", "n"), ("Ġ", "the")]
ROBERTA_WORDS = ["<s>", "<pad>", "</s>", "<unk>", *BYTES, *("".join(pair) for pair in MERGES), "<mask>"]
BERT_WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *(chr(c) for c in range(97, 123)), *(f"##{chr(c)}" for c in range(97, 123)),
              *"the film is a fine dull story and its cast was very warm cold but never once quite so good bad as it could have been".split()]


def config_of(kind: str, layers: int, positions: int, words: int, **more) -> dict:
    roberta = kind != "bert"
    classes = {"bert": "BertForSequenceClassification", "roberta": "RobertaForSequenceClassification", "ltp": "LTPForSequenceClassification"}
    return {"architectures": [classes[kind]], "attention_probs_dropout_prob": 0.1, "hidden_act": "gelu", "hidden_dropout_prob": 0.1,
            "hidden_size": 32, "initializer_range": 0.02, "intermediate_size": 48, "layer_norm_eps": 1e-05 if roberta else 1e-12,
            "max_position_embeddings": positions, "model_type": kind, "num_attention_heads": 4, "num_hidden_layers": layers,
            "pad_token_id": 1 if roberta else 0, "position_embedding_type": "absolute", "type_vocab_size": 1 if roberta else 2,
            "vocab_size": words, **({"bos_token_id": 0, "eos_token_id": 2} if roberta else {}), **more}


def draw_encoder(prefix: str, config: dict) -> dict[str, torch.Tensor]:
    """Weights large enough for peaked attention, under the official names."""
    d, f, w = config["hidden_size"], config["intermediate_size"], {}

    def linear(name, outputs, inputs):
        # What all queries have in common makes some keys popular with all of them.
        bias = 0.8 if name.endswith("query") else 0.1
        w[name + ".weight"], w[name + ".bias"] = torch.randn(outputs, inputs) * 0.25, torch.randn(outputs) * bias

    def norm(name):
        w[name + ".weight"], w[name + ".bias"] = 1 + 0.2 * torch.randn(d), torch.randn(d) * 0.1

    for table, rows in (("word", "vocab_size"), ("position", "max_position_embeddings"), ("token_type", "type_vocab_size")):
        w[f"{prefix}.embeddings.{table}_embeddings.weight"] = torch.randn(config[rows], d) * 0.25
    w[f"{prefix}.embeddings.position_ids"] = torch.arange(config["max_position_embeddings"])[None]  # a buffer of transformers 4
    norm(f"{prefix}.embeddings.LayerNorm")
    for l in range(config["num_hidden_layers"]):
        name = f"{prefix}.encoder.layer.{l}"
        for part in ("self.query", "self.key", "self.value", "output.dense"):
            linear(f"{name}.attention.{part}", d, d)
        norm(f"{name}.attention.output.LayerNorm")
        linear(f"{name}.intermediate.dense", f, d)
        linear(f"{name}.output.dense", d, f)
        norm(f"{name}.output.LayerNorm")
    if prefix == "bert":
        linear("bert.pooler.dense", d, d)
        linear("classifier", 2, d)
    else:
        linear("classifier.dense", d, d)
        linear("classifier.out_proj", 2, d)
    return w


def add_ibert_buffers(w: dict[str, torch.Tensor], config: dict) -> None:
    """What I-BERT's quantised modules keep beside their weights, as it is in float mode."""
    activations = ["embeddings.embeddings_act1", "embeddings.embeddings_act2", "embeddings.output_activation"]
    for l in range(config["num_hidden_layers"]):
        layer = f"encoder.layer.{l}"
        activations += [f"{layer}.attention.self.{part}" for part in
                        ("query_activation", "key_activation", "value_activation", "output_activation", "softmax.act")]
        activations += [f"{layer}.{part}" for part in ("attention.output.ln_input_act", "attention.output.output_activation",
                        "intermediate.output_activation", "output.ln_input_act", "output.output_activation", "pre_intermediate_act", "pre_output_act")]
    for name in [n for n in w if n.startswith("ibert.") and n.endswith(".weight")]:
        module = name[: -len(".weight")]
        if module.endswith("LayerNorm"):
            w[module + ".shift"] = torch.zeros(1)
            activations.append(module[len("ibert."):] + ".activation")
            continue
        w[module + ".weight_integer"] = torch.zeros_like(w[name])
        if module.endswith("_embeddings"):
            w[module + ".weight_scaling_factor"] = torch.zeros(1)
        else:
            w[module + ".fc_scaling_factor"] = torch.zeros(len(w[name]))
            w[module + ".bias_integer"] = torch.zeros(len(w[name]))
    for name in activations:
        w[f"ibert.{name}.x_min"], w[f"ibert.{name}.x_max"] = torch.full((1,), -1e-5), torch.full((1,), 1e-5)
        w[f"ibert.{name}.act_scaling_factor"] = torch.zeros(1)


def add_predictors(w: dict[str, torch.Tensor], prefix: str, config: dict, bias: float) -> None:
    d = config["hidden_size"]
    for l in range(config["num_hidden_layers"]):
        name = f"{prefix}.encoder.skim_predictors.{l}.predictor"
        for i in (0, 2):
            w[f"{name}.{i}.weight"], w[f"{name}.{i}.bias"] = 1 + 0.3 * torch.randn(d), 0.3 * torch.randn(d)
        w[f"{name}.1.weight"], w[f"{name}.1.bias"] = 0.3 * torch.randn(d, d), 0.3 * torch.randn(d)
        w[f"{name}.4.weight"], w[f"{name}.4.bias"] = 0.6 * torch.randn(2, d), torch.tensor([0.0, bias])


def draw_lengths(rng: random.Random, longest: int) -> list[int]:
    sequences = rng.choice([1, 1, 1, 2, 2, 3, 4, 6, 8])
    spans = [(1, 12)] * 12 + [(8, 28)] * 6 + [(29, min(60, longest))] + ([(97, longest)] if longest > 97 and rng.random() < 0.3 else [])
    return [rng.randint(*rng.choice(spans)) for _ in range(sequences)]


def draw_batch(rng: random.Random, config: dict, longest: int, padded: int | None):
    """ids, mask, types [B,S]; S is `padded`, or the longest of the batch. No id inside a text is the padding's."""
    lengths = draw_lengths(rng, longest)
    S, pad = padded or max(lengths), config["pad_token_id"]
    ids, mask = torch.full((len(lengths), S), pad), torch.zeros(len(lengths), S, dtype=torch.long)
    types = torch.zeros_like(mask)
    for b, n in enumerate(lengths):
        ids[b, :n] = torch.tensor([rng.randrange(pad + 1, config["vocab_size"]) for _ in range(n)])
        mask[b, :n] = 1
        if config["type_vocab_size"] > 1:
            types[b, n // 2 : n] = b % 2
    return ids, mask, types


def answer_cases(answer, config, longest, padded, seed, cases=CASES):
    """Tensors of a cases file. answer(ids, mask, types) -> (Answer, further logits by name)."""
    rng, redrawn = random.Random(seed), 0
    sizes, lengths, ids_of, types_of, logits, kept, cls_alive, others = [], [], [], [], [], [], [], {}
    while len(sizes) < cases:
        ids, mask, types = draw_batch(rng, config, longest, padded)
        result, more = answer(ids, mask, types)
        if result.margin < MARGIN:
            redrawn += 1
            continue
        sizes.append(len(ids))
        lengths.append(mask.sum(1))
        ids_of.append(ids[mask.bool()])
        types_of.append(types[mask.bool()])
        logits.append(result.logits)
        kept.append(result.kept.T)
        cls_alive.append(result.cls_alive.T)
        for name, value in more.items():
            others.setdefault(name, []).append(value)
    integers = {"sizes": torch.tensor(sizes), "lengths": torch.cat(lengths), "ids": torch.cat(ids_of), "types": torch.cat(types_of),
                "kept": torch.cat(kept), "cls_alive": torch.cat(cls_alive)}
    floats = {"logits": torch.cat(logits), **{name: torch.cat(values) for name, values in others.items()}}
    print(f"  {cases} batches, {len(integers['lengths'])} sequences, {redrawn} drawn again; "
          f"CLS pruned in {int((~torch.cat(cls_alive)[:, -1]).sum())}, all pruned in {int((torch.cat(kept)[:, -1] == 0).sum())}; "
          f"kept {[round(x, 3) for x in (torch.cat(kept).sum(0) / torch.cat(lengths).sum()).tolist()]}")
    return {**{k: v.to(torch.int32).contiguous() for k, v in integers.items()}, **{k: v.contiguous() for k, v in floats.items()}}


def save(name: str, config: dict, weights: dict, **case_files) -> None:
    folder = FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    save_file({k: v.contiguous() for k, v in weights.items()}, str(folder / "model.safetensors"), metadata={"format": "pt"})
    for file, tensors in case_files.items():
        save_file(tensors, str(folder / f"{file}.safetensors"))
    if config["pad_token_id"] == 0:
        (folder / "vocab.txt").write_text("\n".join(BERT_WORDS) + "\n")
    else:
        (folder / "vocab.json").write_text(json.dumps({word: i for i, word in enumerate(ROBERTA_WORDS)}, ensure_ascii=False) + "\n")
        (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(" ".join(pair) for pair in MERGES) + "\n")


def first_seed(draw, answer, wants):
    """The first of a hundred random checkpoints that prunes enough, and not too much, to be worth testing on."""
    for seed in range(100):
        config, weights = draw(seed)
        rng = random.Random(seed)
        batches = [draw_batch(rng, config, 46, config["max_position_embeddings"] - 2) for _ in range(30)]
        with torch.no_grad():
            answers = [answer(config, weights, *batch) for batch in batches]
        kept, alive = (torch.cat(parts, 1).T for parts in zip(*((a.kept, a.cls_alive) for a in answers)))  # [N,L] each
        if wants(kept, alive, torch.cat([mask.sum(1) for _, mask, _ in batches])):
            return seed, config, weights
    raise InputError("none of 100 seeds gives a checkpoint that is worth testing on")


def share(kept, lengths):
    """[L] of tokens kept after each layer."""
    return kept.sum(0) / lengths.sum()


def orphans_at_depth(kept, alive, lengths) -> bool:
    """CLS lost in different layers, sometimes not at all; texts that lose everything, and texts that lose CLS alone."""
    lost = (~alive).float().mean(0)  # [L]
    headless = (~alive[:, -1] & (kept[:, -1] > 0)).float().mean()
    return bool(lost[-1] < 0.95 and lost[-2] > 0.1 and lost[-1] - lost[-2] > 0.1 and headless > 0.15
                and (kept[:, -1] == 0).float().mean() > 0.05 and 0.1 < share(kept, lengths)[-1] < 0.6)


def skims_everywhere(kept, alive, lengths) -> bool:
    left = torch.cat([torch.ones(1), share(kept, lengths)])
    return bool(left[-1] > 0.3 and (left[:-1] - left[1:] > 0.04).sum() >= 3)


def write_ltp(name: str, layers: int, padded: int, deltas: list[float] | None, cases: int, **mode) -> None:
    kwargs = {"num_hidden_layers": layers, **mode}
    prune_mode = "topk" if "token_keep_rate" in mode else "absolute_threshold"
    config = config_of("ltp", layers, padded + 2, len(ROBERTA_WORDS), tokenizer_class="RobertaTokenizer", quant_mode=False, force_dequant="none",
                       prune_mode=prune_mode, **mode, prune_kwargs=kwargs)

    def draw(seed):
        torch.manual_seed(seed)
        weights = draw_encoder("ibert", config)
        for l, delta in enumerate(deltas or []):
            weights[f"ibert.encoder.layer.{l}.attention.self.pruner.keep_threshold"] = torch.tensor(delta)
        return config, weights

    seed, config, weights = first_seed(draw, lambda c, w, ids, mask, types: ltp(w, c, ids, mask), orphans_at_depth)
    add_ibert_buffers(weights, config)
    print(f"{name}: seed {seed}", [round(t.item(), 6) for t in ltp_thresholds(weights, config)] if deltas else mode)
    with torch.no_grad():
        answered = answer_cases(lambda ids, mask, types: (ltp(weights, config, ids, mask), {}), config, padded, padded, seed, cases)
    save(name, config, weights, cases=answered)


def draw_transkimmer(prefix: str):
    words = len(BERT_WORDS) if prefix == "bert" else len(ROBERTA_WORDS)
    config = config_of(prefix, 4, 130, words, classifier_dropout=None, problem_type="single_label_classification", skim_coefficient=0.5)

    def draw(seed):
        torch.manual_seed(seed)
        weights = draw_encoder(prefix, config)
        add_predictors(weights, prefix, config, bias=2.0)
        return config, weights

    return first_seed(draw, lambda c, w, *batch: transkimmer(w, c, prefix, *batch), skims_everywhere)


def write_transkimmer(prefix: str) -> None:
    seed, config, weights = draw_transkimmer(prefix)

    def argmax(ids, mask, types):
        corrected, published, epsilon = (transkimmer(weights, config, prefix, ids, mask, types, softmax) for softmax in SOFTMAX)
        return corrected, {"published": published.logits, "epsilon": epsilon.logits}

    print(f"transkimmer-{prefix}: seed {seed}")
    with torch.no_grad():
        cases = answer_cases(argmax, config, 128, None, seed)
    save(f"transkimmer-{prefix}", config, weights, cases=cases)


def write() -> None:
    # The second delta makes a threshold negative: only the floor of 1e-5 acts there, and padding and dead tokens stay dead.
    write_ltp("ltp", 5, 128, [0.0, -0.004, 0.0024, 0.0024, 0.0015], CASES, final_token_threshold=0.008)
    write_ltp("ltp-manual", 4, 48, [0.0] * 4, 100, final_token_threshold=0.03)
    write_ltp("ltp-topk", 6, 64, None, CASES, token_keep_rate=0.15)
    write_transkimmer("bert")
    write_transkimmer("roberta")


# How far the published softmaxes are from removal


def differences(name, triples):
    """triples: (lengths [B], corrected, other) answers."""
    moved, agree, same, alike, worst_alike, count = [], 0, 0, 0, 0.0, 0
    for lengths, corrected, other in triples:
        gap = (corrected.logits - other.logits).abs().amax(1)  # [B]
        untouched = (corrected.kept == lengths).all(0)
        moved += gap[~untouched].tolist()
        alike += int(untouched.sum())
        worst_alike = max([worst_alike, *gap[untouched].tolist()])
        agree += int((corrected.logits.argmax(1) == other.logits.argmax(1)).sum())
        same += int((corrected.kept == other.kept).all(0).sum())
        count += len(gap)
    moved = torch.tensor(moved).sort().values
    print(f"{name}: {count} sequences, {alike} with nothing skimmed (largest difference of a logit {worst_alike:.1e})")
    print(f"  where something is skimmed: difference of a logit median {moved.median():.3g}, 99 % {moved[int(0.99 * len(moved))]:.3g}, "
          f"largest {moved[-1]:.3g}; over all another label in {100 * (1 - agree / count):.1f} %, other tokens kept in {100 * (1 - same / count):.1f} %")


def compare() -> None:
    for prefix in ("bert", "roberta"):
        seed, config, weights = draw_transkimmer(prefix)
        rng = random.Random(seed)
        batches = [draw_batch(rng, config, 128, None) for _ in range(CASES)]
        compare_on(f"random transkimmer-{prefix}", weights, config, prefix, batches)
    compare_shipped()


def compare_on(name, weights, config, prefix, batches) -> None:
    with torch.no_grad():
        answers = {s: [transkimmer(weights, config, prefix, *batch, s) for batch in batches] for s in SOFTMAX}
    lengths = [mask.sum(1) for _, mask, _ in batches]
    for other in ("published", "epsilon"):
        differences(f"{name}, {other} against corrected", zip(lengths, answers["corrected"], answers[other]))


def compare_shipped() -> None:
    """The shipped point was trained with the corrected softmax; this is what the published one makes of it."""
    from tokenizers import Tokenizer

    from export import MODELS, load_point
    from sentences import SENTENCES

    folder = MODELS / "minilm-l6"
    model, pruner, _ = load_point(folder, folder / "points/transkimmer.safetensors")
    config = {**json.loads((folder / "config.json").read_text())}
    weights = {name: tensor.detach() for name, tensor in model.state_dict().items()}
    parts = {"norm1": 0, "dense": 1, "norm2": 2, "out": 4}
    for name, tensor in pruner.state_dict().items():
        _, l, part, kind = name.split(".")
        weights[f"bert.encoder.skim_predictors.{l}.predictor.{parts[part]}.{kind}"] = tensor.detach()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    encoded = [torch.tensor([tokenizer.encode(text).ids]) for text in SENTENCES]
    batches = [(ids, torch.ones_like(ids), torch.zeros_like(ids)) for ids in encoded]
    compare_on("shipped point on the bundled sentences", weights, config, "bert", batches)


def main() -> None:
    torch.set_num_threads(1)
    verbs = {"write": write, "compare": compare}
    if len(sys.argv) != 2 or sys.argv[1] not in verbs:
        raise InputError(f"official_goldens.py wants one of {', '.join(verbs)}, got {' '.join(sys.argv[1:]) or 'nothing'}")
    verbs[sys.argv[1]]()


if __name__ == "__main__":
    run_main(main)
