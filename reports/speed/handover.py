"""How long the cores take to share a small product.

A hypervisor moves its virtual cores between two that share a cache and two
that do not, every few seconds, and what is split among them then takes up
to twice as long, whoever is timed. So a row of several threads is told
beside the time that the cores took at that moment, and is measured again
where that was long.

python -m reports.speed.handover prints it: a process of its own, whose
waiting threads end with it and disturb nobody.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time
from typing import Any

import numpy as np

__all__ = ["TRIES", "handover", "is_far", "is_good", "nearest", "steadiest"]

FAR = 1.6
"""Over the shortest of a run. Measured on two virtual cores: 17 to 25 us
while they share a cache, 40 to 46 us while they do not."""
TRIES = 3
"""Processes for one sample, if the cores are far apart in each."""
CALLS, TIMES = 300, 5
SHAPES = (64, 64), (64, 256)
"""Small enough that the hand-over is a good part of it, and large enough
that a BLAS does share it."""

Sample = dict[str, Any]


def handover(threads: int) -> float:
    """Seconds of the product in so many threads, by a process of its own."""
    names = ("OMP", "OPENBLAS", "MKL")
    told = {f"{name}_NUM_THREADS": str(threads) for name in names}
    printed = subprocess.run(
        [sys.executable, "-m", "reports.speed.handover"],
        env={**os.environ, **told}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return float(printed.stdout)


def main() -> None:
    """Print the shortest of a few times."""
    left, right = (np.ones(shape, "float32") for shape in SHAPES)
    out = left @ right
    times = []
    for _ in range(1 + TIMES):
        start = time.perf_counter()
        for _ in range(CALLS):
            np.matmul(left, right, out=out)
        times.append((time.perf_counter() - start) / CALLS)
    print(min(times[1:]))


def nearest(samples: list[Sample]) -> dict[int, float]:
    """The shortest of a run, by the number of threads."""
    found: dict[int, float] = {}
    for sample in samples:
        threads = sample["row"]["threads"]
        looked = (*sample.get("handover", ()), sample.get("nearest"))
        for seconds in filter(None, looked):
            found[threads] = min(found.get(threads, seconds), seconds)
    return found


def is_far(sample: Sample, shortest: dict[int, float]) -> bool:
    """Whether the cores were far apart before or after the sample."""
    known = shortest.get(sample["row"]["threads"], math.inf)
    return distance(sample) > FAR * known


def steadiest(samples: list[Sample]) -> list[Sample]:
    """Of the samples of one row and block, the one of the nearest cores; one
    that failed, or was absent, only where there is no other."""
    chosen: dict[tuple[str, int], Sample] = {}
    for sample in samples:
        place = sample["key"], sample["block"]
        if place not in chosen or rank(sample) <= rank(chosen[place]):
            chosen[place] = sample
    return list(chosen.values())


def rank(sample: Sample) -> tuple[bool, float]:
    """Less is better."""
    return not is_good(sample), distance(sample)


def is_good(sample: Sample) -> bool:
    """Whether it is worth to be kept: a limit, or a time that was over when
    the clock stopped."""
    late = "unread" in sample.get("after", ())
    return "limits" in sample or ("samples" in sample and not late)


def distance(sample: Sample) -> float:
    """The longer of the two hand-overs; none is as good as the shortest."""
    return max(sample.get("handover") or (0.0,))


if __name__ == "__main__":
    main()
