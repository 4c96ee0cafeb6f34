"""The rows of a run: who is timed on what, with which dtype and threads.

A row's key holds the hash of the code that it measures, so that a run which
goes on after a change measures again what the change could have changed.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from reference.backend import cores
from reports.speed.contenders import CHECKERS, CONTENDERS, Contender
from reports.speed.workloads import CHECKS, WORKLOADS, Workload
from reports.surroundings import versions

__all__ = ["Row", "baseline", "code_hash", "full_form", "quick_form"]

ROOT = Path(__file__).resolve().parents[2]
MEASURED = (
    "reference", "torch_impl", "jax_impl", "reports/speed/contenders",
)  # fmt: skip
MEASURING = ("workloads.py", "worker.py", "proof.py", "truth.py", "limits.py",
             "handover.py", "conditions.py", "../surroundings.py")  # fmt: skip
PROVING = ("cases.py", "comparison.py", "implementations.py", "trajectory.py",
           "checks/lifting.py")  # fmt: skip
BASELINES = ("numpy eager", "numpy loop", "numpy looped", "numpy stacked",
             "torch eager")  # fmt: skip
"""The row that others are compared with, and that has a twin: the first of
these that is in the race."""


@cache
def code_hash() -> str:
    """Of what is measured and what measures it, the libraries included."""
    digest = hashlib.sha256()
    files = [p for name in MEASURED for p in (ROOT / name).rglob("*.py")]
    files += [ROOT / "parity_tests" / name for name in PROVING]
    files += [Path(__file__).parent / name for name in MEASURING]
    for path in sorted(path.resolve() for path in files):
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    digest.update(json.dumps([sys.version, versions()]).encode())
    return digest.hexdigest()[:12]


def baseline(rows: Iterable[Row]) -> Row | None:
    """The row of a race that the others are compared with."""
    first = {row.contender: row for row in rows if not row.twin}
    return next((first[name] for name in BASELINES if name in first), None)


@dataclass(frozen=True)
class Row:
    """One line of the tables: a fresh process in each block."""

    contender: str
    workload: str
    dtype: str = "float32"
    device: str = "cpu"
    threads: int = 1
    twin: bool = False
    """A second row of the same, whose distance from the first is noise."""

    def __str__(self) -> str:
        twin = ", twin" if self.twin else ""
        return (
            f"{self.workload}: {self.contender}, {self.dtype}, {self.device}, "
            f"{self.threads} thread{'s' if self.threads > 1 else ''}{twin}"
        )

    @property
    def key(self) -> str:
        """What tells it from all others, and from itself in other code."""
        told = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256((told + code_hash()).encode()).hexdigest()[:16]

    @property
    def what(self) -> Workload:
        """The workload or the check itself."""
        return (WORKLOADS | CHECKS)[self.workload]

    @property
    def who(self) -> Contender:
        """The contender itself."""
        return (CONTENDERS | CHECKERS)[self.contender]

    @property
    def race(self) -> tuple[Any, ...]:
        """The rows that are compared with each other have this in common."""
        return self.workload, self.dtype, self.device, self.threads


OURS = tuple(c.name for c in CONTENDERS.values() if c.file == "ours")
PEERS = tuple(c.name for c in CONTENDERS.values() if c.peer)
READABLE = ("numpy eager", "numpy tuned", "torch eager", "jax jit")
SIX = ("W1", "W1b", "W2", "W3", "W4", "W5", "W6")


def with_twins(rows: Iterable[Row]) -> list[Row]:
    """A twin beside the baseline of each race."""
    by_race: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        by_race.setdefault(row.race, []).append(row)
    firsts = [found for r in by_race.values() if (found := baseline(r))]
    twins = [replace(row, twin=True) for row in firsts]
    return [row for race in by_race.values() for row in race] + twins


def full_form(
    devices: tuple[str, ...] = ("cpu",), everything: int | None = None
) -> list[Row]:
    """Every row of the report, on so many cores; those that are here."""
    return with_twins(full_rows(devices, everything or cores()))


def full_rows(devices: tuple[str, ...], everything: int) -> Iterator[Row]:
    """The workloads, the sweeps, and the two questions of the notes."""
    for w in SIX:
        for c in (*OURS, *PEERS):
            if c != "numpy threaded":
                yield Row(c, w)
    for w in SIX:
        if w == "W1b":
            continue  # W1's question once more
        if everything > 1:
            for c in OURS:
                yield Row(c, w, threads=everything)
        for c in READABLE:
            yield Row(c, w, dtype="float64", threads=everything)
    for workload in WORKLOADS.values():
        if workload.family in ("width", "batch", "depth"):
            for c in READABLE:
                yield Row(c, workload.name)
        if workload.family == "logistic":
            for who in CONTENDERS.values():
                if who.file == "logistic":
                    yield Row(who.name, workload.name)
    for workload in CHECKS.values():
        for name, most in MOST.items():
            if workload.parameters <= most:
                yield Row(name, workload.name, dtype="float64")
    for device in devices:
        if device != "cpu":
            yield from on_device(device, everything)


MOST = {
    "numpy backpropagation": 2e5, "numpy stacked": 2e5,
    "numpy loop": 2e4, "numpy direction": 2e5,
    "torch stacked": 2e4, "jax stacked": 2e4, "torch gradcheck": 2e4,
    "torch gradcheck fast": 2e5, "jax check_grads": 2e5,
}  # fmt: skip
"""Parameters that a check can be waited for."""


def on_device(device: str, everything: int) -> Iterator[Row]:
    """What an accelerator is timed on: the baseline is PyTorch, eager.

    Ours in TensorFloat-32 and bfloat16 products too, which are races of
    their own.
    """
    for w in WORKLOADS.values():
        if w.family != "logistic":
            for c in CONTENDERS.values():
                if device not in c.devices:
                    continue
                yield Row(c.name, w.name, "float32", device, everything)
                if c.file == "ours" and w.family == "workload":
                    for dtype in ("tf32", "bfloat16"):
                        yield Row(c.name, w.name, dtype, device, everything)


QUICK = ("numpy eager", "numpy tuned", "torch eager", "torch compile",
         "torch idiomatic", "jax jit", "jax idiomatic")  # fmt: skip


def quick_form(
    with_compile: bool = False,
    devices: tuple[str, ...] = ("cpu",),
    idiomatic: bool = True,
) -> list[Row]:
    """A few rows; the main job has no time for the idiomatic ones."""
    left_out = {"torch compile": not with_compile,
                "torch idiomatic": not idiomatic,
                "jax idiomatic": not idiomatic}  # fmt: skip
    names = [name for name in QUICK if not left_out.get(name)]
    rows = (
        # With one thread: whether two cores are near, it has no time to see.
        Row(c, w, device=device, threads=1 if device == "cpu" else cores())
        for w in ("W1b", "W3")
        for device in devices
        for c in names
        if device in CONTENDERS[c].devices
    )
    return with_twins(rows)
