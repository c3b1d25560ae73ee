"""Trains and exports the whole zoo, one process a stage. Finished stages are skipped and broken ones resumed, so that the
same command can be given again after an interruption.

    python train/zoo.py --data DIR          [--list prints the commands and runs nothing]
"""
import argparse
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# glibc hands large tensors back to the kernel after every step and faults them in again: keeping them is ~1.5x faster on
# long sequences. OpenMP threads that spin at barriers are 6x slower as soon as another process wants a core.
ENVIRONMENT = {"OMP_WAIT_POLICY": "PASSIVE", "MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": "100000000000", "MALLOC_TOP_PAD_": "268435456"}

POINTS = "--budget 2048 --dropout 0 --phrases 12000 --documents 500 --lr 8e-4 --threads 1"
STAGES = [
    ("dense", "--steps 1500 --budget 2048 --documents 1200 --lr 1.2e-4"),
    ("dense-2", "--init dense --seed 2 --steps 750 --budget 2048 --documents 800 --lr 1e-4 --dropout 0.15"),
    ("dense-a", "--held-out 0 --imdb 12000 --documents 300 --steps 1700 --budget 1024 --lr 1e-4"),
    ("dense-b", "--init dense-a --seed 2 --held-out 0 --documents 500 --steps 2000 --budget 1024 --lr 6e-5"),
    ("ltp-soft", f"--method ltp --stage soft {POINTS} --dual-lr 0.05 --steps 150"),
    ("ltp-hard", f"--method ltp --stage hard --init ltp-soft {POINTS} --target-flops 2.15 --steps 360"),
    ("ltp-hard-2", "--method ltp --stage hard --init ltp-hard --budget 2048 --dropout 0 --documents 300 --threads 1 --lr 6e-4 --seed 2 --target-flops 0 --steps 300"),
    ("threshold", f"--method threshold --stage hard {POINTS} --target-flops 2.15 --steps 240"),
    ("topk", f"--method topk --stage hard {POINTS} --steps 240"),
    ("transkimmer", f"--method transkimmer --stage gumbel --rank 8 --train-head false {POINTS} --lr-pruner 1e-3 --keep-bias 2 --coefficient 0.5 --steps 280"),
]
# The stored model is the average of the four dense runs, which share their start (a model soup, Wortsman et al. 2022).
SOUP = "dense+dense-2+dense-a+dense-b"
EXPORTS = {"dense-b": "model", "ltp-hard-2": "point", "threshold": "point", "topk": "point", "transkimmer": "point"}


def commands(data: str):
    for name, settings in STAGES:
        yield ["train.py", "--name", name, *settings.split(), *(["--data", data] if data else [])]
        if name in EXPORTS:
            yield ["export.py", EXPORTS[name], "--run", SOUP if name == "dense-b" else name]
    yield ["export.py", "manifest", *(["--data", data] if data else [])]
    yield ["goldens.py", "tiny"]
    yield ["goldens.py", "model"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="", help="folder with sst2/; default TOKEN_PRUNING_DATA")
    parser.add_argument("--list", action="store_true")
    given = parser.parse_args()
    for words in commands(given.data):
        print("python train/" + " ".join(words), flush=True)
        if not given.list:
            done = subprocess.run([sys.executable, str(HERE / words[0]), *words[1:]], check=False, env={**os.environ, **ENVIRONMENT})
            if done.returncode:
                raise SystemExit(done.returncode)


if __name__ == "__main__":
    main()
