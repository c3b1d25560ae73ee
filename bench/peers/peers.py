"""Times other programs beside a run's own graphs: the same weights, the same token ids, the same threads, taking turns in
one process. Adds rows marked `peer` to the run.

    python bench/peers/peers.py --run results/RUN [--blocks 3] [--seconds 4] [--groups b8.s128,...] [--peers NAME,...]

Exit code: 0 fine, 1 some peers failed (their rows say why), 2 wrong usage, or Python lacks a package. See README.md.
"""
import argparse
import importlib.metadata
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import quiet
from records import clear_failures, definition_of, failed_record, is_done, retire_others, write_block

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PEERS = ["ort-exported", "ort-optimized", "torch-eager", "torch-compiled"]
PACKAGES = ["torch", "transformers", "onnx", "onnxruntime", "numpy", "safetensors"]
EXPORTS = {"peer:ort-exported": "exported", "peer:ort-optimized": "optimized"}


class Refusal(Exception):
    """Something a user can act on: one line, exit code 2."""


def versions_here() -> dict[str, str]:
    """@raises Refusal naming the packages that are missing and the command that installs them."""
    found, missing = {"python": sys.version.split()[0]}, []
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        raise Refusal(f"{sys.executable} lacks {', '.join(missing)}: {sys.executable} -m pip install -r bench/peers/requirements.txt")
    return found


class Program:
    """Our own command line, which knows the run: its groups, their inputs and graphs, and its rows."""

    def __init__(self, node: str, main: Path, run: str):
        self.words = [node, str(main), "peers", "--run", run]
        if not main.is_file():
            raise Refusal(f"{main} is missing: npm run build")

    def call(self, *flags: str, keep: bool = True) -> str:
        try:
            ended = subprocess.run([*self.words, *flags], stdout=subprocess.PIPE if keep else None, text=True, check=False)
        except OSError as thrown:
            raise Refusal(f"cannot start {self.words[0]}: {thrown}; give --node PATH") from None
        if ended.returncode != 0:
            raise SystemExit(ended.returncode)  # it has said why
        return ended.stdout or ""


def chosen(jobs: list[dict], wanted: str | None) -> list[dict]:
    if wanted is None:
        return jobs
    words = [word for word in wanted.split(",") if word]
    lost = [word for word in words if not any(word in job["key"] for job in jobs)]
    if lost:
        raise Refusal(f"--groups: no group has \"{lost[0]}\" in its name; there are {', '.join(job['key'] for job in jobs)}")
    return [job for job in jobs if any(word in job["key"] for word in words)]


def peers_of(text: str | None) -> list[str]:
    names = PEERS if text is None else text.split(",")
    unknown = [name for name in names if name not in PEERS]
    if unknown:
        raise Refusal(f"--peers: \"{unknown[0]}\" is none of {', '.join(PEERS)}")
    return [f"peer:{name}" for name in names]


def together(jobs: list[dict]) -> list[list[dict]]:
    """Groups that share a process: one model, one number of threads."""
    kinds: dict[tuple, list[dict]] = {}
    for job in jobs:
        kinds.setdefault((job["group"]["model"], job["group"]["threads"]), []).append(job)
    return list(kinds.values())


def exports_of(jobs: list[dict], names: list[str], cache: Path, versions: dict[str, str]) -> dict:
    """The peers' graph files of one model, made in a process of their own; {"failures": {peer: reason}} of those that fail."""
    wanted = [EXPORTS[name] for name in names if name in EXPORTS]
    if not wanted:
        return {"failures": {}}
    model = jobs[0]["model"]
    stamp = definition_of({"definition": model["weightsSha256"] + model["config"]}, versions, "")[:16]
    request = {"model": model, "folder": str(cache / f"{jobs[0]['group']['model']}-{stamp}"), "names": wanted}
    ended = subprocess.run([sys.executable, str(HERE / "export.py")], input=json.dumps(request), stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, text=True, check=False, env=quiet.environment(1, cache))
    if ended.returncode != 0:
        reason = "the export ended: " + " ".join(ended.stderr.split()[-60:])
        return {"failures": {name: reason for name in names if name in EXPORTS}}
    made = json.loads(ended.stdout.strip().splitlines()[-1])
    back = {export: name for name, export in EXPORTS.items()}
    return {**made, "failures": {back[one]: reason for one, reason in made["failures"].items()}}


