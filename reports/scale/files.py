"""The folder of a scaling run, and the reports that are made of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from reports.folder import is_run_of, load_run
from reports.machine import describe, name_machine
from reports.rendering import table_of_values, write_files
from reports.scale.pictures import scale_picture
from reports.scale.race import OWN, read_found
from reports.scale.results import measured_rows, outlooks, refusals
from reports.scale.rows import NETWORKS
from reports.scale.tables import (
    byte_table,
    headline,
    link_table,
    prediction_table,
    scale_summary,
    strong_table,
    weak_table,
)
from reports.tables import Table, render
from reports.templates import filled, shown

__all__ = ["finish", "is_run", "load", "machines", "write_scale"]

SCHEMA = 1
HERE = Path(__file__).parent


def finish(folder: Path, command: str) -> dict[str, Any]:
    """The run of what the folder's samples tell by now."""
    own = {
        "command": command,
        "machine": describe(),
        "found": list(read_found(folder).values()),
    }
    return {"schema": SCHEMA, "kind": "scale", "runs": [own]}


def is_run(folder: Path) -> bool:
    """Whether the folder holds a run of python -m reports scale."""
    return is_run_of("scale", folder)


def load(folder: Path) -> dict[str, Any]:
    """The run of a folder; Refused where there is none."""
    return load_run("scale", folder, SCHEMA)


def write_scale(run: dict[str, Any], out: Path) -> list[Path]:
    """The reports of a run, or of several: each file in one move."""
    every = [line for own in machines(run) for line in own["found"]]
    texts = {
        "run.json": json.dumps(run, indent=1) + "\n",
        "summary.csv": table_of_values(scale_summary(measured_rows(every))),
        "report.md": page("scale.md.jinja", run, "github"),
        "report.html": page("scale.html.jinja", run, "html"),
    }
    return write_files(out, texts)


def machines(run: dict[str, Any]) -> list[dict[str, Any]]:
    """The runs of it, those of one kind of machine together: a cluster's on
    four ranks has no time of one, and another run there has. What two of
    them have measured is no measurement of one: such stay apart."""
    found: list[dict[str, Any]] = []
    for own in run["runs"]:
        name = name_machine(own)
        alike = [each for each in found if each["kind"] == name]
        for each in alike:
            if not tasks_in(own) & tasks_in(each):
                each["found"] = each["found"] + own["found"]
                break
        else:
            again = f", run {len(alike) + 1}" if alike else ""
            found.append({**own, "kind": name, "name": name + again})
    return found


def tasks_in(own: dict[str, Any]) -> set[tuple[str, int]]:
    """The engines that it has measured, and on how many ranks."""
    return {(line["engine"], line["ranks"]) for line in own["found"]}


def whose(found: list[dict[str, Any]]) -> list[str]:
    """Where the ranks ran, a sentence for each kind of them."""
    places = dict.fromkeys(line.get("place", OWN) for line in found)
    return [PLACES.get(place.split(" on ")[0], place) for place in places]


PLACES = {
    OWN: "The ranks are processes on cores of their own, one thread each, or "
    "the devices of one process.",
    "ranks of torchrun": "The ranks are torchrun's, each on its share of its "
    "machine's cores.",
    "ranks of JAX's processes": "The ranks are processes that were started by "
    "hand, on all cores of their machine.",
}


def page(template: str, run: dict[str, Any], style: str) -> str:
    """A template filled in with the tables of each machine in that style."""

    def table(of: Table) -> str:
        return shown(render(of, style), style) if of[1] else ""

    sections = []
    for own in machines(run):
        found = own["found"]
        rows = measured_rows(found)
        seen = outlooks(rows, found)
        picture = scale_picture(rows, seen) if style == "html" else ""
        sections.append({
            "name": own["name"],
            "machine": own["machine"],
            "command": own["command"],
            "whose": " ".join(whose(found)),
            "headline": headline(rows, seen),
            "refused": refusals(found),
            "networks": [
                {
                    "name": name,
                    "shape": shape,
                    "strong": table(strong_table(rows, name)),
                    "weak": table(weak_table(rows, name)),
                    "ahead": table(prediction_table(rows, seen, name, False)),
                    "further": table(prediction_table(rows, seen, name, True)),
                }
                for name, shape in NETWORKS.items()
            ],
            "sent": table(byte_table(rows)),
            "links": table(link_table(seen)),
            "picture": shown(picture, style),
        })  # fmt: skip
    return filled(HERE / template, style, sections=sections)
