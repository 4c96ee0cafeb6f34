"""What comes before a steady step, what it costs beside it, and when that has
paid off."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from typing import Any

from reports.speed.samples import Sample, seconds_of

__all__ = ["around", "paying_off"]


COMMON = "python and NumPy"
"""The phase that is the same program for everyone."""


def around(
    good: list[Sample], cold: Sample | None, seconds: float
) -> dict[str, Any]:
    """The phases of a row's processes, their threads and their memory.

    cold is the one with empty caches, whether its time is used or not;
    seconds are those of a step. What a first call takes beyond its steps is
    what has to be made before them: compiled code, mostly.
    """

    def beyond(sample: Sample) -> float:
        spent = sample["phases"]["first call"] - sample["steps"] * seconds
        return max(0.0, spent)

    warm = [s for s in good if not s["cold"]]
    alone = [s for s in good if s.get("single", {}).get("passes")]
    apart = [statistics.median(s["handover"]) for s in good if s["handover"]]
    return {
        "phases": {
            name: middle([s["phases"][name] for s in good])
            for name in good[0]["phases"]
        },
        "first_call_cold": beyond(cold) if cold else None,
        "first_call_warm": middle([beyond(s) for s in warm]),
        "latency": middle([statistics.median(s["latency"]) for s in alone]),
        "latency_refused": sum("single" in s for s in good) > len(alone),
        "threads_used": middle([s["threads"] for s in good]),
        "handover": middle(apart),
        "peak_memory": max(s["memory"]["peak"] for s in good),
        "compiled_memory": good[0]["compiled"] or None,
        "device_memory": max(s["memory"].get("device", 0) for s in good),
        "stolen_ticks": total(s["disturbed"].get("steal") for s in good),
        "throttled": total(s["disturbed"].get("throttled") for s in good),
    }


def total(of: Iterable[float | None]) -> float | None:
    """The sum; None where nobody counts."""
    counted = [x for x in of if x is not None]
    return sum(counted) if counted else None


def middle(of: list[float]) -> float | None:
    """The median; None of nothing."""
    return statistics.median(of) if of else None


def paying_off(
    good: list[Sample],
    cold: Sample | None,
    seconds: float,
    theirs: list[Sample],
) -> dict[str, float]:
    """The steps from which it is ahead of the baseline, both begun at once,
    with cold caches and with warm ones."""
    times = seconds_of(dict(enumerate(theirs)))
    rival = statistics.median(times.values())
    caches = {"cold": [cold] if cold else [],
              "warm": [s for s in good if not s["cold"]]}  # fmt: skip
    return {
        f"pays_off_{name}": max(
            0.0,
            (beginning(mine, seconds) - beginning(theirs, rival))
            / (rival - seconds),
        )
        for name, mine in caches.items()
        if mine and seconds < rival
    }


def beginning(samples: list[Sample], seconds: float) -> float:
    """Seconds from a process with NumPy to its first step; the first call
    holds steps already."""
    return statistics.median(
        sum(s["phases"].values()) - s["phases"][COMMON] - s["steps"] * seconds
        for s in samples
    )
