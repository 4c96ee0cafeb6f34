"""A folder that is measured into: its samples, and who may write."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

__all__ = ["SAMPLES", "Refused", "alone_in", "append", "is_run_of",
           "load_run", "read_lines"]  # fmt: skip

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


def read_lines(
    folder: Path, fault_of: Callable[[Any], str]
) -> list[dict[str, Any]]:
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


def append(folder: Path, sample: dict[str, Any]) -> None:
    """One line more, on the disk before anything else is begun."""
    path = folder / SAMPLES
    try:
        with open(path, "ab+") as file:
            if file.seek(0, os.SEEK_END) and not ends_a_line(file):
                file.write(b"\n")  # what was cut off must not swallow this
            file.write(json.dumps(sample).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:  # of a full disk, which names no file
        raise OSError(error.errno, error.strerror, str(path)) from None


def is_run_of(kind: str, folder: Path) -> bool:
    """Whether the folder holds a run of that command."""
    try:
        run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(run, dict) and run.get("kind") == kind


def load_run(kind: str, folder: Path, schema: int) -> dict[str, Any]:
    """The run of a folder; Refused where there is none of that command."""
    path = folder / "run.json"
    if not is_run_of(kind, folder):
        raise Refused(f"{path} is no run of python -m reports {kind}")
    run: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if run.get("schema") != schema:
        raise Refused(
            f"{path} must have the schema {schema}, got {run.get('schema')}"
        )
    return run


def ends_a_line(file: BinaryIO) -> bool:
    """Whether its last character is the end of a line."""
    file.seek(-1, os.SEEK_END)
    return file.read(1) == b"\n"
