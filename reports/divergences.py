"""python -m reports divergences: the catalogue, run on what is installed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from parity_tests.divergences import DIVERGENCES, TOPICS
from parity_tests.divergences.entry import Divergence, Shown
from reports.machine import describe, name_machine
from reports.publishing import PUBLISHED
from reports.rendering import check_folder, write_files
from reports.sources import Line, coloured
from reports.tables import Table, render
from reports.templates import filled, shown

__all__ = ["entry", "published", "show_divergences", "write_divergences"]

OK, USAGE, DIFFERENT = 0, 2, 4
HERE = Path(__file__).parent


def show_divergences(out: Path) -> int:
    """Run every entry, write the pages, and say what does not hold."""
    try:
        check_folder(out)
    except OSError as error:
        print(f"--out must be a folder that can be written, got {out}: "
              f"{error.strerror or error}", file=sys.stderr)  # fmt: skip
        return USAGE
    found = [entry(d) for d in DIVERGENCES]
    paths = write_divergences(found, describe(), out)
    failed = [e for e in found if not all(row["holds"] for row in e["rows"])]
    absent = [e for e in found if e["absent"]]
    for e in failed:
        print(f"does not hold here: {e['title']}", file=sys.stderr)
    print(
        f"{len(found) - len(failed) - len(absent)} of {len(found)} "
        f"divergences are as claimed, {len(absent)} not tried for want of "
        f"a package. Wrote {', '.join(map(str, paths))}"
    )
    return DIFFERENT if failed else OK


def entry(divergence: Divergence) -> dict[str, Any]:
    """An entry of the catalogue, and what its code measures here."""
    absent = divergence.absent
    return {
        "name": divergence.name,
        "title": divergence.title,
        "claim": divergence.claim,
        "advice": divergence.advice,
        "clause": divergence.clause,
        "source": divergence.source,
        "absent": absent,
        "rows": [] if absent else [row(s) for s in divergence.shown()],
    }


def row(measured: Shown) -> dict[str, Any]:
    """One thing measured, in words."""
    return {
        "what": measured.what,
        "measured": word(measured.measured),
        "claimed": word(measured.claimed),
        "holds": measured.holds,
    }


def word(value: Any) -> str:
    """A number in 6 digits, an array of a few, yes or no."""
    if isinstance(value, bool | np.bool):
        return "yes" if value else "no"
    if isinstance(value, float | np.floating):
        return f"{value:.6g}"
    if isinstance(value, np.ndarray):
        return np.array2string(value, precision=6, separator=", ").replace(
            "\n", ""
        )
    return str(value)


def write_divergences(
    found: list[dict[str, Any]], machine: dict[str, Any], out: Path
) -> list[Path]:
    """The page, as Markdown and as HTML, and the run that it is made of."""
    by_name = {e["name"]: e for e in found}
    topics = {
        title: [by_name[d.name] for d in entries]
        for title, entries in TOPICS.items()
    }
    run = {"schema": 1, "kind": "divergences", "machine": machine,
           "found": found}  # fmt: skip
    texts = {"run.json": json.dumps(run, indent=1) + "\n"}
    for name, style in {"md": "github", "html": "html"}.items():
        texts[f"divergences.{name}"] = filled(
            HERE / f"divergences.{name}.jinja",
            style,
            topics=topics,
            machine=machine,
            name=name_machine({"machine": machine}),
            table=lambda e, style=style: shown(render(table(e), style), style),
            lines=coloured_lines,
        )
    return write_files(out, texts)


def published() -> Iterator[dict[str, Any]]:
    """The runs in the repository, each with its folder."""
    for path in sorted(PUBLISHED.glob("*/divergences/run.json")):
        run = json.loads(path.read_text(encoding="utf-8"))
        yield {**run, "folder": str(path.parent)}


def table(e: dict[str, Any]) -> Table:
    """What was measured beside what is claimed."""
    return ["", "measured", "claimed"], [
        [r["what"], r["measured"] + " ✗" * (not r["holds"]), r["claimed"]]
        for r in e["rows"]
    ]


def coloured_lines(source: str) -> list[Line]:
    """The code, in colours."""
    text = source.splitlines()
    return [
        Line(False, len(line) - len(line.lstrip()), pieces)
        for line, pieces in zip(text, coloured(text), strict=True)
    ]
