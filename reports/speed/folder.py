"""What a line of samples.jsonl of a speed run has to hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reports.folder import read_lines

__all__ = ["read_samples"]


def read_samples(folder: Path) -> list[dict[str, Any]]:
    """Every line of samples.jsonl; Refused where a whole one is no sample."""
    return read_lines(folder, fault_of)


NEEDED = ("key", "row", "block", "form", "error")
"""What a line has at least; with samples, those of TIMED too."""
TIMED = ("steps", "phases", "before", "after", "threads", "cold", "handover",
         "memory", "disturbed", "compiled")  # fmt: skip


def fault_of(told: Any) -> str:
    """What keeps a line from being a sample, or the empty string."""
    if not isinstance(told, dict):
        return f"a sample must be an object, got {told!r}"
    times = told.get("samples")
    needed = NEEDED if times is None else NEEDED + TIMED
    for name in ("row", *(("phases", "before", "after") if times else ())):
        if not isinstance(told.get(name), dict | None):
            return f"{name} must be an object, got {told[name]!r:.80}"
    lacking = [name for name in needed if name not in told]
    if lacking:
        return f"a sample must have {', '.join(needed)}, lacks {lacking[0]}"
    if times is not None:
        good = isinstance(times, list) and times
        if not good or not all(is_positive(t) for t in times):
            return f"samples must be seconds in (0, inf), got {times!r:.80}"
        if not is_positive(told["steps"]):
            return f"steps must be in (0, inf), got {told['steps']!r}"
    return ""


def is_positive(x: Any) -> bool:
    """Whether it is a number above 0."""
    return isinstance(x, int | float) and 0 < x < float("inf")
