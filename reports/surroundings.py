"""What a process beside is given: threads, a GPU or none; and the
packages that it finds."""

from __future__ import annotations

import importlib.metadata
import os
from pathlib import Path

__all__ = ["affinity", "environment", "versions"]

PACKAGES = ("numpy", "torch", "jax", "scikit-learn", "scipy")
ABSENT = "not installed"
PEERS = ("jaxlib", "flax", "optax", "equinox", "keras", "autograd")
"""Told where they are installed."""


def environment(device: str, threads: int) -> dict[str, str]:
    """Of a process beside: so many threads, and no GPU but its own."""
    names = ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM", "NUMEXPR")
    root = str(Path(__file__).parent.parent)
    path = os.environ.get("PYTHONPATH")
    gpus = os.environ.get("CUDA_VISIBLE_DEVICES", "0")
    return {
        **os.environ,
        **{f"{name}_NUM_THREADS": str(threads) for name in names},
        "PYTHONPATH": os.pathsep.join([root, *([path] if path else [])]),
        # Only a process that is to use the GPU may take its memory.
        "CUDA_VISIBLE_DEVICES": "" if device == "cpu" else gpus,
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    }


def affinity(threads: int) -> list[int]:
    """The last of the cores: the first serves the system's interrupts."""
    if not hasattr(os, "sched_getaffinity"):
        return []
    return sorted(os.sched_getaffinity(0))[-threads:]


def versions() -> dict[str, str]:
    """Of every package that a number depends on."""
    return {
        name: version(name)
        for name in (*PACKAGES, *PEERS)
        if name in PACKAGES or version(name) != ABSENT
    }


def version(name: str) -> str:
    """The installed version of a package, or "not installed"."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ABSENT
