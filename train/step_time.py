"""What removal saves of a training step: the masked step beside the removed one, in turns, on random tokens.

    python train/step_time.py                  [--strength 2] [--device cuda]

One line a length: median seconds of a step (forward, backward) of dense, of top-k masked and of top-k removed.
"""
import argparse
import statistics
import time

import torch

from errors import run_main
from export import MODELS
from model import load_model
from strength import TopKDial, removed_pass, schedule_table
from train import add_adapters

SHAPES = ((64, 32), (16, 128), (4, 512))  # texts, tokens of each: 2,048 tokens a step


def medians(model, device: str, texts: int, tokens: int, strength: float, turns: int) -> dict[str, float]:
    """Seconds of a step, forward and backward, by kind of pass."""
    lengths = torch.full((texts,), tokens)
    dial = TopKDial(schedule_table(model.shape, lengths, (strength,), 1.5), (strength,)).to(device).train()
    ids = torch.randint(1000, 20000, (texts, tokens), device=device)
    mask = torch.ones_like(ids)
    passes = {"dense": lambda: removed_pass(model, ids, mask), "masked": lambda: model(ids, mask, pruner=dial),
              "removed": lambda: removed_pass(model, ids, mask, None, dial)}
    spent = {name: [] for name in passes}
    for turn in range(turns + 1):  # the first warms up
        for name, run in passes.items():
            began = time.perf_counter()
            with torch.autocast(device.split(":")[0], torch.bfloat16):
                loss = run().logits.square().sum()
            loss.backward()
            if device != "cpu":
                torch.cuda.synchronize()
            if turn:
                spent[name].append(time.perf_counter() - began)
    return {name: statistics.median(times) for name, times in spent.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--strength", type=float, default=2.0)
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--device", default="cpu")
    given = parser.parse_args()
    torch.set_num_threads(1)
    model = load_model(MODELS / "minilm-l6")
    add_adapters(model, 16)
    model.to(given.device).train()
    for texts, tokens in SHAPES:
        seconds = medians(model, given.device, texts, tokens, given.strength, given.turns)
        print(f"{texts} x {tokens}, {given.strength:g}x: " + ", ".join(f"{name} {value:.3f} s" for name, value in seconds.items())
              + f"; masked over removed {seconds['masked'] / seconds['removed']:.2f}", flush=True)


if __name__ == "__main__":
    run_main(main)
