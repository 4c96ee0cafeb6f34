"""python -m reports.scale.publish RUN: a scaling run into the repository.

Its reports go to reports/published/, beside the times of its machine, and
README's table is made of what is there. A test holds them to it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from reports import publishing
from reports.folder import Refused
from reports.machine import name_machine
from reports.publishing import PUBLISHED, ROOT, folder_of, without_folder
from reports.scale.files import load, machines, write_scale
from reports.scale.results import measured_rows, refusals
from reports.scale.rows import ENGINES, NETWORKS
from reports.scale.tables import byte_table, strong_table
from reports.tables import render

__all__ = ["publish", "readme_section"]

FIRST = "<!-- scale: python -m reports.scale.publish -->"
LAST = "<!-- end of scale -->"


def publish(run: Path, published: Path = PUBLISHED) -> Path:
    """Make the run's reports again, and say where; Refused unless it is of
    one machine, has every engine on several ranks, and no fault."""
    told = load(run)
    if len(told["runs"]) != 1:
        raise Refused(f"RUN must be one run, holds {len(told['runs'])}")
    (own,) = told["runs"]
    there = {row.engine for row in measured_rows(own["found"]) if row.ranks > 1}
    if missing := [name for name in ENGINES if name not in there]:
        raise Refused(f"RUN must have every engine, lacks {missing[0]}")
    if found := refusals(own["found"]):
        raise Refused(f"RUN must have no fault, has {found[0]}")
    folder = folder_of(own, published) / "scale"
    folder.mkdir(parents=True, exist_ok=True)
    own["command"] = without_folder(own["command"])
    write_scale(told, folder)
    return folder


def readme_section(published: Path = PUBLISHED) -> str:
    """What README says of the published runs, between the two marks."""
    parts = [FIRST]
    for path in sorted(published.glob("*/scale/run.json")):
        for own in machines(load(path.parent)):
            parts += section(own, path.parent)
    return "\n\n".join([*parts, LAST])


def section(own: dict[str, Any], folder: Path) -> list[str]:
    """The machine, its two tables, and where the rest is."""
    machine, rows = own["machine"], measured_rows(own["found"])
    shape, where = NETWORKS["large"], folder.relative_to(ROOT).as_posix()
    network = "-".join(map(str, shape.layer_sizes))
    libraries = ", ".join(
        f"{name} {machine['versions'][name]}" for name in ("torch", "jax")
    )
    return [
        f"Found on **{name_machine(own)}**, {machine['date'][:10]}, commit "
        f"{machine['commit']}, {libraries}: {network}, {shape.together} "
        "examples shared by all, float32, a core a rank.",
        render(strong_table(rows, "large"), "github"),
        render(byte_table([r for r in rows if r.network == "large"]), "github"),
        f"[The whole page]({where}/report.md) has weak scaling, the small "
        "network, and the prediction beside what was measured.",
    ]


if __name__ == "__main__":
    sys.exit(publishing.main(publish, readme_section))
