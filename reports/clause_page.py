"""The clauses, each beside its three sources, its tests and its verdict.

Sources are read, never imported: the page shows what is not installed too.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

from parity_tests.tested import TESTED
from reference.clauses import CLAUSES, Clause
from reports.pictures import name_of
from reports.sources import ROOT, functions, pane
from reports.tables import digits
from reports.templates import filled

__all__ = ["clause_page"]

PACKAGES = ("reference", "torch_impl", "jax_impl")


def clause_page(run: dict[str, Any], out: Path) -> str:
    """The page of all clauses, as HTML for a file in the folder out."""
    root = quote(Path(os.path.relpath(ROOT, out.resolve())).as_posix())
    return filled(
        Path(__file__).with_name("clauses.html.jinja"),
        "html",
        machine=run["machine"],
        entries=[entry(clause, run) for clause in CLAUSES],
        link=lambda path, line: f"{root}/{path}#L{line}",
    )


def entry(clause: Clause, run: dict[str, Any]) -> dict[str, Any]:
    """What the page says of one clause."""
    rows = [r for r in run.get("clauses", []) if r["id"] == clause.id]
    failed = any(row["verdict"] != "pass" for row in rows)
    tests = functions("parity_tests")
    return {
        "clause": clause,
        "homes": {n: [pane(p, n) for p in PACKAGES] for n in clause.home},
        "tests": {n: tests[n].lineno for n in TESTED.get(clause.id, ())},
        "state": "fails" if failed else "passes" if rows else "not in this run",
        "table": verdict_table(rows),
    }


def verdict_table(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Implementation by dtype: the worst error / bound, and if it failed."""
    cells: dict[tuple[str, str], tuple[bool, float | None]] = {}
    for row in rows:
        place = name_of(row), row["dtype"]
        cell = row["verdict"] != "pass", row["worst_ratio"]
        # A failure is worse than any number: its ratio may be nan.
        cells[place] = max(
            cell, cells.get(place, cell), key=lambda c: (c[0], c[1] or 0)
        )
    return {
        "names": list(dict.fromkeys(name for name, _ in cells)),
        "dtypes": list(dict.fromkeys(dtype for _, dtype in cells)),
        "cells": {at: (bad, digits(x)) for at, (bad, x) in cells.items()},
    }
