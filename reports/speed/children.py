"""A process beside: what it prints last, or the error that it ended in."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from pathlib import Path
from typing import Any

__all__ = ["child"]

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


def ended(
    command: list[str], env: dict[str, str], time_limit: float, said: Any
) -> dict[str, Any]:
    """Wait for it, and no longer than the limit."""
    process = subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=said, text=True
    )
    try:
        output, _ = process.communicate(timeout=time_limit)
    except subprocess.TimeoutExpired:
        return {"error": f"no result within {time_limit:.0f} s"}
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
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
