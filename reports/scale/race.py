"""Doing the measurements: a fresh set of ranks for each, every line kept."""

from __future__ import annotations

import functools
import hashlib
import importlib
import json
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from reference.backend import cores
from reference.contract.crew import Crew
from reference.specification import RankError
from reports.folder import Refused, append, read_lines
from reports.scale.rank import CORES, Rank, implementation
from reports.scale.rows import ENGINES, Engine, Row, rows_of, workload_of
from reports.speed.proof import truth_path
from reports.speed.truth import find_truth
from reports.surroundings import environment, versions

__all__ = ["OWN", "Task", "check_place", "measured", "race", "race_as_rank",
           "read_found", "tasks_of"]  # fmt: skip

ROOT = Path(__file__).resolve().parents[2]
MEASURED = ("reference", "torch_impl", "jax_impl", "reports/scale",
            "reports/speed")  # fmt: skip
DTYPE = "float32"
OWN = "ranks of its own"
"""The place of ranks that no launcher has started."""
Task = tuple[str, int, int]
"""An engine, the number of ranks, the block."""


@functools.cache
def code_hash() -> str:
    """Of what is measured, the libraries included."""
    digest = hashlib.sha256()
    files = [p for name in MEASURED for p in (ROOT / name).rglob("*.py")]
    for path in sorted(files):
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    digest.update(json.dumps([sys.version, versions()]).encode())
    return digest.hexdigest()[:12]


NEEDED = ("key", "engine", "ranks", "block", "kind", "code", "place", "found",
          "error")  # fmt: skip


def fault_of(told: Any) -> str:
    """What keeps a line from being a result, or the empty string."""
    if not isinstance(told, dict):
        return f"a sample must be an object, got {told!r:.80}"
    lacking = [name for name in NEEDED if name not in told]
    if lacking:
        return f"a sample must have {', '.join(NEEDED)}, lacks {lacking[0]}"
    needed = () if told["error"] else FOUND.get(told["kind"], ())
    lacking = [name for name in needed if name not in told["found"]]
    if lacking:
        return f"found must have {', '.join(needed)}, lacks {lacking[0]}"
    return ""


FOUND = {
    "step": ("seconds", "sent", "proof", "collectives"),
    "link": ("times",),
}
"""By kind, what is found where there is no error."""


def read_found(folder: Path) -> dict[str, dict[str, Any]]:
    """What this code has found by now, by key."""
    lines = [
        line
        for line in read_lines(folder, fault_of)
        if line["code"] == code_hash()
    ]
    done = whole_tasks(lines)
    # What failed and was done later is no fault of the run.
    return {
        line["key"]: line
        for line in lines
        if not (line["error"] and task_of(line) in done)
    }


def check_place(folder: Path, place: str) -> None:
    """Refused where the folder has what other ranks have measured."""
    others = {line["place"] for line in read_found(folder).values()} - {place}
    if others:
        raise Refused(
            f"--out must be a folder of its own for {place}, and {folder} "
            f"has what was measured by {', '.join(sorted(others))}"
        )


def task_of(line: dict[str, Any]) -> Task:
    """Of which it is a line."""
    return line["engine"], line["ranks"], line["block"]


def whole_tasks(lines: Iterable[dict[str, Any]]) -> set[Task]:
    """Those of which every line is there: whoever was killed between two of
    them measures the task again."""
    there: dict[Task, set[str]] = {}
    for told in lines:
        if not told["error"]:
            there.setdefault(task_of(told), set()).add(told["key"])
    return {
        task
        for task, keys in there.items()
        if len(keys) == len(rows_of(task[1])) + (task[1] > 1)
    }


def tasks_of(
    ranks: list[int], blocks: int, only: list[str], packages: list[str]
) -> list[Task]:
    """Every engine that is here, on each number of ranks, block by block."""
    return [
        (engine.name, R, block)
        for block in range(blocks)
        for R in ranks
        for engine in ENGINES.values()
        if engine.package in packages
        # One process with one device is one process.
        and (engine.processes or R > 1)
        and (not only or any(text in engine.name for text in only))
    ]


def truth_of(row: Row, folder: Path) -> str:
    """Where the exact training is, found once."""
    workload = workload_of(row)
    sizes = "-".join(map(str, workload.layer_sizes))
    named = f"{workload.name} {sizes} {DTYPE} {code_hash()}"
    path = folder / "truth" / named
    if not truth_path(path, workload.steps).exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        for steps, found in find_truth(workload, DTYPE).items():
            found.save(truth_path(path, steps))
    return str(path)