class Child:
    """A block's process. Whatever it does, crash and hang included, comes back as (group, phase, id, reason) or None."""

    def __init__(self, request: dict, timeout: float, environment: dict[str, str], on_group):
        self.request, self.timeout, self.environment, self.on_group = request, timeout, environment, on_group
        self.group, self.progress, self.tail = None, {"phase": "start", "id": None}, []

    def run(self):
        process = subprocess.Popen([sys.executable, str(HERE / "block.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, env=self.environment)
        watch = Watchdog(process, self.timeout)
        listener = threading.Thread(target=self.listen, args=(process.stderr, watch), daemon=True)
        listener.start()
        try:
            process.stdin.write(json.dumps(self.request))
            process.stdin.close()
            for line in process.stdout:
                watch.feed()
                self.on_group(json.loads(line))
        except BrokenPipeError:
            pass  # it died early; its exit tells
        except BaseException:
            process.kill()
            raise
        finally:
            process.wait()
            watch.stop()
        listener.join(timeout=5)
        process.stdout.close()
        process.stderr.close()
        if process.returncode == 0 and not watch.fired:
            return None
        what = f"no answer for {self.timeout:.0f} s; killed" if watch.fired else f"its process ended with {process.returncode}"
        phase = "timeout" if watch.fired else "memory" if process.returncode in (-9, 137) else "crash"
        return self.group, phase, self.progress["id"], " | ".join([what, *self.tail])[:600]

    def listen(self, stream, watch: "Watchdog") -> None:
        for line in stream:
            if line.startswith("@group "):
                self.group = line.split()[1]
            elif line.startswith("@progress "):
                watch.feed()
                self.progress = json.loads(line[len("@progress "):])
            elif line.strip():
                self.tail = [*self.tail, line.strip()][-3:]


class Watchdog:
    def __init__(self, process: subprocess.Popen, seconds: float):
        self.process, self.seconds, self.fired, self.fed = process, seconds, False, time.monotonic()
        self.stopped = threading.Event()
        threading.Thread(target=self.watch, daemon=True).start()

    def feed(self) -> None:
        self.fed = time.monotonic()

    def stop(self) -> None:
        self.stopped.set()

    def watch(self) -> None:
        while not self.stopped.wait(0.5):
            if time.monotonic() - self.fed > self.seconds:
                self.fired = True
                self.process.kill()
                return


class Measurement:
    def __init__(self, given: argparse.Namespace, plan: dict, names: list[str], versions: dict[str, str], cache: Path):
        self.given, self.names, self.versions, self.cache = given, names, versions, cache
        self.folder = Path(plan["dir"]) / "blocks"  # one folder a group
        self.failed = False

    def block(self, jobs: list[dict], number: int, exports: dict) -> None:
        """One block of each of these groups; those that are there already are left alone."""
        banned = set(exports["failures"])
        left = {job["key"]: job for job in jobs
                if not is_done(self.folder / job["key"], number, self.names)}
        for job in left.values():
            clear_failures(self.folder / job["key"], number)
            for name, reason in exports["failures"].items():
                self.fail(job, number, {"phase": "start", "variants": [name], "reason": reason})
        while left:
            threads = jobs[0]["group"]["threads"]
            request = {"threads": threads, "model": jobs[0]["model"], "jobs": list(left.values()), "peers": self.names,
                       "banned": sorted(banned), "seconds": self.given.seconds, "block": number, "versions": self.versions,
                       **{name: exports.get(name) for name in EXPORTS.values()}}
            if self.given.print_request:
                print(json.dumps(request))
                raise SystemExit(0)
            ended = Child(request, self.given.timeout, quiet.environment(threads, self.cache),
                          lambda answer: self.keep(left.pop(answer["group"]), number, answer)).run()
            if ended is None and not left:
                return
            group, phase, name, reason = ended or (None, "crash", None, "it left without an answer")
            culprit = name if name in self.names and name not in banned else None
            concerned = [left[group]] if group in left else list(left.values())
            for job in concerned:
                whom = [culprit] if culprit else [one for one in self.names if one not in banned]
                self.fail(job, number, {"phase": phase, "variants": whom, "reason": reason})
            if culprit:
                banned.add(culprit)  # once more without it, so that the others get their numbers
            else:
                for job in concerned:
                    left.pop(job["key"])

    def keep(self, job: dict, number: int, answer: dict) -> None:
        for failure in answer["failures"]:
            self.fail(job, number, failure)
        if any(variant["id"] == "dense" for variant in answer["block"]["variants"]):
            write_block(self.folder / job["key"], answer["block"])
        rounds = max((len(variant["samplesMs"]) // 2 for variant in answer["block"]["variants"]), default=0)
        say(f"{job['key']} block {number}: {rounds} rounds of {len(answer['block']['variants'])} variants")

    def fail(self, job: dict, number: int, failure: dict) -> None:
        self.failed = True
        write_block(self.folder / job["key"], failed_record(job, number, job["peerDefinition"], failure))
        say(f"{job['key']} block {number}: {', '.join(failure['variants'])} failed: {failure['reason']}")


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", metavar="RUN", help="the run: its folder, or its id under results")
    parser.add_argument("--blocks", type=int, default=3, help="fresh processes per group (3)")
    parser.add_argument("--seconds", type=float, default=4, help="timed calls of a group in a block take this long (4)")
    parser.add_argument("--groups", metavar="LIST", help="only groups whose name holds one of these, e.g. b8.s128")
    parser.add_argument("--peers", metavar="LIST", help=f"of {','.join(PEERS)} (all)")
    parser.add_argument("--again", action="store_true", help="measure anew what is there")
    parser.add_argument("--timeout", type=float, default=300, help="a process that says nothing for so many seconds is killed (300)")
    parser.add_argument("--check", action="store_true", help="print the versions found and leave")
    parser.add_argument("--no-refresh", action="store_true", help="leave summary.json as it is")
    parser.add_argument("--print-request", action="store_true", help="print the first block's request for block.py and leave")
    parser.add_argument("--node", default="node", help=argparse.SUPPRESS)
    parser.add_argument("--main", type=Path, default=ROOT / "dist/src/cli/main.js", help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def main() -> int:
    given = parse()
    versions = versions_here()
    if given.check:
        print(json.dumps(versions))
        return 0
    if given.run is None or given.blocks < 1 or given.seconds < 0:
        raise Refusal("give --run RUN; --blocks is at least 1 and --seconds at least 0")
    names = peers_of(given.peers)
    program = Program(given.node, given.main, given.run)
    plan = json.loads(program.call("--print-jobs"))
    for line in plan["skipped"]:
        say(line)
    cache = Path(plan["cacheDir"])
    tunables = quiet.environment(1, cache).get("GLIBC_TUNABLES", "")
    jobs = [{**job, "peerDefinition": definition_of(job, versions, tunables)} for job in chosen(plan["jobs"], given.groups)]
    measurement = Measurement(given, plan, names, versions, cache)
    kinds = [(own, exports_of(own, names, cache, versions)) for own in together(jobs)]
    for job in jobs:
        retire_others(measurement.folder / job["key"], job["peerDefinition"], given.again)
    for number in range(given.blocks):
        for own, exports in kinds:
            measurement.block(own, number, exports)
    if not given.no_refresh:
        program.call("--refresh", keep=False)
    return 1 if measurement.failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Refusal as thrown:
        print(thrown, file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("interrupted; finished blocks are kept, and the same command goes on", file=sys.stderr)
        sys.exit(130)
