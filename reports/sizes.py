"""The networks of the speed table, and the processes that time them.

Light on purpose: a timing process imports this, NumPy, and the framework
that it times.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

import reference
from parity_tests.cases import Case
from parity_tests.implementations import Choice
from reference import Network

__all__ = ["SIZES", "Size", "cores", "environment", "size_case"]


def cores() -> int:
    """The processor cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True)
class Size:
    """One network of the speed table, and the steps of one timing."""

    name: str
    layer_sizes: tuple[int, ...]
    m: int
    steps: int


SIZES = (
    Size("tiny", (30, 16, 8, 1), 341, 200),
    Size("medium", (784, 256, 128, 10), 128, 20),
    Size("wide", (512, 512, 512, 10), 512, 3),
)


@cache
def size_case(size: Size) -> Case:
    """Seeded data for a size; tanh throughout, so that drift is smooth."""
    rng = np.random.default_rng(0)
    L = len(size.layer_sizes) - 1
    network = Network(size.layer_sizes, ("tanh",) * (L - 1) + ("sigmoid",))
    implementation = reference.implementation(dtype="float32")
    return Case(
        size.name,
        network,
        implementation.initialize(network, "xavier", 0),
        rng.normal(size=(size.layer_sizes[0], size.m)),
        (rng.uniform(size=(size.layer_sizes[-1], size.m)) < 0.5).astype(float),
        l2=0.1,
        learning_rate=0.1,
        steps=size.steps,
    )


def environment(choice: Choice, threads: int | None = None) -> dict[str, str]:
    """The same threads for all: every core that this process may use."""
    threads = threads or cores()
    names = ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM", "NUMEXPR")
    root = str(Path(__file__).parent.parent)
    path = os.environ.get("PYTHONPATH")
    return {
        **os.environ,
        **{f"{name}_NUM_THREADS": str(threads) for name in names},
        "PYTHONPATH": os.pathsep.join([root, path] if path else [root]),
        # Only a process that is to use the GPU may take its memory.
        "CUDA_VISIBLE_DEVICES": os.environ.get("CUDA_VISIBLE_DEVICES", "0")
        if choice.device != "cpu"
        else "",
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    }
