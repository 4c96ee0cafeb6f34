"""Two runs of the same rows: what became slower, and what only looks so.

Seconds differ between two days of one machine; the ratio to the baseline
should not, so that is what is judged. Where most ratios of a race have
changed alike, it is the baseline that has: their median change is its own.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from typing import Any

from reports.speed.tables import conditions, duration, name_of
from reports.tables import Table, digits

__all__ = ["compare"]

IDENTITY = ("contender", "workload", "dtype", "device", "threads")
HEADERS = ["row", "where", "A", "B", "B / A", "over the baseline: A", "B",
           "B / A", "in words"]  # fmt: skip


def compare(
    a: dict[str, Any], b: dict[str, Any]
) -> tuple[Table, int | None, str]:
    """A row for each that both runs have; how many are slower, or None where
    nothing can be judged; and how many ratios agree, in a sentence.

    Slower beyond noise: the ratio to the baseline has risen, beside the
    others of its race, by more than either run's noise, and the ranges of its
    blocks do not meet. In a race of two the baseline itself is held against
    the machine's limit.
    """
    body: list[list[str]] = []
    words, missing = [], 0
    for before, after in pairs_of_runs(a, b):
        missing += len(before.keys() - after.keys())
        common = common_changes(before, after)
        for key in after:
            if key in before:
                common_change = common.get(race_of(after[key]))
                line = compared(before[key], after[key], common_change)
                body.append(line)
                words.append(line[-1])
    judged = [word for word in words if word in JUDGED]
    slower = sum(word.startswith("SLOWER") for word in words)
    told = (
        f"{judged.count('agrees')} of {len(judged)} ratios agree within the "
        "noise"
    )
    if not judged:
        told = "nothing can be judged: of no race is the noise known in both"
    if missing:
        told += f"; {missing} rows of A are not in B"
    return (HEADERS, body), slower if judged or slower else None, told


JUDGED = ("agrees", "SLOWER", "faster", "too close to call")
"""What is said of a ratio that both runs have, and the noise of."""
Rows = dict[tuple[Any, ...], dict[str, Any]]


def pairs_of_runs(
    a: dict[str, Any], b: dict[str, Any]
) -> Iterator[tuple[Rows, Rows]]:
    """The rows of A and of B for each machine that both have, once; two runs
    of one machine each are compared, whichever those are."""
    runs_a, runs_b = a["runs"], list(b["runs"])
    if len(runs_a) == len(runs_b) == 1:
        yield rows_of(runs_a[0]), rows_of(runs_b[0])
        return
    for old in runs_a:
        same = [r for r in runs_b if machine_of(r) == machine_of(old)]
        if same:
            runs_b.remove(same[0])
            yield rows_of(old), rows_of(same[0])


def machine_of(run: dict[str, Any]) -> list[Any]:
    """What tells a machine from another."""
    return [run["machine"][name] for name in ("processor", "cores", "gpus")]


def race_of(row: dict[str, Any]) -> tuple[Any, ...]:
    """What the rows that are compared with each other have in common."""
    names = ("workload", "dtype", "device", "threads")
    return tuple(row[name] for name in names)


ENOUGH = 3
"""Rows of a race of which the most tell whether the baseline has changed."""


def common_changes(before: Rows, after: Rows) -> dict[tuple[Any, ...], float]:
    """The median change of the ratios of each race that has enough."""
    changes: dict[tuple[Any, ...], list[float]] = {}
    for key, new in after.items():
        change = over(new.get("ratio"), before.get(key, {}).get("ratio"))
        if change is not None:
            changes.setdefault(race_of(new), []).append(change)
    return {
        race: statistics.median(found)
        for race, found in changes.items()
        if len(found) >= ENOUGH
    }


def rows_of(run: dict[str, Any]) -> Rows:
    """The results of a run, by what a row is."""
    return {tuple(r[name] for name in IDENTITY): r for r in run["results"]}


def compared(
    old: dict[str, Any], new: dict[str, Any], common: float | None
) -> list[str]:
    """The line of one row; common is the change of its race."""
    return [
        f"{new['workload']}: {name_of(new)}", conditions(new),
        duration(old["seconds"]), duration(new["seconds"]),
        digits(over(new["seconds"], old["seconds"])),
        digits(old.get("ratio")), digits(new.get("ratio")),
        digits(over(new.get("ratio"), old.get("ratio"))),
        said(old, new, common),
    ]  # fmt: skip


def over(b: float | None, a: float | None) -> float | None:
    """b / a, where there are both."""
    return b / a if a and b else None


def said(old: dict[str, Any], new: dict[str, Any], common: float | None) -> str:
    """In words; none where nobody knows the noise."""
    if old["seconds"] is None:
        return f"no time in A: {old['why']}"
    if new["verdict"] == "absent":
        return f"not in B: {new['why']}"
    if new["seconds"] is None:
        return f"SLOWER: no time in B: {new['why']}"
    if not (old.get("noise") and new.get("noise")):
        return ""
    noise = max(old["noise"], new["noise"])
    if new["word"] == "the baseline" and common is None:
        if not (old.get("least_seconds") and new.get("least_seconds")):
            return ""
        before, after = of_limit(old), of_limit(new)
        changed = over(after[1], before[1])
        apart, below = after[0] > before[2], after[2] < before[0]
    else:
        beside = common or 1.0
        changed = over(new["ratio"], old["ratio"])
        changed = None if changed is None else changed / beside
        apart = new["ratio_low"] / beside > old["ratio_high"]
        below = new["ratio_high"] / beside < old["ratio_low"]
    if changed is None:
        return ""
    if 1 / noise <= changed <= noise:
        return "agrees"
    if changed > noise:
        return "SLOWER" if apart else "too close to call"
    return "faster" if below else "too close to call"


def of_limit(row: dict[str, Any]) -> list[float]:
    """The least, median and most time, over the least that there could be."""
    names = ("seconds_low", "seconds", "seconds_high")
    return [row[name] / row["least_seconds"] for name in names]
