"""How times grow: with width, batch and depth, with the number of examples
in a loop, and with the number of parameters in a check."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.stats import linregress

from reports.speed.tables import Result, conditions, duration, name_of
from reports.tables import Table, digits

__all__ = [
    "SWEEPS",
    "check_table",
    "exponent",
    "logistic_table",
    "sweep_tables",
    "sweep_value",
]

SWEEPS = {"width": "n", "batch": "m", "depth": "L"}


def sweep_tables(results: list[Result]) -> Iterator[tuple[str, Table]]:
    """A table for each sweep under each of the conditions."""
    swept = [r for r in results if r["family"] in SWEEPS]
    for where in dict.fromkeys(map(conditions, swept)):
        here = [r for r in swept if conditions(r) == where]
        for family in SWEEPS:
            rows = [r for r in here if r["family"] == family]
            if rows:
                yield f"{family} sweep, {where}", sweep_table(rows)


def sweep_table(rows: list[Result]) -> Table:
    """Time of a step against one number, and the exponent of its growth."""
    letter = SWEEPS[rows[0]["family"]]
    values = sorted({sweep_value(r) for r in rows})
    lines: dict[str, dict[int, float | None]] = {}
    limit: dict[int, float | None] = {}
    for row in rows:
        value = sweep_value(row)
        lines.setdefault(name_of(row), {})[value] = row["seconds"]
        limit[value] = row.get("least_seconds") or limit.get(value)
    body = [
        [name, *(duration(line.get(v)) for v in values),
         exponent(sorted(line.items()))]
        for name, line in {**lines, "the limit": limit}.items()
    ]  # fmt: skip
    heads = [f"{letter} = {v}" for v in values]
    return ["time per step", *heads, f"exponent in {letter}"], body


def sweep_value(row: Result) -> int:
    """The number that a sweep varies."""
    return int(row["workload"].split()[-1])


def exponent(points: list[tuple[int, float | None]]) -> str:
    """The slope of log time over log size, from the middle size on."""
    there = [(v, s) for v, s in points if s]
    there = there[(len(there) - 1) // 2 :]
    if len(there) < 2:
        return "–"
    x, y = np.log(np.array(there)).T
    return f"{linregress(x, y).slope:.2f}"


def logistic_table(results: list[Result]) -> Table:
    """The looped against the vectorized logistic regression."""
    rows = [r for r in results if r["family"] == "logistic"]
    sizes = sorted({r["m"] for r in rows})
    found = {(r["contender"], r["m"]): r for r in rows}
    body = []
    for framework in dict.fromkeys(r["framework"] for r in rows):
        cells = [framework]
        for m in sizes:
            pair = [
                found.get((f"{framework} {way}", m), {}).get("seconds")
                for way in ("looped", "vectorized")
            ]
            times = f"{duration(pair[0])} / {duration(pair[1])}"
            if pair[0] and pair[1]:
                times += f" = {digits(pair[0] / pair[1])} ×"
            cells.append(times)
        body.append(cells)
    return ["looped / vectorized", *(f"m = {m}" for m in sizes)], body


def check_table(results: list[Result]) -> Table:
    """Time of a gradient check by the number of parameters."""
    rows = [r for r in results if r["family"] == "check"]
    sizes = sorted({r["parameters"] for r in rows})
    found = {(r["contender"], r["parameters"]): r for r in rows}
    body = []
    for name in dict.fromkeys(r["contender"] for r in rows):
        cells = [name]
        for size in sizes:
            row = found.get((name, size))
            text = "–"
            if row:
                text = (
                    duration(row["seconds"]) if row["seconds"] else row["why"]
                )
                # What only judges has no difference of its own.
                if row.get("error_over_bound") and not row["peer"]:
                    text += f" ({row['error_over_bound'] * 1e-7:.0e})"
            cells.append(text)
        body.append(cells)
    heads = [f"{k} parameters" for k in sizes]
    return ["time (relative difference)", *heads], body
