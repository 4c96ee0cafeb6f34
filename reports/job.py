"""The main job: train, prove, time; a run is what all of it found."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from parity_tests.implementations import Choice, choices
from reports.machine import describe
from reports.parity import check_one, parity_cases
from reports.preparation import Preparation
from reports.speed import measure
from reports.tables import parity_table, render, speed_table, training_table
from reports.training import load_study, train_all

__all__ = ["main_job"]

SCHEMA = 1
BACKGROUND = "compile"
"""The mode whose parity is proven in a process beside: it compiles."""


def here_and_absent(
    with_compile: bool,
) -> tuple[list[Choice], list[dict[str, str]]]:
    """The implementations to run, and the others with a reason.

    JAX op by op is left to the tests: it compiles every operation of every
    shape, and nobody trains that way.
    """
    here: list[Choice] = []
    absent: dict[str, str] = {}
    for choice in choices():
        if (choice.package, choice.mode) == ("jax_impl", "eager"):
            continue
        name = choice.name
        if choice.device != "cpu":
            name += f" on {choice.device}"
        reason = choice.absent()
        if choice.mode == BACKGROUND and not reason.startswith("device"):
            name += f" {BACKGROUND}"
            reason = reason if with_compile else "left out: --compile"
        if reason:
            absent.setdefault(name, short(reason))
        else:
            here.append(choice)
    # A mode is no news where the whole framework is absent.
    whole = {name.removesuffix(f" {BACKGROUND}") for name in absent} & set(
        absent
    )
    return here, [
        {"name": name, "reason": reason}
        for name, reason in absent.items()
        if name in whole or name.removesuffix(f" {BACKGROUND}") not in whole
    ]


def short(reason: str) -> str:
    """A reason that fits a table's cell."""
    return "no CUDA device" if "no CUDA device" in reason else reason


def main_job(
    with_compile: bool, say: Callable[[str], None], show: Callable[[str], None]
) -> dict[str, Any]:
    """Run everything; say what is going on, show each table as it is ready."""
    start = time.perf_counter()
    here, absent = here_and_absent(with_compile)
    compiled = [c for c in here if c.mode == BACKGROUND]
    direct = [c for c in here if c.mode != BACKGROUND]
    with tempfile.TemporaryDirectory() as folder:
        beside = Preparation(compiled, Path(folder))
        try:
            study = load_study()
            run: dict[str, Any] = {
                "schema": SCHEMA,
                "machine": describe(),
                "study": study.facts(),
                "absent": absent,
            }
            run["training"], run["drift"] = train_all(study, direct, say)
            show(render(training_table(run), "simple"))
            cases = parity_cases(study)
            rows = []
            for choice in direct:
                thorough = choice.mode != "idiomatic"
                rows += check_one(choice, cases, thorough, say)
            say("parity: what was prepared beside")
            compiled_rows, failed, ends = beside.result()
        finally:
            beside.stop()
    run["parity"] = rows + compiled_rows
    run["absent"] += [{"name": n, "reason": r} for n, r in failed.items()]
    for dtype in dict.fromkeys(row["dtype"] for row in rows):
        show(f"{dtype}\n" + render(parity_table(run, dtype), "simple"))
    timed = [c for c in here if c.dtype == "float32"]
    timed = [c for c in timed if f"{c.name} {c.mode}" not in failed]
    run["speed"] = measure(timed, ends, say)
    for size in dict.fromkeys(row["size"] for row in run["speed"]):
        show(f"{size}\n" + render(speed_table(run, size), "simple"))
    run["seconds"] = time.perf_counter() - start
    return run
