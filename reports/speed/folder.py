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
    """Every line of samples.jsonl; a last one that was cut off is no line."""
    path = folder / SAMPLES
    if not path.exists():
        return []
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            found.append(json.loads(line))
        except json.JSONDecodeError:
            continue  # the process was killed while it wrote
    return found
