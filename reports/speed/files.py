"""The folder of a run, and the reports that are made of it.

run.json is for programs, and says what a reader may rely on by its schema;
samples.jsonl holds every raw sample. Everything else is made of these two.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reports.folder import SAMPLES, Refused
from reports.machine import describe, name_machine
from reports.rendering import table_of_values, write_files
from reports.speed.contenders import CHECKERS, CONTENDERS
from reports.speed.folder import read_samples
from reports.speed.growth import check_table, logistic_table, sweep_tables
from reports.speed.pictures import speed_pictures
from reports.speed.proof import APART
from reports.speed.results import results
from reports.speed.rows import Row, code_hash
from reports.speed.tables import (
    disturbances,
    overview,
    phase_table,
    race_table,
    race_title,
    races,
    speed_summary,
    workloads_told,
)
from reports.speed.workloads import CHECKS, WORKLOADS
from reports.tables import Table, render
from reports.templates import filled, shown

__all__ = ["begin", "finish", "load", "write_speed"]

SCHEMA = 3
HERE = Path(__file__).parent


def begin(
    folder: Path, command: str, form: str, say: Callable[[str], None] = print
) -> dict[str, Any]:
    """What is known before anything is measured.

    Refused where the folder holds something else: a run of another machine
    or in another form, whose samples and new ones would not be of one race,
    or a merged report, which would be lost. The reports of other code are
    not written over before there is something to put in their place.
    """
    machine, kept = describe(), False
    if (folder / "run.json").exists():
        before = load(folder)
        check_same(folder, before, machine, form)
        if code_hash() == before["runs"][0]["code"]:
            machine = before["runs"][0]["machine"]  # as it was begun
        elif before["runs"][0]["results"]:
            say(f"the run in {folder} is of other code or libraries: "
                "everything is measured anew, and its reports stay until "
                "that is done")  # fmt: skip
            kept = True
    begun = {"machine": machine, "command": command, "form": form,
             "blocks": 0, "code": code_hash(), "results": []}  # fmt: skip
    # Now, so that a run that is stopped knows its machine, and can be rendered.
    if not kept:
        told = text_of(finish(folder, begun))
        write_files(folder, {"run.json": told})
    return begun


def check_same(
    folder: Path, before: dict[str, Any], machine: dict[str, Any], form: str
) -> None:
    """Refused unless the folder's run can go on here."""
    path = folder / SAMPLES
    empty = not path.exists() or path.stat().st_size == 0
    if empty and before["runs"][0]["results"]:
        raise Refused(f"{folder} holds a merged report; choose another --out")
    old = before["runs"][0]
    if old["form"] != form:
        raise Refused(
            f"{folder} holds a run in the {old['form']} form, this one is "
            f"{form}; choose another --out"
        )
    for name in ("processor", "cores", "gpus"):
        if old["machine"][name] != machine[name]:
            raise Refused(
                f"{folder} holds a run of another machine: {name} is "
                f"{old['machine'][name]} there, {machine[name]} here; choose "
                "another --out"
            )


def finish(folder: Path, begun: dict[str, Any]) -> dict[str, Any]:
    """The run of what the folder's samples tell by now, of its code: those
    of another are of other days, and ratios to them of no race."""
    samples = [
        s for s in read_samples(folder) if s.get("code") == begun["code"]
    ]
    rows = [Row(**s["row"]) for s in samples]
    rows = [r for r in rows if not r.contender.startswith("limits ")]
    rows.sort(key=place)
    blocks = len({s["block"] for s in samples})
    found = results(rows, samples)
    run = {**begun, "blocks": blocks, "results": found}
    return {"schema": SCHEMA, "kind": "speed", "runs": [run]}


def place(row: Row) -> tuple[Any, ...]:
    """Where a row stands: by workload, and then by who is timed."""
    workloads, contenders = [*WORKLOADS, *CHECKS], [*CONTENDERS, *CHECKERS]
    if row.workload not in workloads or row.contender not in contenders:
        raise Refused(
            f"its samples must be of workloads and contenders that this "
            f"program has, got {row}"
        )
    return (
        workloads.index(row.workload), row.device, row.dtype, row.threads,
        contenders.index(row.contender),
    )  # fmt: skip


def text_of(told: dict[str, Any]) -> str:
    """As JSON."""
    return json.dumps(told, indent=1, allow_nan=False) + "\n"


def load(folder: Path) -> dict[str, Any]:
    """The run of a folder; Refused where there is none that can be read."""
    path = folder / "run.json"
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from None
    except ValueError as error:  # no JSON, or no text at all
        raise Refused(f"{path} is no JSON: {error}") from None
    if not isinstance(told, dict) or told.get("kind") != "speed":
        raise Refused(f"{path} is no run of python -m reports speed")
    if told.get("schema") != SCHEMA:
        raise Refused(
            f"{path} has schema {told.get('schema')}, this program reads "
            f"{SCHEMA}; choose another folder"
        )
    check_runs(path, told.get("runs"))
    return told


