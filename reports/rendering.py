"""From a finished run to its files. Nothing is measured here."""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from reports.clause_page import clause_page
from reports.pictures import drift_picture, speed_picture
from reports.speed.tables import race_table, race_title, races
from reports.tables import (
    Table,
    left_out,
    parity_table,
    render,
    score,
    scorecard,
    summary_rows,
    training_table,
    verdict,
)
from reports.templates import filled, shown
from reports.understanding import CAPTIONS, understanding_pictures

__all__ = ["check_folder", "table_of_values", "write_files", "write_report"]

EXTENTS = {
    True: "of all others, this run made every check, in every mode",
    False: "of the compiled ones, this run proves what it times, and "
    "python -m reports --thorough proves all the rest",
}
"""What was proven, as the report says it."""


def check_folder(out: Path) -> bool:
    """Make the folder, and try to write in it; whether it is new.

    OSError, before anything is computed, where either fails. Nothing is
    left in it: the probe is taken away again.
    """
    new = not out.exists()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=out):
        pass
    return new


def write_report(
    run: dict[str, Any], out: Path, drawn: dict[str, str] | None = None
) -> list[Path]:
    """The report, its clauses, and its numbers: each file in one move.

    drawn are the pictures of understanding, where there are some already.
    """
    pictures = {
        "drift": drift_picture(run),
        "speed": speed_picture(run),
        **(drawn or understanding_pictures(run["understanding"])),
    }
    texts = {
        "run.json": json.dumps(run, indent=1) + "\n",
        "summary.csv": table_of_values(summary_rows(run)),
        "report.md": page("report.md.jinja", run, "github", {}),
        "report.html": page("report.html.jinja", run, "html", pictures),
        "clauses.html": clause_page(run, out),
    }
    return write_files(out, texts)


def write_files(out: Path, texts: dict[str, str]) -> list[Path]:
    """Each text into its file, all or nothing of each."""
    written = []
    for name, text in texts.items():
        path = out / name
        # Written beside its place and moved: there is no half of a file.
        part = out / f".{name}.part"
        part.write_text(text, encoding="utf-8")
        os.replace(part, path)
        written.append(path)
    return written


def table_of_values(rows: Iterable[list[Any]]) -> str:
    """The lines of a CSV file."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def page(
    template: str, run: dict[str, Any], style: str, pictures: dict[str, str]
) -> str:
    """A template filled in with the tables of the run in that style."""
    dtypes = list(dict.fromkeys(row["dtype"] for row in run["parity"]))

    def table(of: Table) -> str:
        return shown(render(of, style), style)

    return filled(
        Path(__file__).with_name(template),
        style,
        run=run,
        verdict=verdict(run),
        left_out=left_out(run),
        training=table(training_table(run)),
        parity={d: table(parity_table(run, d)) for d in dtypes},
        speed={
            race_title(rows): table(race_table(rows))
            for rows in races(run["speed"], ("workload",)).values()
        },
        extent=EXTENTS[run["command"].endswith("--thorough")],
        score=score(run),
        scorecard=render(scorecard(run), style) if style != "html" else "",
        cells=scorecard(run),
        pictures={name: shown(text, style) for name, text in pictures.items()},
        captions=CAPTIONS,
    )
