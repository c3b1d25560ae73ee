"""pytorch_model.bin -> model.safetensors beside it, so that a checkpoint can be imported.

    python train/convert.py DIR [--force]

The old format is a pickle, which can run code when it is read; here it is read with weights_only=True, which refuses to.
Tensors that share memory (tied embeddings) are written out each; float64 becomes float32.
"""
import argparse
import json
import pickle
from pathlib import Path

import torch
from safetensors.torch import save_file

from errors import InputError, run_main

WHOLE, INDEX, OUT = "pytorch_model.bin", "pytorch_model.bin.index.json", "model.safetensors"


def sources(folder: Path) -> list[Path]:
    if (folder / WHOLE).is_file():
        return [folder / WHOLE]
    if not (folder / INDEX).is_file():
        raise InputError(f"neither {WHOLE} nor {INDEX} in {folder}")
    names = sorted(set(json.loads((folder / INDEX).read_text())["weight_map"].values()))
    for name in names:
        if Path(name).name != name or not (folder / name).is_file():
            raise InputError(f"{folder / INDEX}: shard {name!r} is not a file of that folder")
    return [folder / name for name in names]


def read(path: Path) -> dict[str, torch.Tensor]:
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError) as error:
        raise InputError(f"{path} cannot be read without running code of its own: {str(error).splitlines()[0]}") from None
    if isinstance(state, dict) and isinstance(state.get("state_dict"), dict):
        state = state["state_dict"]
    if not isinstance(state, dict) or not state:
        raise InputError(f"{path} holds no state dict")
    for name, value in state.items():
        if not isinstance(value, torch.Tensor):
            raise InputError(f"{path}: {name!r} is {type(value).__name__}, not a tensor")
    return state


def stored(tensor: torch.Tensor) -> torch.Tensor:
    """Contiguous memory of its own: a clone, since tied tensors are views of one."""
    tensor = tensor.float() if tensor.dtype == torch.float64 else tensor
    return tensor.detach().clone(memory_format=torch.contiguous_format)


def convert(folder: Path, force: bool) -> None:
    out = folder / OUT
    if out.exists() and not force:
        raise InputError(f"{out} is there already (--force replaces it)")
    tensors: dict[str, torch.Tensor] = {}
    for path in sources(folder):
        for name, value in read(path).items():
            if name in tensors:
                raise InputError(f"{path}: tensor {name!r} is in another shard, too")
            tensors[name] = stored(value)
    if all(name.startswith("module.") for name in tensors):  # saved from DataParallel
        tensors = {name.removeprefix("module."): value for name, value in tensors.items()}
    temporary = folder / f".{OUT}.tmp"
    save_file(tensors, str(temporary), {"format": "pt"})
    temporary.rename(out)
    print(f"{out}: {len(tensors)} tensors, {out.stat().st_size} bytes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--force", action="store_true", help=f"replace {OUT}")
    given = parser.parse_args()
    if not given.folder.is_dir():
        raise InputError(f"{given.folder} is not a folder")
    convert(given.folder, given.force)


if __name__ == "__main__":
    run_main(main)
