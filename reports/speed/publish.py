"""python -m reports.speed.publish RUN: a run into the repository.

Its raw samples and reports go to reports/published/, in a folder named after
its machine, and README's tables are made of what is there. A test holds both
to the samples.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

from reports import publishing
from reports.folder import SAMPLES, Refused
from reports.machine import name_machine
from reports.publishing import PUBLISHED, ROOT, folder_of, without_folder
from reports.speed.comparison import IDENTITY, rows_of
from reports.speed.files import finish, load, write_speed
from reports.speed.growth import check_table, logistic_table
from reports.speed.race import BLOCKS
from reports.speed.rows import full_form
from reports.speed.tables import overview, workloads_told
from reports.tables import render

__all__ = ["publish", "readme_section"]

FIRST = "<!-- speed: python -m reports.speed.publish -->"
LAST = "<!-- end of speed -->"
FOUND = "What the full form found:"


def publish(run: Path, published: Path = PUBLISHED) -> Path:
    """Copy the run, make its reports again, and say where."""
    told = load(run)
    if len(told["runs"]) != 1:
        raise Refused(f"RUN must be of one machine, got {run}")
    if not (run / SAMPLES).exists():
        raise Refused(f"RUN must have its samples, got {run} without {SAMPLES}")
    whole = finish(run, told["runs"][0])
    check_whole(whole["runs"][0])
    folder = folder_of(told["runs"][0], published)
    folder.mkdir(parents=True, exist_ok=True)
    if run.resolve() != folder.resolve():
        shutil.copyfile(run / SAMPLES, folder / SAMPLES)
    (of_one,) = whole["runs"]
    of_one["command"] = without_folder(of_one["command"])
    write_speed(whole, folder)
    return folder


def check_whole(run: dict[str, Any]) -> None:
    """Refused unless it is of the full form, and to its end."""
    if run["form"] != "full":
        raise Refused(f"RUN must be in the full form, got {run['form']}")
    there = rows_of(run)
    devices = tuple(dict.fromkeys(r["device"] for r in run["results"]))
    for row in full_form(devices, run["machine"]["cores"]):
        found = there.get(tuple(getattr(row, name) for name in IDENTITY))
        done = len(found["blocks"]) if found else 0
        proven = found is None or found["verdict"] == "proven"
        if proven and done < BLOCKS["full"]:
            raise Refused(
                f"RUN must have all of its {BLOCKS['full']} blocks, got "
                f"{done} of {row}"
            )


def readme_section(published: Path = PUBLISHED) -> str:
    """What README says of the published runs, between the two marks."""
    parts = [FIRST]
    for path in sorted(published.glob("*/run.json")):
        run = load(path.parent)["runs"][0]
        parts += [FOUND] if len(parts) == 1 else []
        parts += [heading(run), *tables(run["results"]), link(path.parent)]
    return "\n\n".join([*parts, LAST])


def heading(run: dict[str, Any]) -> str:
    """The machine, the versions and the date."""
    machine = run["machine"]
    versions = ", ".join(
        f"{name} {version}" for name, version in machine["versions"].items()
    )
    return (
        f"**{name_machine(run)}**, {machine['memory_gib']} GiB, "
        f"{machine['date'][:10]}, commit {machine['commit']}; Python "
        f"{machine['python']}, {versions}. Each time is the median of "
        f"{run['blocks']} fresh processes; bold is the fastest, and "
        "what was not slower than it in every block and by more than the "
        "noise."
    )


def tables(results: list[dict[str, Any]]) -> list[str]:
    """Each with a line that says what it is."""
    told = [workloads_told(results)]
    for title, table in overview(results).items():
        if title.startswith("float32"):
            told += [f"{title}:", render(table, "github")]
    told.append("The logistic regression of the notes, one example after the "
                "other and vectorized, a step:")  # fmt: skip
    told.append(render(logistic_table(results), "github"))
    told.append(
        "Checking a gradient, float64, one thread: every entry (stacked, loop, "
        "torch gradcheck), or along random directions (direction, gradcheck "
        "fast, check_grads), beside the backpropagation that is checked:"
    )
    told.append(render(check_table(results), "github"))
    return told


def link(folder: Path) -> str:
    """To everything else."""
    where = folder.relative_to(ROOT).as_posix()
    return (
        f"[The whole report]({where}/report.md) has float64, the sweeps of "
        "width, batch and depth, what comes before the first step, and memory; "
        f"[every raw sample]({where}/{SAMPLES}) is beside it."
    )


if __name__ == "__main__":
    sys.exit(publishing.main(publish, readme_section))
