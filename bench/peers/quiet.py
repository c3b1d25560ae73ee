"""The process and the machine around the timed calls: the heap that our own workers get, idle threads that must sleep
before somebody else is timed, and other work that takes CPU time away. Limits and words are those of
src/machine/quietness.ts and src/run/heap.ts; test_peers.py holds them to these files.
"""
import os
import resource
import sys
import time
from pathlib import Path

TUNABLES = "glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=33554432"
STEAL_LIMIT_PERCENT, PRESSURE_LIMIT_PERCENT, OTHERS_LIMIT_CPUS = 1, 5, 0.3
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
LONGEST_SETTLE_SECONDS = 0.05


def environment(threads: int, cache: Path) -> dict[str, str]:
    """What a block's process is started with. OpenMP keeps its own waiting policy, which is the faster one; `settle`
    waits for its threads instead."""
    own = {"OMP_NUM_THREADS": str(threads), "HF_HUB_OFFLINE": "1", "TORCHINDUCTOR_CACHE_DIR": str(cache / "inductor"),
           "TORCHINDUCTOR_COMPILE_THREADS": "1", "PYTHONHASHSEED": "0"}
    if sys.platform == "linux" and "GLIBC_TUNABLES" not in os.environ:
        own["GLIBC_TUNABLES"] = TUNABLES
    return {**os.environ, **own}


class Settler:
    """OpenMP's threads (PyTorch) spin for a while after a call, and would do so on the cores of the next one."""

    def __init__(self, threads: int):
        self.active, self.me = threads > 1 and Path("/proc/self/task").is_dir(), str(os.getpid())
        self.calls = self.late = 0

    def settle(self) -> None:
        if not self.active:
            return
        self.calls += 1
        give_up = time.perf_counter() + LONGEST_SETTLE_SECONDS
        while self.somebody_runs():
            if time.perf_counter() > give_up:
                self.late += 1
                return
            time.sleep(0.0003)

    def somebody_runs(self) -> bool:
        for thread in os.listdir("/proc/self/task"):
            if thread == self.me:
                continue
            try:
                with open(f"/proc/self/task/{thread}/stat") as file:
                    if file.read().rpartition(")")[2].split()[0] == "R":
                        return True
            except OSError:
                continue  # ended meanwhile
        return False

    def doubts(self) -> list[dict]:
        if self.late <= 0.01 * self.calls:
            return []
        return [{"code": "setting-not-effective", "message": f"idle threads of the process still ran when {self.late} of {self.calls} calls began",
                 "advice": "set OMP_WAIT_POLICY=PASSIVE"}]


def sample() -> dict:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {"at": time.perf_counter(), "own": usage.ru_utime + usage.ru_stime, "times": cpu_times(read("/proc/stat")),
            "waited": pressure_total(read("/proc/pressure/cpu"))}


def cpu_times(text: str):
    """(busy, steal, total) ticks over all CPUs; None off Linux."""
    line = next((line for line in text.splitlines() if line.startswith("cpu ")), None)
    if line is None:
        return None
    user, nice, system, idle, iowait, irq, softirq, steal = ([int(word) for word in line.split()[1:9]] + [0] * 8)[:8]
    busy = user + nice + system + irq + softirq
    return busy, steal, busy + idle + iowait + steal


def pressure_total(text: str):
    """Microseconds in which some task waited for a CPU; None where the kernel does not tell."""
    line = next((line for line in text.splitlines() if line.startswith("some ")), None)
    return None if line is None else int(line.rpartition("total=")[2])


def doubts_between(before: dict, after: dict) -> list[dict]:
    wall = after["at"] - before["at"]
    found = []
    if before["times"] and after["times"] and wall > 0:
        busy, steal, total = (b - a for a, b in zip(before["times"], after["times"]))
        percent = 100 * steal / total if total else 0
        others = max(0.0, (busy / TICKS_PER_SECOND - (after["own"] - before["own"])) / wall)
        if percent > STEAL_LIMIT_PERCENT:
            found.append({"code": "cpu-steal", "message": f"the hypervisor took {percent:.1f} % of the CPU time away",
                          "advice": "use a machine with dedicated CPUs, or repeat at a quieter time"})
        if others > OTHERS_LIMIT_CPUS:
            found.append({"code": "busy-neighbours", "message": f"other processes used {others:.1f} CPUs",
                          "advice": "end other programs: they share caches, memory bandwidth and clock speed even on other cores"})
    if before["waited"] is not None and after["waited"] is not None and wall > 0:
        percent = (after["waited"] - before["waited"]) / 1e6 / wall * 100
        if percent > PRESSURE_LIMIT_PERCENT:
            found.append({"code": "cpu-pressure", "message": f"tasks waited for a CPU during {percent:.0f} % of the time",
                          "advice": "end other programs, or use fewer --threads"})
    return found


def peak_rss_bytes() -> int:
    line = next((line for line in read("/proc/self/status").splitlines() if line.startswith("VmHWM:")), None)
    if line is not None:
        return 1024 * int(line.split()[1])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""
