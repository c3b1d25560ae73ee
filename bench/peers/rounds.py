"""The timed heart, as in src/worker/latency.ts: all subjects take turns on the same inputs. A round visits everybody
forwards and then backwards (ABBA) on one input batch, in an order that is shuffled once a block and rotated every
round. Answers are checked outside the timed span. Clock, subjects and patience are handed in, so a test is exact.
"""
import hashlib
from dataclasses import dataclass, field
from typing import Callable

import numpy as np

# A peer whose logits are further from our dense graph's than this computes something else.
TOLERANCE = 1e-3
# One program gives the same call the same answer; ours to the bit, PyTorch's threads may add up in another order.
REPEAT_TOLERANCE = 1e-4
LEAST_WARM_UP_SECONDS = 0.6


@dataclass
class Subject:
    id: str
    load_ms: float
    run: Callable[[int], np.ndarray]  # index of an input batch -> logits [B, C]
    peer: bool = False  # held to our dense graph's logits
    ready: Callable[[], None] = lambda: None  # untimed, before every call


@dataclass
class Tracked:
    subject: Subject
    first_ms: float = 0.0
    answers: list = field(default_factory=list)
    difference: float = 0.0
    samples: list = field(default_factory=list)
    inputs: list = field(default_factory=list)
    rounds: list = field(default_factory=list)

    def record(self) -> dict:
        return {"id": self.subject.id, "loadMs": self.subject.load_ms, "firstRunMs": self.first_ms,
                "samplesMs": [round(ms, 4) for ms in self.samples], "inputIndex": self.inputs, "round": self.rounds,
                "logitsDigest": digest(self.answers)}


def digest(answers: list) -> str:
    """sha256 over the float32 logits of each input batch in input order: what src/worker/logits.ts computes."""
    sha = hashlib.sha256()
    for logits in answers:
        sha.update(np.ascontiguousarray(logits, np.float32).tobytes())
    return sha.hexdigest()


def order_of(count: int, number: int) -> list[int]:
    """Who is called in a round, in order: forwards and then backwards, beginning one further every round."""
    cut = number % count if count else 0
    forwards = [*range(cut, count), *range(cut)]
    return forwards + forwards[::-1]


def warm_up(subject: Subject, inputs: int, reference: list | None, now: Callable[[], float]) -> Tracked:
    """Every input once: first-use costs are paid here and the answers are learnt and judged.

    @raises ValueError for logits that are not finite, or of a peer further than TOLERANCE from `reference`.
    """
    tracked = Tracked(subject)
    for index in range(inputs):
        subject.ready()
        start = now()
        logits = subject.run(index)
        if index == 0:
            tracked.first_ms = 1000 * (now() - start)
        if not np.isfinite(logits).all():
            raise ValueError(f"a logit of input batch {index} is not finite")
        tracked.answers.append(np.array(logits, np.float32, copy=True))
        if subject.peer and reference is not None:
            if logits.shape != reference[index].shape:
                raise ValueError(f"logits of shape {list(logits.shape)}, ours are {list(reference[index].shape)}")
            tracked.difference = max(tracked.difference, float(np.abs(logits - reference[index]).max()))
    if tracked.difference > TOLERANCE:
        raise ValueError(f"its logits differ by up to {tracked.difference:.2g} from our dense graph's (allowed: {TOLERANCE:g})")
    return tracked


def visit(tracked: Tracked, number: int, inputs: int, now: Callable[[], float], keep: bool) -> None:
    subject, index = tracked.subject, number % inputs
    subject.ready()
    start = now()
    logits = subject.run(index)
    end = now()
    expected = tracked.answers[index]
    same = np.abs(logits - expected).max() <= REPEAT_TOLERANCE if subject.peer else np.array_equal(logits, expected)
    if not same:
        raise ValueError(f"input batch {index} was answered differently in round {number} than in the warm-up")
    if keep:
        tracked.samples.append(1000 * (end - start))
        tracked.inputs.append(index)
        tracked.rounds.append(number)


def visit_all(alive: list[Tracked], number: int, inputs: int, now, keep: bool, fail) -> None:
    """One round. Whoever fails leaves `alive` for good; the others go on."""
    turns = [alive[i] for i in order_of(len(alive), number)]
    for tracked in turns:
        if tracked not in alive:
            continue
        try:
            visit(tracked, number, inputs, now, keep)
        except Exception as thrown:  # whatever a peer throws is a failed row, never the end of the block
            alive.remove(tracked)
            fail("measure", tracked.subject.id, thrown)


def measure(subjects: list[Subject], inputs: int, seconds: float, least_rounds: int, rng, now, fail, say=lambda phase, id=None: None):
    """Tracked subjects in the order given, without those that failed. `dense` is the reference of all peers.

    fail(phase, id, exception) is told every failure; say(phase, id) where we are, before anything that may crash.
    """
    alive: list[Tracked] = []
    reference = None
    dense = [one for one in subjects if one.id == "dense"]
    others = [one for one in subjects if one.id != "dense"]
    rng.shuffle(others)
    started = now()
    for subject in dense + others:
        say("warm-up", subject.id)
        try:
            tracked = warm_up(subject, inputs, reference, now)
        except Exception as thrown:
            fail("warm-up", subject.id, thrown)
            if subject.id == "dense":
                return []  # nothing to hold anybody against, and no ratio
            continue
        if subject.id == "dense":
            reference = tracked.answers
        alive.append(tracked)
    rng.shuffle(alive)
    number = 0
    while alive and now() - started < LEAST_WARM_UP_SECONDS:
        visit_all(alive, number, inputs, now, False, fail)
        number += 1
    say("measure")
    number, begin = 0, now()
    while alive and (number < least_rounds or now() - begin < seconds):
        visit_all(alive, number, inputs, now, True, fail)
        number += 1
    by_id = {one.subject.id: one for one in alive}
    return [by_id[one.id] for one in subjects if one.id in by_id]
