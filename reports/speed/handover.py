"""How long the cores take to share a small product.

A hypervisor moves its virtual cores between two that share a cache and two
that do not, every few seconds, and what is split among them then takes up
to twice as long, whoever is timed. So a row of several threads is told
beside the time that the cores took at that moment; see steadiness.py.

python -m reports.speed.handover prints it: a process of its own, whose
waiting threads end with it and disturb nobody.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

import numpy as np

__all__ = ["handover"]

CALLS, TIMES = 300, 5
SHAPES = (64, 64), (64, 256)
"""Small enough that the hand-over is a good part of it, and large enough
that a BLAS does share it."""


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


if __name__ == "__main__":
    main()
