"""Two runs of the same rows: what became slower, and what only looks so.

Seconds differ between two days of one machine; the ratio to the baseline
should not, so that is what is judged, and the baseline itself by the
machine's limit. Where it has become slower, the others are not faster.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.stats import ttest_ind_from_stats

from reports.speed.tables import conditions, duration, name_of
from reports.tables import Table, digits

__all__ = ["IDENTITY", "compare", "rows_of"]

IDENTITY = ("contender", "workload", "dtype", "device", "threads")
HEADERS = ["row", "where", "A", "B", "B / A", "over the baseline: A", "B",
           "B / A", "in words"]  # fmt: skip

LEVEL = 0.01
"""How likely any word but agreement is where nothing has changed: of all the
rows of a run together."""
FIRM = ("SLOWER", "faster")
JUDGED = ("agrees", *FIRM, "too close to call")
"""What is said of a ratio that both runs have, and the noise of."""
ENOUGH = 3
"""Ratios that, if all of them fall alike, leave it open who has changed."""

Result = dict[str, Any]
Rows = dict[tuple[Any, ...], Result]


def compare(
    a: dict[str, Any], b: dict[str, Any]
) -> tuple[Table, int | None, str]:
    """A row for each that both runs have; how many are slower, or None where
    nothing can be judged; and how many ratios agree, in a sentence.

    Slower beyond noise: the ratio to the baseline has risen by more than
    either run's noise, and by more than the scatter of its blocks explains
    (Student's t of their logarithms, at LEVEL over the number of rows). The
    baseline is held against the machine's limit; where there is none, and
    all ratios have fallen, it may be slower, and counts as that.
    """
    body: list[list[str]] = []
    words, missing = [], 0
    for before, after in pairs_of_runs(a, b):
        missing += len(before.keys() - after.keys())
        both = Both(before, after)
        for key in both.keys:
            words.append(both.said(key))
            body.append(compared(before[key], after[key], words[-1]))
    judged = [word for word in words if word.split(",")[0] in JUDGED]
    slower = sum(word.startswith("SLOWER") for word in words)
    told = (
        f"{judged.count('agrees')} of {len(judged)} ratios agree within the "
        f"noise, {judged.count('too close to call')} are too close to call"
    )
    if not judged:
        told = "nothing can be judged: of no race is the noise known in both"
    if missing:
        told += f"; {missing} rows of A are not in B"
    return (HEADERS, body), slower if judged or slower else None, told


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


def rows_of(run: dict[str, Any]) -> Rows:
    """The results of a run, by what a row is."""
    return {tuple(r[name] for name in IDENTITY): r for r in run["results"]}


class Both:
    """The rows of one machine before and after, and what may be said."""

    def __init__(self, before: Rows, after: Rows) -> None:
        self.before, self.after = before, after
        self.keys = [key for key in after if key in before]
        self.level = LEVEL / max(1, len(self.keys))
        self.besides = self.baseline_changes()
        self.undecided = self.open_races()

    def said(self, key: tuple[Any, ...]) -> str:
        """Of one row, in words; none where nobody knows the noise."""
        old, new = self.before[key], self.after[key]
        if old["seconds"] is None:
            return f"no time in A: {old['why']}"
        if new["verdict"] == "absent":
            return f"not in B: {new['why']}"
        if new["seconds"] is None:
            return f"SLOWER: no time in B: {new['why']}"
        if not (old.get("noise") and new.get("noise")):
            return ""
        is_open = race_of(new) in self.undecided
        if is_baseline(new) or is_baseline(old):
            if is_open:
                return "SLOWER, or all others faster"
            same = new["word"] == old["word"] and limited(old, new)
            return self.said_of_limit(old, new)[0] if same else ""
        if old["baseline"] != new["baseline"]:
            return f"beside {new['baseline']} in B, {old['baseline']} in A"
        if is_open:
            return "too close to call"
        beside = self.besides.get(race_of(new), 1.0)
        ratios = over_baseline(self.before, old)
        theirs = [r * beside for r in over_baseline(self.after, new)]
        return self.in_words(ratios, theirs, noise_of(old, new))

    def said_of_limit(self, old: Result, new: Result) -> tuple[str, float]:
        """Of times over the least that there could be; and their change."""
        before, after = (
            [s / r["least_seconds"] for s in r["blocks"].values()]
            for r in (old, new)
        )
        changed = statistics.median(after) / statistics.median(before)
        return self.in_words(before, after, noise_of(old, new)), changed

    def in_words(
        self, before: list[float], after: list[float], noise: float
    ) -> str:
        """Of the ratios of two runs, a block each."""
        changed = statistics.median(after) / statistics.median(before)
        if 1 / noise <= changed <= noise:
            return "agrees"
        if not differ(before, after, self.level):
            return "too close to call"
        return "SLOWER" if changed > noise else "faster"

    def baseline_changes(self) -> dict[tuple[Any, ...], float]:
        """How much slower the baseline of each race has become, against the
        limit of the machine; none where that is in the noise or not known."""
        found = {}
        for key in self.keys:
            old, new = self.before[key], self.after[key]
            if is_baseline(new) and limited(old, new):
                how, changed = self.said_of_limit(old, new)
                if how in FIRM:
                    found[race_of(new)] = changed
        return found

    def open_races(self) -> set[tuple[Any, ...]]:
        """Those of no limit in which all ratios have fallen: the baseline is
        slower, or all others are faster, and nobody can tell."""
        falls: dict[tuple[Any, ...], list[bool]] = {}
        for key in self.keys:
            old, new = self.before[key], self.after[key]
            change = over(new.get("ratio"), old.get("ratio"))
            if change is not None and not is_baseline(new):
                fell = change * noise_of(old, new) < 1
                falls.setdefault(race_of(new), []).append(
                    fell and not limited(old, new)
                )
        return {
            race for race, fell in falls.items()
            if all(fell) and len(fell) >= ENOUGH
        }  # fmt: skip


def race_of(row: Result) -> tuple[Any, ...]:
    """What the rows that are compared with each other have in common."""
    return tuple(row[name] for name in IDENTITY[1:])


def is_baseline(row: Result) -> bool:
    """Whether the others of its race are held against it."""
    return row["word"] == "the baseline"


def limited(*rows: Result) -> bool:
    """Whether the machine's limit is known for each, and the noise."""
    return all(r.get("least_seconds") and r.get("noise") for r in rows)


def noise_of(old: Result, new: Result) -> float:
    """The larger of the two; 1 where none is known."""
    return max(old.get("noise") or 1.0, new.get("noise") or 1.0)


def over_baseline(rows: Rows, row: Result) -> list[float]:
    """The ratios of a row, paired within the blocks."""
    base = rows[row["baseline"], *race_of(row)]["blocks"]
    mine = row["blocks"].items()
    return [t / base[block] for block, t in mine if block in base]


def differ(before: list[float], after: list[float], level: float) -> bool:
    """Whether chance gives such a distance in less than level of all cases;
    nothing is known of fewer than two in either."""
    if min(len(before), len(after)) < 2:
        return False
    first, second = np.log(before), np.log(after)
    with np.errstate(divide="ignore"):  # two runs without any scatter
        found = ttest_ind_from_stats(
            first.mean(), first.std(ddof=1), len(first),
            second.mean(), second.std(ddof=1), len(second),
        )  # fmt: skip
    return bool(found.pvalue < level)


def compared(old: Result, new: Result, told: str) -> list[str]:
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
