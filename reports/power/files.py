"""The folder of a power run, and the reports that are made of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from reports.folder import is_run_of, load_run
from reports.machine import describe
from reports.power.pictures import power_pictures
from reports.power.run import read_found
from reports.power.tables import (
    alarm_table,
    arithmetic_table,
    headline,
    law_levels,
    levels,
    mistake_tables,
    power_summary,
    randomness_table,
    resolution_table,
    shape_table,
)
from reports.rendering import table_of_values, write_files
from reports.tables import Table, render
from reports.templates import filled, shown

__all__ = ["finish", "is_run", "load", "write_power"]

SCHEMA = 1
HERE = Path(__file__).parent


def finish(folder: Path, command: str) -> dict[str, Any]:
    """The run of what the folder's samples tell by now."""
    return {
        "schema": SCHEMA,
        "kind": "power",
        "command": command,
        "machine": describe(),
        "found": list(read_found(folder).values()),
    }


def is_run(folder: Path) -> bool:
    """Whether the folder holds a run of python -m reports power."""
    return is_run_of("power", folder)


def load(folder: Path) -> dict[str, Any]:
    """The run of a folder; Refused where there is none."""
    return load_run("power", folder, SCHEMA)


def write_power(run: dict[str, Any], out: Path) -> list[Path]:
    """The reports of a run: each file in one move."""
    texts = {
        "run.json": json.dumps(run, indent=1, allow_nan=False) + "\n",
        "summary.csv": table_of_values(power_summary(run["found"])),
        "report.md": page("power.md.jinja", run, "github"),
        "report.html": page("power.html.jinja", run, "html"),
    }
    return write_files(out, texts)


def page(template: str, run: dict[str, Any], style: str) -> str:
    """A template filled in with the tables of the run in that style."""

    def table(of: Table) -> str:
        return shown(render(of, style), style)

    found = run["found"]
    pictures = power_pictures(found) if style == "html" else {}
    return filled(
        HERE / template,
        style,
        run=run,
        headline=headline(found),
        levels=levels(),
        mistakes={
            name: table(of) for name, of in mistake_tables(found).items()
        },
        shapes=table(shape_table(found)),
        resolution=table(resolution_table(found)),
        alarms=table(alarm_table(found)),
        arithmetic=table(arithmetic_table(found)),
        laws=law_levels(found),
        randomness=table(randomness_table()),
        pictures={name: shown(text, style) for name, text in pictures.items()},
    )
