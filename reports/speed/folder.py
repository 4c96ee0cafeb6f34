"""The folder that a run is measured into: its samples, and who may write."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["SAMPLES", "Refused", "alone_in", "read_samples"]

SAMPLES = "samples.jsonl"


class Refused(Exception):
    """A folder that does not hold what is asked of it."""


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Refused where another process measures: each would disturb the other's
    times, and do its work again."""
    try:
        import fcntl
    except ImportError:  # not on Windows
        yield
        return
    held = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(
                f"{folder} must be measured into by one process, and another "
                "one is at it"
            ) from None
        yield
    finally:
        os.close(held)


def read_samples(folder: Path) -> list[dict[str, Any]]:
    """Every line of samples.jsonl; one that was cut off is no line.

    Refused where a line is whole, and no sample.
    """
    path = folder / SAMPLES
    if not path.exists():
        return []
    found = []
    text = path.read_text(encoding="utf-8", errors="replace")
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            told = json.loads(line)
        except json.JSONDecodeError:
            continue  # the process was killed while it wrote
        if fault := fault_of(told):
            raise Refused(f"{path}, line {number}: {fault}")
        found.append(told)
    return found


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
