"""Time per training step, in fresh processes, each result proven first.

A process builds one implementation and times it on every size; what it
trained comes back and is held against the reference's trajectory, and a
time is reported only beside that proof.
"""

from __future__ import annotations

import json
import math
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from parity_tests.implementations import Choice
from reports.sizes import SIZES, Size, cores, environment

__all__ = ["End", "measure", "time_one"]


@dataclass(frozen=True)
class End:
    """Where a training has to end: theta, and the radius around it."""

    theta: np.ndarray
    radius: float

    def ratio(self, theta: np.ndarray) -> float:
        """Distance over radius; inf where there is no distance."""
        distance = float(np.linalg.norm(theta.astype(float) - self.theta))
        return distance / self.radius if np.isfinite(distance) else np.inf


BLOCKS = 3
"""Fresh processes for each implementation; the process is the sample."""
TIME_LIMIT = 300
"""Seconds after which a process counts as hung."""


def time_one(choice: Choice, folder: Path) -> dict[str, Any]:
    """What a fresh process measures: samples a size, or an error."""
    task = json.dumps(vars(choice) | {"folder": str(folder)})
    command = [sys.executable, "-m", "reports.worker", task]
    try:
        done = subprocess.run(
            command,
            env=environment(choice),
            capture_output=True,
            text=True,
            timeout=TIME_LIMIT,
        )
    except subprocess.TimeoutExpired:
        return {"error": f"no result within {TIME_LIMIT} s"}
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or [f"exit {done.returncode}"]
        return {"error": lines[-1]}
    return json.loads(done.stdout.splitlines()[-1])


def measure(
    choices: list[Choice],
    ends: dict[str, End],
    say: Callable[[str], None],
) -> list[dict[str, Any]]:
    """A row for each choice and size, in randomized complete blocks.

    ends says, for each size, which parameters the timed training must come
    to, and within which radius.
    """
    rng = np.random.default_rng(0)
    samples: dict[tuple[Choice, str], list[list[float]]] = {}
    ratios: dict[tuple[Choice, str], list[float]] = {}
    errors: dict[Choice, str] = {}
    for block in range(BLOCKS):
        for i in rng.permutation(len(choices)):
            choice = choices[i]
            say(f"speed: block {block + 1} of {BLOCKS}, {choice}")
            with tempfile.TemporaryDirectory() as folder:
                told = time_one(choice, Path(folder))
                if "error" in told:
                    errors[choice] = told["error"]
                    continue
                for size in SIZES:
                    key = choice, size.name
                    samples.setdefault(key, []).append(told[size.name])
                    theta = np.load(Path(folder) / f"{size.name}.npy")
                    ratios.setdefault(key, []).append(
                        ends[size.name].ratio(theta)
                    )
    return [
        speed_row(choice, size, samples.get((choice, size.name)),
                  ratios.get((choice, size.name)), errors.get(choice))
        for size in SIZES
        for choice in choices
    ]  # fmt: skip


def speed_row(
    choice: Choice,
    size: Size,
    samples: list[list[float]] | None,
    ratios: list[float] | None,
    error: str | None,
) -> dict[str, Any]:
    """One row: the median of the processes' medians, and their range."""
    row = {
        **choice.described(),
        "size": size.name,
        "layer_sizes": list(size.layer_sizes),
        "m": size.m,
        "steps": size.steps,
        "threads": cores(),
        "error": error,
        "worst_ratio": max(ratios) if ratios else None,
        "ms": None,
        "ms_min": None,
        "ms_max": None,
        "samples_ms": None,
    }
    # No time without its proof.
    if error or not samples or not ratios or not max(ratios) <= 1:
        return row
    ms = [[1e3 * s / size.steps for s in process] for process in samples]
    medians = [statistics.median(process) for process in ms]
    assert all(map(math.isfinite, medians))
    return row | {
        "ms": statistics.median(medians),
        "ms_min": min(medians),
        "ms_max": max(medians),
        "samples_ms": ms,
    }
