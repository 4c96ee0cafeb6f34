"""What is timed: networks on seeded data, and what belongs to each.

Light on purpose: a timing process imports this and NumPy, and then the one
framework that it times.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from parity_tests.cases import Case
from reference import Layer, Network

__all__ = ["CHECKS", "WORKLOADS", "Workload", "workload_case"]

DEEP = 6
"""Hidden layers from which weights start near the identity: the bound on
rounding grows with the product of the |W|, and would be void."""
SPREAD = 0.001
MARGIN = 0.25
"""Distance of a ReLU's Z from 0, over the range of its Z."""
RATE = {"tanh": 0.1, "relu": 0.01}
"""Learning rates by hidden activation."""


@dataclass(frozen=True)
class Workload:
    """A network, its data, and how many steps one timed call takes."""

    name: str
    layer_sizes: tuple[int, ...]
    m: int
    hidden: str
    steps: int
    why: str
    family: str = "workload"
    """"workload", a sweep's name, "logistic" or "check"."""

    @property
    def network(self) -> Network:
        """With a sigmoid output."""
        L = len(self.layer_sizes) - 1
        g = (self.hidden,) * (L - 1) + ("sigmoid",)
        return Network(self.layer_sizes, g)

    @property
    def parameters(self) -> int:
        """How many numbers theta has."""
        return sum(n * (k + 1) for n, k in self.network.shapes)


def sweep(
    family: str, sizes: dict[int, tuple[tuple[int, ...], int, int]]
) -> Iterator[Workload]:
    """Workloads that differ in one number: its value to layers, m, steps."""
    for value, (layer_sizes, m, steps) in sizes.items():
        yield Workload(
            f"{family} {value}", layer_sizes, m, "tanh", steps,
            f"{family} sweep", family,
        )  # fmt: skip


WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload("W1", (30, 16, 8, 1), 32, "tanh", 240, "the cost of a call"),
        Workload("W1b", (30, 16, 8, 1), 455, "tanh", 120,
                 "a real table: breast cancer's size"),
        Workload("W2", (12288, 20, 7, 5, 1), 209, "relu", 10,
                 "64 x 64 photographs: wide and skinny products"),
        Workload("W3", (784, 256, 128, 10), 128, "relu", 20,
                 "digits, a mini-batch"),
        Workload("W4", (1024, 1024, 1024, 1024, 10), 1024, "relu", 2,
                 "large products: arithmetic"),
        Workload("W5", (64,) * 50 + (1,), 256, "tanh", 8, "49 hidden layers"),
        Workload("W6", (1000, 1), 10_000, "tanh", 10,
                 "logistic regression: memory"),
        *sweep("width", {
            n: ((n, n, n, 1), 256, max(2, min(240, 2**21 // n**2)))
            for n in (32, 128, 512, 2048)
        }),
        *sweep("batch", {
            m: ((64, 64, 64, 1), m, max(2, min(240, 2**16 // m)))
            for m in (16, 128, 1024, 8192, 65_536)
        }),
        *sweep("depth", {
            L: ((64,) * L + (1,), 256, max(2, min(120, 256 // L)))
            for L in (2, 8, 32, 128)
        }),
        *(
            Workload(f"logistic {m}", (20, 1), m, "tanh", 4,
                     "looped against vectorized (A1.2, A1.3)", "logistic")
            for m in (10, 100, 1000)
        ),
    )
}  # fmt: skip

CHECKS = {
    workload.name: workload
    for workload in (
        Workload(f"check {k}", sizes, 32, "tanh", 1,
                 "every parameter moved up and down", "check")
        for k, sizes in {
            "1e2": (12, 6, 2, 1),
            "1e3": (30, 28, 3, 1),
            "1e4": (100, 90, 7, 1),
            "1e5": (300, 290, 40, 1),
        }.items()
    )
}  # fmt: skip


@cache
def workload_case(workload: Workload) -> Case:
    """Seeded parameters and data of a workload, in float64."""
    rng = np.random.default_rng(0)
    network, relu = workload.network, workload.hidden == "relu"
    X = rng.normal(size=(workload.layer_sizes[0], workload.m))
    A, parameters = X, []
    for l, (n, n_prev) in enumerate(network.shapes, start=1):
        W = rng.normal(size=(n, n_prev)) / np.sqrt(n_prev)
        if network.L > DEEP:
            W = np.eye(n, n_prev) + SPREAD * rng.normal(size=(n, n_prev))
        b = 0 * W[:, :1]
        if relu and l < network.L:
            b = away_from_kinks(W @ A)
        elif relu:  # the examples on both sides of 0
            b = -np.mean(W @ A, axis=1, keepdims=True)
        parameters.append(Layer(W, b))
        A = np.maximum(W @ A + b, 0) if relu else A
    labels = rng.uniform(size=(workload.layer_sizes[-1], workload.m)) < 0.5
    return Case(
        workload.name, network, tuple(parameters), X, labels.astype(float),
        l2=0.1, learning_rate=RATE[workload.hidden], steps=workload.steps,
    )  # fmt: skip


def away_from_kinks(Z: np.ndarray) -> np.ndarray:
    """b that leaves each node on for every example, or off for every one.

    At a kink in doubt either slope is right, and with thousands of them a
    bound says nothing. The time of a step does not depend on it.
    """
    low, high = Z.min(axis=1), Z.max(axis=1)
    margin = MARGIN * (high - low)
    on = np.arange(len(Z)) % 2 == 0
    return np.where(on, margin - low, -high - margin)[:, None]
