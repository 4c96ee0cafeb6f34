"""The main job: train, prove, time; a run is what all of it found."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from parity_tests.implementations import PACKAGES, Choice, choices
from reference.specification import DTYPES
from reports.machine import describe
from reports.parity import check_one, parity_cases
from reports.preparation import Preparation, Task
from reports.speed.folder import read_samples
from reports.speed.race import Race
from reports.speed.results import results
from reports.speed.rows import Row, quick_form
from reports.speed.tables import race_table, race_title, races
from reports.tables import (
    parity_table,
    render,
    score,
    training_table,
)
from reports.training import load_study, train_all
from reports.understanding import understand, understanding_pictures

__all__ = ["main_job"]

SCHEMA = 2


@dataclass(frozen=True)
class Plan:
    """Who trains, is proven and is timed, and who is not here, and why.

    beside are proven in a process of their own, since they compile for each
    shape; JAX op by op is proven in a thorough run alone, and never trained:
    nobody trains that way.
    """

    direct: list[Choice]
    beside: list[Choice]
    compiled: list[Choice]
    op_by_op: list[Choice]
    absent: list[dict[str, str]]

    @property
    def trained(self) -> list[Choice]:
        """In the order of the tables."""
        return [*self.direct, *self.beside]

    @property
    def order(self) -> list[tuple[str, ...]]:
        """The order of the rows of all tables."""
        choices = (*self.trained, *self.compiled, *self.op_by_op)
        ranked = sorted(choices, key=lambda c: list(PACKAGES).index(c.package))
        return [tuple(c.described().values()) for c in ranked]


def make_plan(with_compile: bool, thorough: bool) -> Plan:
    """The implementations to run, and the others with a reason."""
    kinds: dict[str, list[Choice]] = {
        kind: [] for kind in ("direct", "beside", "compiled", "op_by_op")
    }
    absent: dict[str, str] = {}
    for choice in choices():
        kind = {
            ("jax_impl", "eager"): "op_by_op",
            ("jax_impl", "jit"): "beside",
            ("torch_impl", "compile"): "compiled",
        }.get((choice.package, choice.mode), "direct")
        if kind == "op_by_op" and not thorough:
            continue
        if choice.mode in ("tuned", "threaded"):
            continue  # the speed report has them
        name = choice.name
        if choice.device != "cpu":
            name += f" on {choice.device}"
        reason = choice.absent()
        if kind == "compiled" and not reason.startswith("device"):
            name += " compile"
            asked = with_compile or thorough
            reason = reason if asked else "left out: --compile"
        if reason:
            absent.setdefault(name, short(reason))
        else:
            kinds[kind].append(choice)
    # A mode is no news where the whole framework is absent.
    told = [
        {"name": name, "reason": reason}
        for name, reason in absent.items()
        if name.removesuffix(" compile") == name
        or name.removesuffix(" compile") not in absent
    ]
    return Plan(**kinds, absent=told)


def short(reason: str) -> str:
    """A reason that fits a table's cell."""
    return "no CUDA device" if "no CUDA device" in reason else reason


def main_job(
    with_compile: bool,
    thorough: bool,
    say: Callable[[str], None],
    show: Callable[[str], None],
) -> tuple[dict[str, Any], dict[str, str]]:
    """Run everything; say what is going on, show each table as it is ready.

    The run, and the pictures that were drawn while others were at work.
    """
    start = time.perf_counter()
    plan = make_plan(with_compile, thorough)
    extent = "thorough" if thorough else "quick"
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        besides = []
        for name, task in tasks(plan, thorough).items():
            besides.append(Preparation(task, Path(folder) / name))
            stack.callback(besides[-1].stop)
        # Beside other processes threads would wait for each other.
        stack.enter_context(threadpool_limits(1))
        study = load_study()
        run: dict[str, Any] = {
            "schema": SCHEMA,
            "command": command(with_compile, thorough),
            "machine": describe(),
            "study": study.facts(),
            "absent": plan.absent,
        }
        run["training"], run["drift"] = train_all(study, plan.trained, say)
        show(render(training_table(run), "simple"))
        run["parity"], run["clauses"] = [], []
        for choice in plan.direct:
            idiomatic = choice.mode == "idiomatic"
            told = check_one(
                choice, parity_cases(study),
                "training" if idiomatic else extent, say,
            )  # fmt: skip
            run["parity"] += told[0]
            run["clauses"] += told[1]
        run["understanding"] = understand(plan.trained, say)
        pictures = understanding_pictures(run["understanding"])
        failed: dict[str, str] = {}
        for beside in besides:
            say("parity: what is proven beside")
            prepared = beside.result()
            run["parity"] += prepared.parity
            run["clauses"] += prepared.clauses
            failed |= prepared.failed
    for section in ("parity", "clauses"):
        run[section].sort(key=lambda row: plan.order.index(names(row)))
    run["absent"] += [{"name": n, "reason": r} for n, r in failed.items()]
    for dtype in dict.fromkeys(row["dtype"] for row in run["parity"]):
        show(f"{dtype}\n" + render(parity_table(run, dtype), "simple"))
    show(score(run))
    run["speed"] = time_them(plan, with_compile or thorough, say)
    for rows in races(run["speed"], ("workload",)).values():
        show(f"{race_title(rows)}\n" + render(race_table(rows), "simple"))
    run["seconds"] = time.perf_counter() - start
    return run, pictures


def time_them(
    plan: Plan, with_compile: bool, say: Callable[[str], None]
) -> list[dict[str, Any]]:
    """The short form of the speed report: a few rows, in three blocks."""
    here = {(c.name, c.device) for c in plan.trained}
    compiled = {("torch", c.device) for c in plan.compiled}
    devices = tuple(sorted({device for _, device in here}))
    rows = quick_form(with_compile, devices, idiomatic=False)

    def absent(row: Row) -> str:
        """The plan has asked them all."""
        known = compiled if row.who.mode == "compile" else here
        there = (row.who.family, row.device) in known
        return "" if there else row.who.absent() or f"not on {row.device}"

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        Race(
            folder, rows, lambda line: say(f"speed: {line}"), "quick",
            with_limits=False, absent=absent,
        ).run()  # fmt: skip
        return results(rows, read_samples(folder))


def command(with_compile: bool, thorough: bool) -> str:
    """What makes such a run."""
    flag = " --thorough" if thorough else " --compile" if with_compile else ""
    return "python -m reports" + flag


def tasks(plan: Plan, thorough: bool) -> dict[str, Task]:
    """What runs beside: whatever compiles, and a process for each dtype."""
    extent = "thorough" if thorough else "training"
    found = {
        name: Task(tuple(choices), extent)
        for name, choices in (
            ("compiled", plan.compiled), ("op by op", plan.op_by_op),
        )
        if choices
    }  # fmt: skip
    for dtype in DTYPES:
        jitted = tuple(c for c in plan.beside if c.dtype == dtype)
        if jitted:
            found[dtype] = Task(jitted, "thorough" if thorough else "quick")
    return found


def names(row: dict[str, Any]) -> tuple[str, ...]:
    """Which implementation a row is of."""
    return tuple(row[k] for k in ("implementation", "mode", "device", "dtype"))
