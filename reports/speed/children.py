"""A process beside: what it prints last, or the error that it ended in."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

__all__ = ["child", "end_with_parent"]

ERROR = re.compile(r"[\w.]*(Error|Exception)\b")
LONGEST = 200
"""Characters of an error that a table is told."""


def child(
    command: list[str], env: dict[str, str], time_limit: float, log: Path
) -> dict[str, Any]:
    """The JSON that a process prints last, or an error in words.

    What it says besides is in the log, which stays if it failed.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "w+", encoding="utf-8", errors="replace") as said:
        found = ended(command, env, time_limit, said)
    if found["error"] is None:
        log.unlink()
    return found


LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
PR_SET_PDEATHSIG = 1
"""Of Linux's prctl: the signal that a process gets when its parent ends."""


PARENT = "REPORTS_SPEED_PARENT"
"""Variable of a process beside: who began it."""


def end_with_parent() -> None:
    """What a process beside does first: to measure on when the run is gone
    would be in the way of the next."""
    parent = os.environ.get(PARENT)
    if LIBC is not None and parent is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != int(parent):
            sys.exit("the run is gone")


def end_group(process: subprocess.Popen[str]) -> None:
    """Whatever of it is still there."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def ended(
    command: list[str], env: dict[str, str], time_limit: float, said: Any
) -> dict[str, Any]:
    """Wait for it, and no longer than the limit."""
    with tempfile.TemporaryFile(
        "w+", encoding="utf-8", errors="replace"
    ) as told:
        # A group of its own, so that what it starts ends with it; and to a
        # file, since whoever holds a pipe would be waited for.
        process = subprocess.Popen(
            command, env={**env, PARENT: str(os.getpid())}, stdout=told,
            stderr=said, text=True, start_new_session=True,
        )  # fmt: skip
        try:
            process.wait(time_limit)
        except subprocess.TimeoutExpired:
            return {"error": f"no result within {time_limit:.0f} s"}
        finally:
            end_group(process)
        told.seek(0)
        output = told.read()
    code = process.returncode
    if code < 0:
        name = signal.Signals(-code).name
        memory = " (out of memory?)" if name == "SIGKILL" else ""
        return {"error": f"ended by {name}{memory}"}
    if code == 0:
        try:
            return {"error": None, **json.loads(output.splitlines()[-1])}
        except (IndexError, ValueError, TypeError):
            return {"error": "ended without a result"}
    said.seek(0)
    lines = said.read().strip().splitlines() or [f"exit {code}"]
    # A framework may add advice after the line that names the error.
    named = [line for line in lines if ERROR.match(line)]
    return {"error": (named or lines)[-1][:LONGEST]}
