"""python -m reports.power.publish RUN: a power run into the repository.

Its reports go to reports/published/, beside the times of its machine, and
README's figures are made of what is there. A test holds them to it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from reports import publishing
from reports.folder import Refused
from reports.machine import name_machine
from reports.power.command import faults
from reports.power.files import load, write_power
from reports.power.tables import headline, resolution_summary
from reports.power.tasks import all_tasks
from reports.publishing import PUBLISHED, ROOT, folder_of, without_folder
from reports.tables import render

__all__ = ["publish", "readme_section"]

FIRST = "<!-- power: python -m reports.power.publish -->"
LAST = "<!-- end of power -->"


def publish(run: Path, published: Path = PUBLISHED) -> Path:
    """Make the run's reports again, and say where; Refused unless every task
    was done, and none found a fault."""
    told = load(run)
    there = {line["key"] for line in told["found"]}
    missing = [task.key for task in all_tasks() if task.key not in there]
    if missing:
        raise Refused(
            f"RUN must have every task, lacks {len(missing)}: {missing[0]}"
        )
    if found := faults(told["found"]):
        raise Refused(f"RUN must have no fault, has {found[0]}")
    folder = folder_of(told, published) / "power"
    folder.mkdir(parents=True, exist_ok=True)
    told["command"] = without_folder(told["command"])
    write_power(told, folder)
    return folder


def readme_section(published: Path = PUBLISHED) -> str:
    """What README says of the published runs, between the two marks."""
    parts = [FIRST]
    for path in sorted(published.glob("*/power/run.json")):
        run = load(path.parent)
        parts += [heading(run), *said(run["found"]), link(path.parent)]
    return "\n\n".join([*parts, LAST])


def heading(run: dict[str, Any]) -> str:
    """The machine, the date and the versions."""
    machine = run["machine"]
    libraries = ", ".join(
        f"{name} {machine['versions'][name]}"
        for name in ("numpy", "torch", "jax")
        if name in machine["versions"]
    )
    return (
        f"Found on **{name_machine(run)}**, {machine['date'][:10]}, commit "
        f"{machine['commit']}, {libraries}:"
    )


def said(found: list[dict[str, Any]]) -> list[str]:
    """The figures."""
    return [
        "\n".join(f"* {line}" for line in headline(found)),
        "The least relative error of dW that is seen, in the layer where it "
        "is largest:",
        render(resolution_summary(found), "github"),
    ]


def link(folder: Path) -> str:
    """To everything else."""
    where = folder.relative_to(ROOT).as_posix()
    return (
        f"[The whole page]({where}/report.md) has each mistake with what "
        "catches it, and by how many bounds."
    )


if __name__ == "__main__":
    sys.exit(publishing.main(publish, readme_section))
