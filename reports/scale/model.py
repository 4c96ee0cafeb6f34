"""What a step should take on R ranks, by what was measured on few.

A step takes what the rank's own share of the examples takes on one rank
alone, and what its collectives take:

    t(R) = a + c m/R + sum over collectives of what each takes
    a sum of s bytes    (R - 1) t_2(2 s / R)
    half of one         a gather, or a sum of which each rank keeps a share

a and c are fitted to the times of one rank on several m. t_2 is what sums
over two ranks took, between the sizes that were measured along a line: a
sum over R of them is 2 (R - 1) messages of s/R bytes in a ring, as the
libraries send it, and two messages of s/2 over two. Of a larger cluster it
says what these processors and these links would do; nothing of it has been
measured.

Symbol   Unit   Meaning
a, c     s      a step without examples; what an example adds
t_2(s)   s      a sum of s bytes over two ranks: latency where s is small,
                bandwidth where it is large
"""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from typing import Any

import numpy as np

from reports.scale.rows import ENGINES, NETWORKS

__all__ = ["Link", "fit_link", "fit_share", "least_bytes", "predicted",
           "spread", "theta_bytes"]  # fmt: skip

BUCKET = 25 * 2**20
"""Bytes of gradients that DDP sums at once."""
FIRST_BUCKET = 2**20
"""Of the first, which is to be on its way early."""


@dataclass(frozen=True)
class Link:
    """Bytes of sums over two ranks, and their seconds."""

    sizes: tuple[float, ...]
    seconds: tuple[float, ...]

    @property
    def latency(self) -> float:
        """Seconds of the least sum."""
        return self.seconds[0]

    @property
    def bandwidth(self) -> float:
        """Bytes a second of the largest."""
        return self.sizes[-1] / self.seconds[-1]

    def over_two(self, size: float) -> float:
        """t_2."""
        if size > self.sizes[-1]:
            return self.seconds[-1] * size / self.sizes[-1]
        return float(np.interp(size, self.sizes, self.seconds))

    def sum_of(self, size: float, R: int) -> float:
        """Seconds of a sum of so many bytes over R ranks."""
        return (R - 1) * self.over_two(2 * size / R)


def fit_link(times: list[tuple[float, float]]) -> Link:
    """The median of each size."""
    sizes = sorted({size for size, _ in times})
    return Link(
        tuple(sizes),
        tuple(
            statistics.median(s for size, s in times if size == each)
            for each in sizes
        ),
    )


def fit_share(times: dict[int, float]) -> tuple[float, float]:
    """a and c, from m and the seconds of a step on one rank alone."""
    m, seconds = np.array(sorted(times.items()), float).T
    if len(m) == 1:
        return 0.0, float(seconds[0] / m[0])
    columns = np.stack([1 / seconds, m / seconds], axis=1)
    (a, c), *_ = np.linalg.lstsq(columns, np.ones(len(m)))
    return max(float(a), 0.0), max(float(c), 0.0)


def theta_bytes(network: str, width: int = 4) -> int:
    """All parameters, or their gradients."""
    n = NETWORKS[network].layer_sizes
    return width * sum(n[l] * (n[l - 1] + 1) for l in range(1, len(n)))


def least_bytes(network: str, R: int) -> float:
    """What all ranks together must send in a step, whichever the engine:
    each learns the sum of R gradients, which takes 2 (R - 1)/R of one; or
    where weights are shared, a share's sum, and the others' shares."""
    return 2.0 * (R - 1) * theta_bytes(network)


def collectives(
    engine: str, network: str, told: list[Any]
) -> list[tuple[float, float]]:
    """(sums, bytes) of a step's collectives, a gather being half a sum: as
    the compiler tells them, or as PyTorch's engines are documented."""
    if told:
        return [
            (1.0 if kind == "all-reduce" else 0.5, size) for kind, size in told
        ]
    whole, of_J = theta_bytes(network), [(1.0, 4.0)]
    if not ENGINES[engine].shares_weights:
        more = max(0, math.ceil((whole - FIRST_BUCKET) / BUCKET))
        return [(1.0, whole / (1 + more))] * (1 + more) + of_J
    n = NETWORKS[network].layer_sizes
    layers = [4 * n[l] * (n[l - 1] + 1) for l in range(1, len(n))]
    # Gathered for the way out and for the way back, summed once; and the
    # squares of the rows, for J.
    return [(0.5, float(s)) for s in layers] * 3 + of_J * 2


def predicted(
    engine: str, network: str, m: int, R: int, share: tuple[float, float],
    link: Link, told: list[Any],
) -> float:  # fmt: skip
    """Seconds of a step on R ranks, of which the first has ceil(m/R)."""
    a, c = share
    sent = sum(
        how * link.sum_of(size, R)
        for how, size in collectives(engine, network, told)
    )
    return a + c * math.ceil(m / R) + sent


def spread(values: list[float]) -> float:
    """Half the distance of the quartiles, over the median."""
    if len(values) < 2:
        return 0.0
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return (high - low) / 2 / statistics.median(values)
