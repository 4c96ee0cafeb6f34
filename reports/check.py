"""python -m reports check: somebody's implementation, and its verdict."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from parity_tests.judging.judge import judge
from parity_tests.judging.target import NoTarget
from parity_tests.judging.words import findings_of, of_bound
from reports.tables import render

__all__ = ["check", "worded"]

PASS, USAGE, FAIL = 0, 2, 4
MARKS = {"pass": "pass", "fail": "FAIL"}


def check(told: argparse.Namespace) -> int:
    """Judge, say what came out, and write it if asked; the exit status."""
    if told.json and not writable(told.json):
        print(f"--json must be a file that can be written, got {told.json}",
              file=sys.stderr)  # fmt: skip
        return USAGE
    try:
        judged = judge(told.target, told.timeout, told.thorough)
    except NoTarget as error:
        print(error, file=sys.stderr)
        return USAGE
    except RuntimeError as error:
        print(f"TARGET must be importable, got {told.target}: {error}",
              file=sys.stderr)  # fmt: skip
        return USAGE
    if not any(f.comparisons or f.error for f in judged.in_order):
        print(f"TARGET must answer a question, and {told.target} answers "
              "none: nothing was judged", file=sys.stderr)  # fmt: skip
        return USAGE
    # Seconds to import, and only now, while nobody else waits.
    from parity_tests.judging.verdict import verdict_of

    verdict = verdict_of(judged.dtype, judged.in_order, judged.remarks)
    print(worded(verdict, told.target))
    if told.json:
        write(verdict, told.json)
    return PASS if verdict["verdict"] == "pass" else FAIL


def writable(file: Path) -> bool:
    """Whether the file may be written: nothing is lost by trying later."""
    if file.exists():
        return file.is_file() and os.access(file, os.W_OK)
    return file.parent.is_dir() and os.access(file.parent, os.W_OK)


def write(verdict: dict[str, Any], file: Path) -> None:
    """In one move, so that no half of it is ever read."""
    beside = file.with_name(file.name + ".part")
    beside.write_text(json.dumps(verdict, indent=1, allow_nan=False) + "\n")
    beside.replace(file)


def worded(verdict: dict[str, Any], target: str) -> str:
    """The verdict for a person."""
    judged = [c for c in verdict["clauses"] if c["verdict"] in MARKS]
    absent = [c["id"] for c in verdict["clauses"] if c not in judged]
    rows = [
        [c["id"], MARKS[c["verdict"]], of_bound(c["worst_ratio"])]
        for c in judged
    ]
    lines = [render((["clause", "verdict", "error / bound"], rows), "simple")]
    if absent:
        lines += ["", f"Not implemented: {', '.join(absent)}"]
    failed = [c for c in judged if c["verdict"] == "fail"]
    lines += ["", summary(verdict, target, len(judged), len(failed))]
    return "\n".join([*lines, *findings_of(verdict)])


def summary(
    verdict: dict[str, Any], target: str, judged: int, failed: int
) -> str:
    """One line."""
    if verdict["verdict"] == "pass":
        return (
            f"{target} agrees with the notes in all {judged} clauses that "
            "it implements."
        )
    if not failed:
        return f"{target} FAILS, though all its numbers are right."
    return (
        f"{target} FAILS in {failed} of the {judged} clauses that it "
        "implements."
    )
