"""Samples of the speed report, made up: what a timing process would say."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from reports.speed.rows import Row, code_hash

__all__ = ["PROOF", "QUICK", "quiet", "rows_of_a_race", "sample"]

PROOF = {
    "ratio": 0.01, "void": False, "error": 1e-6, "typical": 1e-6,
    "precision": ["float32"], "cost_error": 1e-7, "cost_passes": True,
    "passes": True,
}  # fmt: skip


def sample(
    row: Row, seconds: list[float], block: int = 0, **proof: Any
) -> dict[str, Any]:
    """A line of samples.jsonl: one process that took so long each time."""
    told = {**PROOF, **proof}
    return {
        "key": row.key,
        "row": asdict(row),
        "block": block,
        "form": "full",
        "code": code_hash(),
        "error": None,
        "cold": block == 0,
        "date": "2026-11-20T00:00:00+00:00",
        "samples": seconds,
        "latency": None,
        "handover": [],
        "nearest": None,
        "compiled": {},
        "steps": row.what.steps,
        "before": told,
        "after": told,
        "threads": 1.0,
        "phases": {
            "python and NumPy": 0.1,
            "import": 0.5,
            "device": 0.02,
            "transfer": 0.01,
            "first call": 0.4,
        },
        "memory": {"before": 2**25, "peak": 2**27},
        "disturbed": {"steal": 0.0, "throttled": 0.0},
    }


def rows_of_a_race() -> tuple[Row, Row, Row]:
    base = Row("numpy eager", "W1")
    return (
        base,
        replace(base, twin=True),
        replace(base, contender="numpy tuned"),
    )


def quiet(line: str) -> None:
    pass


QUICK = [Row(f"numpy {way}", "logistic 10") for way in ("looped", "vectorized")]