def check_runs(path: Path, runs: Any) -> None:
    """Refused unless they have what everything is made of; schema.json says
    all of it."""
    if not isinstance(runs, list) or not runs:
        raise Refused(f"{path}: runs must be a list with a run, got {runs!r}")
    for run in runs:
        check_fields(path, "a run", run, OF_A_RUN)
        if not isinstance(run["results"], list):
            raise Refused(
                f"{path}: results must be a list, got {run['results']!r:.80}"
            )
        for row in run["results"]:
            check_fields(path, "a row", row, OF_A_ROW)
            if not isinstance(row["seconds"], int | float | None):
                raise Refused(
                    f"{path}: seconds must be a number or null, got "
                    f"{row['seconds']!r}"
                )


def check_fields(
    path: Path, what: str, told: Any, fields: tuple[str, ...]
) -> None:
    """Refused unless it is an object that has them."""
    if not isinstance(told, dict):
        raise Refused(f"{path}: {what} must be an object, got {told!r:.80}")
    for name in fields:
        if name not in told:
            raise Refused(f"{path}: {what} must have {name}")


OF_A_RUN = ("machine", "command", "form", "blocks", "code", "results")
OF_A_ROW = ("contender", "workload", "family", "dtype", "device", "threads",
            "verdict", "why", "seconds", "peer", "blocks")  # fmt: skip


def write_speed(told: dict[str, Any], folder: Path) -> list[Path]:
    """run.json, summary.csv, report.md and report.html of one or more runs."""
    lines = [
        ["machine", *row] if i == 0 else [name_machine(run), *row]
        for j, run in enumerate(told["runs"])
        for i, row in enumerate(speed_summary(run["results"]))
        if i > 0 or j == 0
    ]
    texts = {
        "run.json": text_of(told),
        "summary.csv": table_of_values(lines),
        "report.md": page("speed.md.jinja", told, "github"),
        "report.html": page("speed.html.jinja", told, "html"),
    }
    return write_files(folder, texts)


def sections(run: dict[str, Any]) -> dict[str, list[tuple[str, Table]]]:
    """The tables of a run, by the heading that they stand under."""
    found = run["results"]
    by_heading: dict[str, list[tuple[str, Table]]] = {"Workloads": [
        (race_title(rows), race_table(rows))
        for rows in races(found, ("workload",)).values()
    ]}  # fmt: skip
    by_heading["Sizes"] = list(sweep_tables(found))
    if any(r["family"] == "logistic" for r in found):
        by_heading["What vectorizing buys"] = [("", logistic_table(found))]
    if any(r["family"] == "check" for r in found):
        by_heading["Gradient checking"] = [("", check_table(found))]
    by_heading["Before the first step"] = [
        (race_title(rows), phase_table(rows))
        for rows in races(found, ("workload",)).values()
    ]
    for name, tables in by_heading.items():
        by_heading[name] = [(t, table) for t, table in tables if table[1]]
    return {name: tables for name, tables in by_heading.items() if tables}


def page(template: str, told: dict[str, Any], style: str) -> str:
    """A template filled in with the tables of each run in that style."""

    def table(of: Table) -> str:
        text = render(of, style)
        if style == "html":
            text = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", text)
        return shown(text, style)

    runs = [
        {
            "run": run,
            "name": name_machine(run),
            "workloads": workloads_told(run["results"]),
            "overview": [
                (title, table(of))
                for title, of in overview(run["results"]).items()
            ],
            "disturbances": disturbances(run["results"]),
            "sections": {
                name: [(title, table(of)) for title, of in tables]
                for name, tables in sections(run).items()
            },
            "pictures": pictures_of(run) if style == "html" else [],
        }
        for run in told["runs"]
    ]
    return filled(HERE / template, style, runs=runs, apart=APART, notes=NOTES)


def pictures_of(run: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Each, what it shows, and where that was measured; for HTML."""
    return [
        (shown(picture.svg, "html"), CAPTIONS[picture.name], picture.where)
        for picture in speed_pictures(run["results"])
    ]


REST = (
    "The range, the ratio, the words and the errors of each of these rows are "
    "in summary.csv."
)
NOTES = {
    "Sizes": "The exponent is fitted to the sizes from the middle one on. "
    + REST,
    "What vectorizing buys": "Looped over vectorized, each the median of its "
    "processes. " + REST,
    "Gradient checking": REST,
    "Before the first step": "The first call is told without the time of its "
    "steps: what is left is compilation, if anything is compiled.",
}
"""What stands between a heading and its tables."""
CAPTIONS = {
    "ratios": "Time over the baseline's (NumPy's readable one; PyTorch's "
    "where that is not in the race): the median and the range of the ratios, "
    "paired within blocks. Inside the shaded band nothing can be told from "
    "noise: it is twice the middle distance of the baseline from its twin.",
    "sweeps": "A step's time against its size. Dotted: the least time, from "
    "the products and the memory of this machine alone.",
    "roofline": "What the frameworks reach of the machine: the roof is the "
    "best that any of these steps could reach, the slope its memory. Each "
    "point is the fastest of ours in that framework; far below the roof, "
    "calls are what a step waits for. The slope counts each byte once; a "
    "step that fetches X from memory does so twice, and stays below it.",
    "break-even": "Seconds since the process began, with the compilers' caches "
    "that an earlier one left, where there was one: a compiler pays off where "
    "its line crosses.",
    "phases": "What passes before the first result, with the same caches.",
    "error": "Speed bought with precision would stand high on the left. "
    "All of these computed in the arithmetic they were asked for.",
    "memory": "The most memory that each process had, Python and the "
    "framework included.",
}
