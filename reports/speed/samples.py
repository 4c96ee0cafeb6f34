"""What one process found: its time, and whether it counts."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable
from typing import Any

from reports.speed.proof import ARITHMETICS
from reports.speed.steadiness import is_crowded, is_far

__all__ = [
    "Sample",
    "cores_apart",
    "crowded",
    "is_finer",
    "paired",
    "proven",
    "refusal",
    "refusals",
    "seconds_of",
]

Sample = dict[str, Any]
SPARE = 0.2
"""Of a thread: what the processor's clock and the other may differ by."""


def is_finer(told: dict[str, Any]) -> bool:
    """Whether it was refused for an arithmetic better than the one asked."""
    order, asked = list(ARITHMETICS), told["dtype"]
    found = told.get("precision") or [asked]
    return all(order.index(name) < order.index(asked) for name in found)


def cores_apart(
    samples: Iterable[Sample], shortest: dict[int, float]
) -> int | None:
    """How many had cores that shared no cache; None if no one looked."""
    told = [s for s in samples if s.get("handover")]
    return sum(is_far(s, shortest) for s in told) if told else None


def crowded(samples: Iterable[Sample]) -> int:
    """How many of one thread had to share their core."""
    return sum(map(is_crowded, samples))


def refusal(sample: Sample) -> str:
    """Why a time does not count, or the empty string."""
    for when in ("before", "after"):
        proof = sample.get(when)
        if proof is not None and not proof["passes"]:
            return objection(proof, sample["row"]["dtype"])
    allowed = sample["row"]["threads"]
    if sample.get("threads", 0) > allowed + SPARE and (
        sample["row"]["device"] == "cpu"
    ):
        return f"used {sample['threads']:.2g} threads, was given {allowed}"
    return ""


def objection(proof: dict[str, Any], dtype: str) -> str:
    """What is wrong with a result, in words."""
    if "unread" in proof:
        return (
            "the clock stopped before the training: "
            f"{proof['unread']:.2g} s of it came after"
        )
    precision = proof["precision"]
    if not proof["ratio"] <= 1:
        return f"error / bound = {proof['ratio']:.3g}"
    if not precision:
        return f"error {proof['error']:.2g} is of no arithmetic"
    if dtype not in precision:
        return f"asked for {dtype}, computed in {' or '.join(precision)}"
    if not proof["cost_passes"]:
        off = proof["cost_error"]
        told = "not there" if off is None else f"off by {off:.2g} of itself"
        return f"J is {told}"
    times = proof["error"] / proof["typical"]
    return f"error {times:.3g} times what {dtype} has"


def seconds_of(found: dict[int, Sample]) -> dict[int, float]:
    """Seconds a step by block, each the median of a process."""
    return {
        block: statistics.median(s["samples"]) / s["steps"]
        for block, s in sorted(found.items())
        if not s["error"] and "samples" in s
    }


def proven(proofs: list[dict[str, Any]]) -> dict[str, Any]:
    """The worst of the proofs; null for what is no number."""
    worst = max(proofs, key=lambda p: (math.isnan(p["error"]), p["error"]))
    ratio = worst["ratio"] if not worst["void"] else math.inf
    times = worst["error"] / worst["typical"]
    return {
        "error_over_bound": ratio if math.isfinite(ratio) else None,
        "error_over_typical": times if math.isfinite(times) else None,
        "precision": worst["precision"],
    }


def paired(
    base: dict[int, Sample], other: dict[int, Sample]
) -> dict[int, float]:
    """other's time over base's, block by block."""
    a, b = seconds_of(base), seconds_of(other)
    return {block: b[block] / a[block] for block in a if block in b}


def refusals(found: dict[int, Sample]) -> list[str]:
    """Why the samples of a row do not count."""
    return [r for s in found.values() if (r := s["error"] or refusal(s))]
