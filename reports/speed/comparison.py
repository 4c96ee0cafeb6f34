"""Two runs of the same rows: what became slower, and what only looks so.

Seconds differ between two days of one machine; the ratio to the baseline
should not, so that is what is judged, and the baseline itself by the
machine's limit. Where it has become slower, the others are not faster.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.stats import t as student
from scipy.stats import ttest_ind_from_stats

from reports.speed.tables import conditions, duration, name_of
from reports.tables import Table, digits

__all__ = ["IDENTITY", "compare", "differ", "machines", "rows_of"]

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
    nothing can be judged; and how many ratios agree, in a few lines.

    Slower beyond noise: the ratio to the baseline has risen by more than
    either run's noise, and by more than the scatter of its blocks explains
    (Student's t of their logarithms, at LEVEL over the number of rows). The
    baseline is held against the machine's limit, as each block measured it,
    and where it has changed, so are the others. Where there is no limit, and
    all ratios have fallen, the baseline may be slower, and counts as that.
    """
    body: list[list[str]] = []
    words, seen = list[str](), list[float]()
    pairs = list(pairs_of_runs(a, b))
    for before, after in pairs:
        both = Both(before, after)
        seen += both.least_changes()
        for key in both.keys:
            words.append(both.said(key))
            body.append(compared(before[key], after[key], words[-1]))
    slower = sum(word.startswith("SLOWER") for word in words)
    told, judged = in_short(words, seen)
    if not pairs:
        told = "nothing can be judged: no machine is in both"
    missing = sum(len(old.keys() - new.keys()) for old, new in pairs)
    if missing:
        told += f"\n{missing} rows of A are not in B"
    return (HEADERS, body), slower if judged or slower else None, told


def in_short(words: list[str], seen: list[float]) -> tuple[str, int]:
    """What is said of all rows together, and how many are judged."""
    judged = [word for word in words if word.split(",")[0] in JUDGED]
    if not words:
        return "nothing can be judged: no row is in both", 0
    if not judged:
        return (
            "nothing can be judged: of no race is the noise known in both"
        ), 0
    told = (
        f"{judged.count('agrees')} of {len(judged)} ratios agree within the "
        f"noise, {judged.count('too close to call')} are too close to call"
    )
    if len(words) > len(judged):
        told += f"; {len(words) - len(judged)} rows cannot be judged"
    if seen:
        percent = 100 * (statistics.median(seen) - 1)
        told += (
            f"\nof half of the rows, a change by {percent:.0f} % or more "
            "would be called one"
        )
    return told, len(judged)


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


def machines(told: dict[str, Any]) -> list[list[Any]]:
    """Those of all runs of a report."""
    return [machine_of(run) for run in told["runs"]]


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
        self.by_limit = self.changed_baselines()
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
            return "the noise is not known"
        is_open = race_of(new) in self.undecided
        if is_baseline(new) or is_baseline(old):
            if is_open:
                return "SLOWER, or all others faster"
            if not (is_baseline(new) and is_baseline(old)):
                return "the baseline is another"
            known = limited(old, new)
            return self.said_of_limit(old, new) if known else "no limit known"
        if old["baseline"] != new["baseline"]:
            return f"beside {new['baseline']} in B, {old['baseline']} in A"
        if is_open:
            return "too close to call"
        if race_of(new) in self.by_limit and limited(old, new):
            return self.said_of_limit(old, new)
        return self.in_words(
            over_baseline(self.before, old),
            over_baseline(self.after, new),
            noise_of(old, new),
        )

    def said_of_limit(self, old: Result, new: Result) -> str:
        """Of times over the least that there could be."""
        return self.in_words(
            over_limit(old), over_limit(new), noise_of(old, new)
        )

    def in_words(
        self, before: list[float], after: list[float], noise: float
    ) -> str:
        """Of the ratios of two runs, a block each."""
        if not before or not after:
            return "no block has both"
        changed = statistics.median(after) / statistics.median(before)
        if 1 / noise <= changed <= noise:
            return "agrees"
        if not differ(before, after, self.level):
            return "too close to call"
        return "SLOWER" if changed > noise else "faster"

    def changed_baselines(self) -> set[tuple[Any, ...]]:
        """The races whose baseline is slower or faster than it was, against
        the limit of the machine: it tells nothing of the others."""
        pairs = [(self.before[key], self.after[key]) for key in self.keys]
        return {
            race_of(new)
            for old, new in pairs
            if is_baseline(new) and limited(old, new)
            if self.said_of_limit(old, new) in FIRM
        }

    def least_changes(self) -> list[float]:
        """Of each row, the least factor that would be called a change."""
        found = []
        for key in self.keys:
            old, new = self.before[key], self.after[key]
            if self.said(key).split(",")[0] in JUDGED and not is_baseline(new):
                least = least_change(
                    over_baseline(self.before, old),
                    over_baseline(self.after, new),
                    self.level,
                )
                found.append(max(noise_of(old, new), least))
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
    return row.get("word") == "the baseline"


def limited(*rows: Result) -> bool:
    """Whether the machine's limit is known for each, and the noise."""
    return all(r.get("least_blocks") and r.get("noise") for r in rows)


def noise_of(old: Result, new: Result) -> float:
    """The larger of the two; 1 where none is known."""
    return max(old.get("noise") or 1.0, new.get("noise") or 1.0)


def over_baseline(rows: Rows, row: Result) -> list[float]:
    """The ratios of a row, paired within the blocks."""
    base = rows[row["baseline"], *race_of(row)]["blocks"]
    mine = row["blocks"].items()
    return [t / base[block] for block, t in mine if block in base]


def over_limit(row: Result) -> list[float]:
    """A row's times over the least, as the same blocks measured it."""
    least, mine = row["least_blocks"], row["blocks"].items()
    return [t / least[block] for block, t in mine if block in least]


def least_change(
    before: list[float], after: list[float], level: float
) -> float:
    """The least factor between two runs that differ would tell."""
    n = len(before), len(after)
    if min(n) < 2:
        return math.inf
    squares = [float(np.var(np.log(x)) * len(x)) for x in (before, after)]
    freedom = sum(n) - 2
    spread = math.sqrt(sum(squares) / freedom * (1 / n[0] + 1 / n[1]))
    return math.exp(float(student.isf(level / 2, freedom)) * spread)


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
