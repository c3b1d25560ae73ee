"""One block of every group that has the same model and threads, in one fresh process: reads a request as JSON on stdin,
writes a line of JSON a finished group on stdout, progress on stderr. Started by peers.py; by hand:
    python bench/peers/peers.py --run RUN --print-request > request.json && python bench/peers/block.py < request.json
Loading PyTorch and compiling take ten times as long as the calls of a group, so groups share a process; the blocks of
one group still come from different processes, which is what its interval is over.
"""
import gc
import json
import os
import random
import sys
import time

import torch  # before anything of the run, so that its threads are there

import quiet
from records import SCHEMA_VERSION, now_text
from rounds import Subject, measure
from sessions import Sessions, padded_batches, runner

LEAST_ROUNDS = 2
AGAIN = "dense@again"
HOW = {
    "peer:ort-exported": "torch.onnx.export of transformers' model (sdpa attention) as it is, in ONNX Runtime with our session settings, padded inputs",
    "peer:ort-optimized": "onnxruntime.transformers.optimizer (bert: fused Attention, EmbedLayerNormalization, SkipLayerNormalization, BiasGelu), our session settings, padded inputs",
    "peer:torch-eager": "transformers in PyTorch eager mode, sdpa attention, inference_mode, padded inputs",
    "peer:torch-compiled": "the same through torch.compile(dynamic=True) with freezing, compiled and warmed up before the timed calls, padded inputs",
}


class Bench:
    def __init__(self, request: dict, announce):
        self.request, self.announce = request, announce
        self.sessions = Sessions(request["threads"])
        self.settler = quiet.Settler(request["threads"])
        self.networks: dict = {}
        torch.set_num_threads(request["threads"])
        torch.set_num_interop_threads(1)
        import torch._inductor.config as inductor  # constants folded and weights packed: what its CPU guide advises

        inductor.freezing = True

    def network(self, compiled: bool):
        if compiled not in self.networks:
            start = time.perf_counter()
            if compiled:
                made = torch.compile(self.network(False)[0], dynamic=True)
            else:
                from hf import load_model

                made = load_model(self.request["model"])
            self.networks[compiled] = made, 1000 * (time.perf_counter() - start)
        return self.networks[compiled]

    def wanted(self, job: dict) -> list[tuple[str, str | None]]:
        """(id, graph file) of all subjects; None for PyTorch's."""
        ours = [(one["id"], one["graph"]) for one in job["variants"]]
        copy = [(AGAIN, graph) for name, graph in ours if name == "dense"]
        files = {"peer:ort-exported": self.request.get("exported"), "peer:ort-optimized": self.request.get("optimized")}
        peers = [(name, files.get(name)) for name in self.request["peers"] if name not in self.request["banned"]]
        return ours + copy + [(name, graph) for name, graph in peers if graph is not None or name.startswith("peer:torch")]

    def subject(self, name: str, graph: str | None, batches: list[dict]) -> Subject:
        peer = name.startswith("peer:")
        if graph is not None:
            session, load_ms = self.sessions.load(name, graph)
            return Subject(name, load_ms, runner(session, batches), peer, self.settler.settle)
        network, load_ms = self.network(name == "peer:torch-compiled")
        tensors = [{key: torch.from_numpy(value) for key, value in batch.items()} for batch in batches]
        return Subject(name, load_ms, lambda index: network(**tensors[index]).logits.numpy(), peer, self.settler.settle)

    def run(self, job: dict) -> dict:
        began, started, clock = time.perf_counter(), now_text(), time.perf_counter
        rng = random.Random(f"{job['seed']}/peer/{self.request['block']}")
        failures: list[dict] = []

        def fail(phase: str, name: str, thrown: Exception) -> None:
            failures.append({"phase": phase, "variants": [name], "reason": reason_of(thrown)})

        batches = padded_batches(job)
        wanted = self.wanted(job)
        subjects = {}
        for name, graph in rng.sample(wanted, len(wanted)):  # places in memory differ from block to block
            self.announce("load", name)
            try:
                subjects[name] = self.subject(name, graph, batches)
            except Exception as thrown:
                fail("load", name, thrown)
        self.settler.calls = self.settler.late = 0
        gc.collect()
        gc.disable()
        before = quiet.sample()
        with torch.inference_mode():
            tracked = measure([subjects[name] for name, _ in wanted if name in subjects], len(batches), self.request["seconds"],
                              LEAST_ROUNDS, rng, clock, fail, self.announce)
        doubts = quiet.doubts_between(before, quiet.sample()) + self.settler.doubts()
        gc.enable()
        lengths = [len(ids) for batch in job["inputs"] for ids in batch]
        ids = [one.subject.id for one in tracked if one.subject.peer]
        block = {
            "schemaVersion": SCHEMA_VERSION, "kind": "peer", "definition": job["peerDefinition"], "startedAt": started,
            "wallMs": 1000 * (time.perf_counter() - began), "group": job["group"], "block": self.request["block"],
            "variants": [one.record() for one in tracked], "how": {name: HOW[name] for name in ids},
            "agreement": {one.subject.id: one.difference for one in tracked if one.subject.peer},
            "versions": self.request["versions"], "meanInputTokens": sum(lengths) / len(lengths),
            "peakRssBytes": quiet.peak_rss_bytes(), "doubts": doubts,
        }
        return {"group": job["key"], "block": block, "failures": failures}


def reason_of(thrown: Exception) -> str:
    """One line; of a chain of causes the first, which is what a user can act on."""
    text = " ".join(str(thrown).split())
    if "No working C++ compiler" in text or "InvalidCxxCompiler" in type(thrown).__name__:
        return "torch.compile needs a C++ compiler and found none: apt-get install g++"
    return f"{type(thrown).__name__}: {text}"[:400]


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # native libraries print there

    def announce(phase: str, name: str | None = None) -> None:
        sys.stderr.write("@progress " + json.dumps({"phase": phase, "id": name}) + "\n")
        sys.stderr.flush()

    announce("start")
    request = json.load(sys.stdin)
    bench = Bench(request, announce)
    jobs = request["jobs"]
    random.Random(f"groups/{request['block']}").shuffle(jobs)
    for job in jobs:
        sys.stderr.write("@group " + job["key"] + "\n")
        answers.write(json.dumps(bench.run(job)) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
