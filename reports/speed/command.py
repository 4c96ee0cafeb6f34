"""python -m reports speed."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["conclude", "measure_speed"]

OK, USAGE, DIFFERENT, INTERRUPTED = 0, 2, 4, 130


def measure_speed(
    told: argparse.Namespace, arguments: list[str], progress: Callable[[], Any]
) -> int:
    """Measure what is missing, and write the reports."""
    # Imported late: --help and a wrong flag answer at once.
    from reports.folder import alone_in
    from reports.rendering import check_folder
    from reports.speed.presence import DEVICES, find_presence
    from reports.speed.rows import full_form, quick_form

    form = quick_form if told.quick else full_form
    if not chosen(form(devices=DEVICES), told.only):
        print(f"--only must be part of a row's name, got {told.only}",
              file=sys.stderr)  # fmt: skip
        return USAGE
    out = told.out or Path("out/speed-quick" if told.quick else "out/speed")
    try:
        check_folder(out)
    except OSError as error:
        print(f"--out must be a folder that can be written, got {out}: "
              f"{error.strerror or error}", file=sys.stderr)  # fmt: skip
        return USAGE
    command = "python -m reports " + shlex.join(arguments)
    with alone_in(out):
        # Seconds: every framework is imported.
        presence = find_presence()
        rows = chosen(form(devices=presence.devices), told.only)
        if not rows:
            print(f"--only must be part of the name of a row on "
                  f"{' or '.join(presence.devices)}, got {told.only}",
                  file=sys.stderr)  # fmt: skip
            return USAGE
        return race_in(out, told, rows, presence, command, progress())


def chosen(rows: list[Any], texts: list[str]) -> list[Any]:
    """The rows that have one of the texts in their name; all if none is."""
    return [r for r in rows if not texts or any(t in str(r) for t in texts)]


def race_in(
    out: Path, told: argparse.Namespace, rows: Any, presence: Any,
    command: str, shown: Any,
) -> int:  # fmt: skip
    """Measure into a folder that is there, and nobody else's."""
    from reports.speed.files import begin, finish, write_speed
    from reports.speed.race import Race

    form = "quick" if told.quick else "full"
    begun = begin(out, command, form, shown.say)
    race = Race(out, rows, shown.say, form, blocks=told.blocks,
                time_limit=told.time_limit,
                absent=presence.absent)  # fmt: skip
    try:
        race.run()
    except KeyboardInterrupt:
        shown.close()
        print(f"interrupted: every finished sample is in {race.path}; the "
              "same command goes on from there", file=sys.stderr)  # fmt: skip
        return INTERRUPTED
    finally:
        shown.close()
    run = finish(out, begun)
    return conclude(run, write_speed(run, out))


def conclude(run: dict[str, Any], written: list[Path]) -> int:
    """Say what came out; the exit status."""
    from reports.speed.tables import headline

    found = [row for each in run["runs"] for row in each["results"]]
    for each in run["runs"]:
        for line in headline(each["results"]):
            print(line)
    bad = [r for r in found if r["verdict"] in ("refused", "failed")]
    for row in bad:
        print(f"{row['verdict'].upper()}: {row['workload']}, "
              f"{row['contender']}, {row['dtype']}: {row['why']}")  # fmt: skip
    print("Wrote " + ", ".join(map(str, written)))
    # Who computes better than it was asked to is in no table, and no fault.
    ours = [r for r in bad if not (r["peer"] or r["finer"])]
    return DIFFERENT if ours else OK