def pinned(engine: Engine, R: int) -> list[dict[str, str]]:
    """What each process of the ranks is told: how to find the others, one
    thread, and the cores that it has to itself while there are so many."""
    if hasattr(os, "sched_getaffinity"):
        there = sorted(os.sched_getaffinity(0))
    else:
        there = list(range(cores()))
    module = f"{engine.package}.data_parallel.launch"
    launch = importlib.import_module(module)
    if engine.package == "torch_impl":
        told = launch.variables(R)
    else:
        told = launch.variables(*((R, 1) if engine.processes else (1, R)))
    of_each = R // len(told)
    found = []
    for r, own in enumerate(told):
        mine = [there[(r * of_each + k) % len(there)] for k in range(of_each)]
        found.append(
            environment("cpu", 1)
            | own
            | {"OMP_NUM_THREADS": "1", "NPROC": str(of_each),
               CORES: ",".join(map(str, mine))}
        )  # fmt: skip
    return found


def measured(
    task: Task,
    folder: Path | None,
    ask: Callable[[str, tuple[Any, ...]], Any],
    place: str,
) -> list[dict[str, Any]]:
    """A line for each row of the task, and one for the link; the exact
    trainings are in the folder, of which only the first rank has to know."""
    R, lines = task[1], []
    for row in rows_of(R):
        truth = "" if folder is None else truth_of(row, folder)
        found = ask("measure", (row, truth))
        lines.append(line(task, f"{row.network} {row.m}", found, place))
    if R > 1:
        lines.append(line(task, "link", {"times": ask("link", ())}, place))
    return lines


def line(
    task: Task, what: str, found: dict[str, Any], place: str = OWN,
    error: str = "",
) -> dict[str, Any]:  # fmt: skip
    """One line of the samples."""
    engine, R, block = task
    network, _, m = what.partition(" ")
    return {
        "key": f"{engine}, {R} ranks, {what}, block {block}",
        "engine": engine,
        "ranks": R,
        "block": block,
        "kind": "link" if what == "link" else "step",
        "network": network,
        "m": int(m or 0),
        "code": code_hash(),
        "place": place,
        "found": found,
        "error": error,
    }


def race(folder: Path, tasks: list[Task], say: Callable[[str], None]) -> None:
    """Measure what is missing; every line is on the disk when it is there.

    A set of ranks that dies or hangs is told as that, in its own line, and
    the others are measured.
    """
    for R in sorted({R for _, R, _ in tasks}):
        for row in rows_of(R):
            say(f"exact training: {row.network}, {row.m} examples")
            truth_of(row, folder)
    done = whole_tasks(read_found(folder).values())
    missing = [task for task in tasks if task not in done]
    for k, task in enumerate(missing, start=1):
        engine, R, block = task
        say(f"{k} of {len(missing)}: {engine}, {R} ranks, block {block}")
        for told in one_set(task, folder):
            append(folder, told)


def one_set(task: Task, folder: Path) -> list[dict[str, Any]]:
    """The lines of a fresh set of ranks, which ends after it."""
    engine = ENGINES[task[0]]
    made = "cpu", DTYPE, engine.name
    crew = None
    try:
        crew = Crew("reports.scale.rank", pinned(engine, task[1]), *made)
        there = crew
        return measured(
            task, folder,
            lambda what, given: there.ask(made, what, given, {}), OWN,
        )  # fmt: skip
    except (RankError, RuntimeError, ValueError, OSError) as error:
        told = f"{type(error).__name__}: {error}"
        return [line(task, "all", {}, error=told)]
    finally:
        if crew is not None:
            crew.end()


def race_as_rank(
    folder: Path | None, tasks: list[Task], device: str, place: str,
    say: Callable[[str], None],
) -> None:  # fmt: skip
    """The same as one of a launcher's ranks: each does all of it, and the
    first alone has a folder, knows what is done, and writes."""
    done = whole_tasks(read_found(folder).values()) if folder else set()
    ranks = functools.cache(implementation)
    for engine, R, block in tasks:
        if not ENGINES[engine].processes:
            continue
        rank = ranks(device, DTYPE, engine)
        if rank.any_says((engine, R, block) in done):
            continue
        say(f"{engine}, {R} ranks, block {block}")
        take_part = functools.partial(taken, rank)
        for told in measured((engine, R, block), folder, take_part, place):
            if folder is not None:
                append(folder, told)


def taken(rank: Rank, what: str, given: tuple[Any, ...]) -> Any:
    """What this rank finds."""
    return rank.take_part(what, given, {})
