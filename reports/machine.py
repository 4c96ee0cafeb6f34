"""What a result was obtained with: processor, memory, devices, versions."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

__all__ = ["cores", "describe", "environment"]

PACKAGES = ("numpy", "torch", "jax", "scikit-learn", "scipy")
ABSENT = "not installed"
PEERS = ("flax", "optax", "equinox", "keras", "autograd")
"""Told where they are installed."""


def describe() -> dict[str, Any]:
    """Everything that belongs beside a number: machine, versions, date."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "processor": processor(),
        "cores": cores(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "gpus": gpus(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "versions": {
            name: version(name)
            for name in (*PACKAGES, *PEERS)
            if name in PACKAGES or version(name) != ABSENT
        },
        "commit": commit(),
    }


def cores() -> int:
    """The processor cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


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


def processor() -> str:
    """The processor's name, where the system tells it."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def version(name: str) -> str:
    """The installed version of a package, or "not installed"."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ABSENT


def gpus() -> list[str]:
    """The NVIDIA GPUs that the driver knows."""
    try:
        import pynvml

        pynvml.nvmlInit()
    except Exception:  # no such package, or no driver: no GPU either way
        return []
    handles = map(
        pynvml.nvmlDeviceGetHandleByIndex, range(pynvml.nvmlDeviceGetCount())
    )
    return [str(pynvml.nvmlDeviceGetName(handle)) for handle in handles]


def commit() -> str:
    """The commit of the code, with a + if the tree has changed since."""
    root = Path(__file__).parent.parent
    git = ["git", "-C", str(root), "describe", "--always", "--dirty=+"]
    try:
        told = subprocess.run(
            git, capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return told.stdout.strip()
