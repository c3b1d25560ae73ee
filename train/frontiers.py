"""Trains and measures every any-strength point of frontiers.json, one process a job, in the order of the file.

    python train/frontiers.py --data DIR [--out OUT] [--device cuda] [--only 'sst2-*']
    python train/frontiers.py --list        what is done and what is to come; nothing runs

Jobs that are done are skipped and a broken one is resumed: give the same command again after an interruption. A job
that was killed is tried again; one that fails does not stop the others, and the exit code is then 1. See frontier.py for what a job leaves behind.
"""
import argparse
import fnmatch
import json
import os
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from errors import InputError, run_main
from frontier import MACHINE, Config
from train import MODELS, RUNS
from zoo import ENVIRONMENT

TRIES = 3
JOBS = Path(__file__).resolve().parent / "frontiers.json"


def read_jobs(path: Path) -> list[dict]:
    """The jobs with what all jobs of their task have."""
    if not path.is_file():
        raise InputError(f"{path} does not exist; --jobs must name a file like train/frontiers.json")
    try:
        file = json.loads(path.read_text())
    except json.JSONDecodeError as error:
        raise InputError(f"{path}: {error}") from None
    jobs = [{**file["tasks"].get(job["task"], {}), **job} for job in file["jobs"]]
    known = set(Config.__dataclass_fields__) - set(MACHINE) | {"base"}
    for job in jobs:
        unknown = sorted(set(job) - known)
        if unknown:
            raise InputError(f"{path}, job {job.get('name')}: no setting {unknown[0]!r}; there are {', '.join(sorted(known))}")
    return jobs


def config_of(job: dict, out: Path, data: str, device: str) -> Config:
    base = job.get("base", "")
    if base.startswith("@"):
        base = str(out / base[1:] / "model")
    elif base.startswith("models/"):
        base = str(MODELS.parent / base)
    return Config(**{**job, "base": base, "out": str(out), "data": data, "device": device})


def command(c: Config) -> list[str]:
    words = [sys.executable, str(Path(__file__).with_name("frontier.py"))]
    for name, field in Config.__dataclass_fields__.items():
        if getattr(c, name) != field.default:
            words += ["--" + name.replace("_", "-"), str(getattr(c, name))]
    return words


def run_job(c: Config, waits_for: Future | None) -> bool:
    """False: it failed, or the job whose model it needs did."""
    if waits_for is not None and not waits_for.result():
        print(f"{c.name}: left out, its dense model could not be trained", flush=True)
        return False
    begun = (c.run / "checkpoint.pt").is_file()
    print(f"{time.strftime('%F %T')} {c.name}: {'resumed' if begun else 'begun'}", flush=True)
    for _ in range(TRIES):
        code = subprocess.run(command(c), check=False, env={**os.environ, **ENVIRONMENT}).returncode
        print(f"{time.strftime('%F %T')} {c.name}: {'done' if code == 0 else f'ended by signal {-code}' if code < 0 else 'FAILED'}", flush=True)
        if code >= 0:  # a killed job has a checkpoint to go on from; one that failed would fail again
            return code == 0
    return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="", help="folder with sst2/, imdb/ and mrpc/; default TOKEN_PRUNING_DATA")
    parser.add_argument("--out", default=str(RUNS), help="where runs live (default train/runs)")
    parser.add_argument("--jobs", type=Path, default=JOBS)
    parser.add_argument("--only", default="*", metavar="PATTERN", help="names of jobs, such as 'sst2-*'")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--parallel", type=int, default=1, metavar="N", help="jobs at a time: 1 on a core or two, 8 or so on a large GPU")
    parser.add_argument("--list", action="store_true")
    given = parser.parse_args()
    jobs = [job for job in read_jobs(given.jobs) if fnmatch.fnmatch(job["name"], given.only)]
    if not jobs:
        raise InputError(f"no job is named {given.only}; python train/frontiers.py --list shows all")
    results: dict[str, Future] = {}
    with ThreadPoolExecutor(max(1, given.parallel)) as pool:
        for job in jobs:
            c = config_of(job, Path(given.out).resolve(), given.data, given.device)
            if (c.run / "evaluation.json").is_file() or given.list:
                state = "done" if (c.run / "evaluation.json").is_file() else "begun" if (c.run / "checkpoint.pt").is_file() else "to come"
                print(f"{c.name}: {state}", flush=True)
                continue
            results[c.name] = pool.submit(run_job, c, results.get(job.get("base", "").removeprefix("@")))
    failed = [name for name, result in results.items() if not result.result()]
    if failed:
        print(f"failed: {', '.join(failed)}", flush=True)
        raise SystemExit(1)


if __name__ == "__main__":
    run_main(main)
