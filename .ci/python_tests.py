"""python .ci/python_tests.py [NAME...]     tests of train/ and bench/peers/, or those files whose path has a NAME in it

A file that needs a package which is not installed (PyTorch, transformers, ...) is skipped, by name. Each file has a process
of its own, since modules of the two folders have the same names.
"""
import importlib
import re
import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("train", "bench/peers")
ONE_FILE = "--one-file"


def optional() -> set[str]:
    """Modules of the packages that the folders' requirements list."""
    lines = [line for folder in FOLDERS for line in (ROOT / folder / "requirements.txt").read_text().splitlines()]
    return {found[1].replace("-", "_") for line in lines if (found := re.match(r"([\w-]+)==", line))}


def run_file(path: Path) -> int:
    """Exit code of the tests in `path`: 0 fine or skipped, 1 failed."""
    sys.path.insert(0, str(path.parent))
    try:
        module = importlib.import_module(path.stem)
    except ModuleNotFoundError as missing:
        package = (missing.name or "").split(".")[0]
        if package not in optional():
            raise
        print(f"skipped: {path.relative_to(ROOT)}, since {package} is not installed", flush=True)
        return 0
    print(f"{path.relative_to(ROOT)}", flush=True)
    result = unittest.TextTestRunner(buffer=True).run(unittest.defaultTestLoader.loadTestsFromModule(module))
    for test, reason in result.skipped:
        print(f"skipped: {test.id()}, since there is {reason}")
    return 0 if result.wasSuccessful() else 1


def main(names: list[str]) -> int:
    files = [path for folder in FOLDERS for path in sorted((ROOT / folder).glob("test_*.py"))]
    wanted = [path for path in files if not names or any(name in str(path.relative_to(ROOT)) for name in names)]
    if not wanted:
        print(f"no Python test file has {' or '.join(names)} in its path", file=sys.stderr)
        return 1
    command = [sys.executable, __file__, ONE_FILE]
    failed = [path for path in wanted if subprocess.run([*command, str(path)], check=False).returncode != 0]
    for path in failed:
        print(f"failed: {path.relative_to(ROOT)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(run_file(Path(sys.argv[2])) if sys.argv[1:2] == [ONE_FILE] else main(sys.argv[1:]))
