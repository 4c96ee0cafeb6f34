"""Two runs of the same rows: what became slower, and what only looks so.

Seconds differ between two machines, or two days of one; the ratio to the
baseline should not, so that is compared too.
"""

from __future__ import annotations

from typing import Any

from reports.speed.tables import duration, name_of
from reports.tables import Table, digits

__all__ = ["compare"]

IDENTITY = ("contender", "workload", "dtype", "device", "threads")


def compare(a: dict[str, Any], b: dict[str, Any]) -> tuple[Table, int, str]:
    """A row for each that both runs have, how many are slower, and a
    sentence on their ratios.

    Slower beyond noise: every process of B took longer than every one of A,
    and the medians are further apart than either run's noise.
    """
    before, after = by_identity(a), by_identity(b)
    both = [(before[key], row) for key, row in after.items() if key in before]
    body, slower = [], 0
    for old, row in both:
        verdict = said(old, row)
        slower += verdict.startswith("SLOWER")
        ratio = (
            row["seconds"] / old["seconds"]
            if row["seconds"] and old["seconds"]
            else None
        )
        body.append([
            f"{row['workload']}: {name_of(row)}", row["dtype"],
            str(row["threads"]), duration(old["seconds"]),
            duration(row["seconds"]), digits(ratio), verdict,
            digits(old.get("ratio")), digits(row.get("ratio")),
            agree(old, row),
        ])  # fmt: skip
    headers = ["row", "dtype", "threads", "A", "B", "B / A", "in words",
               "over the baseline, A", "B", "these"]  # fmt: skip
    told = [line[-1] for line in body if line[-1]]
    equal = sum(word == "agree" for word in told)
    sentence = (
        f"{equal} of {len(told)} ratios to the baseline agree within the noise"
    )
    return (headers, body), slower, sentence


def agree(old: dict[str, Any], new: dict[str, Any]) -> str:
    """Whether the ratios to the baseline are closer than noise; nothing
    where a run has none, or no twin."""
    there = [r.get("ratio") and r.get("noise") for r in (old, new)]
    if not all(there) or new["word"] == "the baseline":
        return ""
    noise = max(old["noise"], new["noise"])
    return (
        "agree" if 1 / noise <= new["ratio"] / old["ratio"] <= noise
        else "differ"
    )  # fmt: skip


def by_identity(told: dict[str, Any]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """The results of all runs, by what a row is."""
    return {
        tuple(row[name] for name in IDENTITY): row
        for run in told["runs"]
        for row in run["results"]
    }


def said(old: dict[str, Any], new: dict[str, Any]) -> str:
    """In words."""
    if old["seconds"] is None:
        return f"no time in A: {old['why']}"
    if new["seconds"] is None:
        return f"SLOWER: no time in B: {new['why']}"
    noise = max(old.get("noise") or 1, new.get("noise") or 1)
    ratio = new["seconds"] / old["seconds"]
    if new["seconds_low"] > old["seconds_high"] and ratio > noise:
        return "SLOWER"
    if new["seconds_high"] < old["seconds_low"] and ratio < 1 / noise:
        return "faster"
    return "too close to call"
