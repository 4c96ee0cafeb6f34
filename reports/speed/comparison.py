"""Two runs of the same rows: what became slower, and what only looks so.

Seconds differ between two days of one machine; the ratio to the baseline
should not, so that is what is judged, and the baseline itself by the
machine's limit. Where it has become slower, the others are not faster.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reports.speed.tables import conditions, duration, name_of
from reports.tables import Table, digits

__all__ = ["IDENTITY", "compare", "rows_of"]

IDENTITY = ("contender", "workload", "dtype", "device", "threads")
HEADERS = ["row", "where", "A", "B", "B / A", "over the baseline: A", "B",
           "B / A", "in words"]  # fmt: skip


RANGE = ("seconds_low", "seconds", "seconds_high")
FIRM = ("SLOWER", "faster")
ENOUGH = 3
"""Ratios that, if all of them fall alike, leave it open who has changed."""


def compare(
    a: dict[str, Any], b: dict[str, Any]
) -> tuple[Table, int | None, str]:
    """A row for each that both runs have; how many are slower, or None where
    nothing can be judged; and how many ratios agree, in a sentence.

    Slower beyond noise: the ratio to the baseline has risen by more than
    either run's noise, and the ranges of its blocks do not meet. The
    baseline is held against the machine's limit; where there is none, and
    all ratios have fallen, it may be slower, and counts as that.
    """
    body: list[list[str]] = []
    words, missing = [], 0
    for before, after in pairs_of_runs(a, b):
        missing += len(before.keys() - after.keys())
        besides = baseline_changes(before, after)
        undecided = open_races(before, after)
        for key, new in after.items():
            if key in before:
                race = race_of(new)
                told = said(before[key], new, besides.get(race, 1.0),
                            race in undecided)  # fmt: skip
                body.append(compared(before[key], new, told))
                words.append(told)
    judged = [word for word in words if word.split(",")[0] in JUDGED]
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


def baseline_changes(before: Rows, after: Rows) -> dict[tuple[Any, ...], float]:
    """How much slower the baseline of each race has become, against the
    limit of the machine: 1 where that is within the noise or not known."""
    found = {}
    for key, new in after.items():
        old = before.get(key)
        if old and new["word"] == "the baseline" and limited(old, new):
            how, changed = said_of_limit(old, new)
            found[race_of(new)] = changed if how in FIRM else 1.0
    return found


def open_races(before: Rows, after: Rows) -> set[tuple[Any, ...]]:
    """Those of no limit in which all ratios have fallen: the baseline is
    slower, or all others are faster, and nobody can tell."""
    falls: dict[tuple[Any, ...], list[bool]] = {}
    for key, new in after.items():
        old = before.get(key, {})
        change = over(new.get("ratio"), old.get("ratio"))
        if change is not None and new["word"] != "the baseline":
            noise = max(old.get("noise") or 1, new.get("noise") or 1)
            fell = change * noise < 1 and not limited(old, new)
            falls.setdefault(race_of(new), []).append(fell)
    alike = {race for race, fell in falls.items() if all(fell)}
    return {race for race in alike if len(falls[race]) >= ENOUGH}


def limited(*rows: dict[str, Any]) -> bool:
    """Whether the machine's limit is known for each, and the noise."""
    return all(r.get("least_seconds") and r.get("noise") for r in rows)


def said_of_limit(
    old: dict[str, Any], new: dict[str, Any]
) -> tuple[str, float]:
    """What is said of times over the least that there could be."""
    before, after = (
        [r[name] / r["least_seconds"] for name in RANGE] for r in (old, new)
    )
    noise = max(old["noise"], new["noise"])
    changed = after[1] / before[1]
    return in_words(changed, noise, before, after), changed


def in_words(
    changed: float, noise: float, before: list[float], after: list[float]
) -> str:
    """Of a change and two ranges: what may be said."""
    if 1 / noise <= changed <= noise:
        return "agrees"
    if changed > noise:
        return "SLOWER" if after[0] > before[2] else "too close to call"
    return "faster" if after[2] < before[0] else "too close to call"


def rows_of(run: dict[str, Any]) -> Rows:
    """The results of a run, by what a row is."""
    return {tuple(r[name] for name in IDENTITY): r for r in run["results"]}


def compared(old: dict[str, Any], new: dict[str, Any], told: str) -> list[str]:
    """The line of one row, of which that is said."""
    return [
        f"{new['workload']}: {name_of(new)}", conditions(new),
        duration(old["seconds"]), duration(new["seconds"]),
        digits(over(new["seconds"], old["seconds"])),
        digits(old.get("ratio")), digits(new.get("ratio")),
        digits(over(new.get("ratio"), old.get("ratio"))), told,
    ]  # fmt: skip


def over(b: float | None, a: float | None) -> float | None:
    """b / a, where there are both."""
    return b / a if a and b else None


def said(
    old: dict[str, Any], new: dict[str, Any], beside: float, is_open: bool
) -> str:
    """In words; none where nobody knows the noise.

    beside is how much slower the baseline has become; is_open, whether it is
    open who has.
    """
    if old["seconds"] is None:
        return f"no time in A: {old['why']}"
    if new["verdict"] == "absent":
        return f"not in B: {new['why']}"
    if new["seconds"] is None:
        return f"SLOWER: no time in B: {new['why']}"
    if not (old.get("noise") and new.get("noise")):
        return ""
    if new["word"] == "the baseline" or old["word"] == "the baseline":
        if is_open:
            return "SLOWER, or all others faster"
        same = new["word"] == old["word"] and limited(old, new)
        return said_of_limit(old, new)[0] if same else ""
    if old["baseline"] != new["baseline"]:
        return f"beside {new['baseline']} in B, {old['baseline']} in A"
    if is_open:
        return "too close to call"
    names = ("ratio_low", "ratio", "ratio_high")
    before = [old[name] for name in names]
    after = [new[name] * beside for name in names]
    noise = max(old["noise"], new["noise"])
    return in_words(after[1] / before[1], noise, before, after)
