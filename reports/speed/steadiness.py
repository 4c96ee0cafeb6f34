"""Which samples were taken while the machine was as it should be.

Two things are looked at. What shares work among cores that were far apart
took longer than the program does; and what had one core, and less of it
than there was time, shared it with somebody. Either is measured again.
"""

from __future__ import annotations

import math
from typing import Any

__all__ = [
    "ALONE",
    "TRIES",
    "is_crowded",
    "is_far",
    "is_good",
    "is_settled",
    "is_steady",
    "nearest",
    "steadiest",
]

FAR = 1.6
"""Over the shortest hand-over of a run. Measured on two virtual cores: 17 to
25 us while they share a cache, 40 to 46 us while they do not."""
ALONE = 0.95
"""Of a core, for a process of one thread: 751 of them had 0.98 to 1.03, and
three that were disturbed 0.91 to 0.97."""
TRIES = 3
"""Processes for one sample, if each was disturbed."""

Sample = dict[str, Any]


def nearest(samples: list[Sample]) -> dict[int, float]:
    """The shortest hand-over of a run, by the number of threads."""
    found: dict[int, float] = {}
    for sample in samples:
        threads = sample["row"]["threads"]
        looked = (*sample.get("handover", ()), sample.get("nearest"))
        for seconds in filter(None, looked):
            found[threads] = min(found.get(threads, seconds), seconds)
    return found


def is_steady(sample: Sample, shortest: dict[int, float]) -> bool:
    """Whether the sample need not be taken again."""
    undisturbed = not is_far(sample, shortest) and not is_crowded(sample)
    return is_good(sample) and undisturbed


def is_settled(tries: list[Sample], shortest: dict[int, float]) -> bool:
    """Whether a row has what it can get in a block: a steady sample, or as
    many as it may have."""
    good = [sample for sample in tries if is_good(sample)]
    steady = any(is_steady(sample, shortest) for sample in good)
    return steady or (bool(good) and len(tries) >= TRIES)


def is_far(sample: Sample, shortest: dict[int, float]) -> bool:
    """Whether the cores were far apart before or after the sample."""
    known = shortest.get(sample["row"]["threads"], math.inf)
    return distance(sample) > FAR * known


def is_crowded(sample: Sample) -> bool:
    """Whether a process of one thread had less than a core."""
    row = sample["row"]
    alone = row["threads"] == 1 and row["device"] == "cpu"
    return alone and sample.get("threads", 1) < ALONE


def steadiest(samples: list[Sample]) -> list[Sample]:
    """Of the samples of one row and block, the least disturbed; one that
    failed, or was absent, only where there is no other."""
    chosen: dict[tuple[str, int], Sample] = {}
    for sample in samples:
        place = sample["key"], sample["block"]
        if place not in chosen or rank(sample) <= rank(chosen[place]):
            chosen[place] = sample
    return list(chosen.values())


def rank(sample: Sample) -> tuple[bool, float, float]:
    """Less is better."""
    lacks = ALONE - sample["threads"] if is_crowded(sample) else 0.0
    return not is_good(sample), lacks, distance(sample)


def is_good(sample: Sample) -> bool:
    """Whether it is worth to be kept: a limit, or a time that was over when
    the clock stopped."""
    late = "unread" in sample.get("after", ())
    return "limits" in sample or ("samples" in sample and not late)


def distance(sample: Sample) -> float:
    """The longer of the two hand-overs; none is as good as the shortest."""
    return max(sample.get("handover") or (0.0,))
