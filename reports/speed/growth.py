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
    lines: dict[str, dict[int, Result]] = {}
    limit: dict[int, float | None] = {}
    for row in rows:
        value = sweep_value(row)
        lines.setdefault(name_of(row), {})[value] = row
        limit[value] = row.get("least_seconds") or limit.get(value)
    body = [
        [name, *(timing(line.get(v)) for v in values),
         exponent([(v, seconds(line.get(v))) for v in values])]
        for name, line in lines.items()
    ]  # fmt: skip
    least = [(v, limit[v]) for v in values]
    cells = [duration(limit[v]) for v in values]
    body.append(["the limit", *cells, exponent(least)])
    heads = [f"{letter} = {v}" for v in values]
    return ["time per step", *heads, f"exponent in {letter}"], body


def timing(row: Result | None) -> str:
    """Its time, or why there is none."""
    if row is None:
        return "–"
    return duration(row["seconds"]) if row["seconds"] else str(row["verdict"])


def seconds(row: Result | None) -> float | None:
    """Its time, if it has one."""
    return row["seconds"] if row else None


def sweep_value(row: Result) -> int:
    """The number that a sweep varies."""
    return int(row["workload"].split()[-1])


def exponent(points: list[tuple[int, float | None]]) -> str:
    """The slope of log time over log size, from the middle size on; none
    where a size has no time."""
    there = points[(len(points) - 1) // 2 :]
    if len(there) < 2 or not all(s for _, s in points):
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
            ways = [
                found.get((f"{framework} {way}", m))
                for way in ("looped", "vectorized")
            ]
            times = " / ".join(map(timing, ways))
            looped, vectorized = map(seconds, ways)
            if looped and vectorized:
                times += f" = {digits(looped / vectorized)} ×"
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
                # What only judges, or moves along one direction alone, has
                # no difference of every entry.
                judged = row["peer"] or "direction" in name
                if row.get("error_over_bound") and not judged:
                    text += f" ({row['error_over_bound'] * 1e-7:.0e})"
            cells.append(text)
        body.append(cells)
    heads = [f"{k} parameters" for k in sizes]
    return ["time (relative difference)", *heads], body
