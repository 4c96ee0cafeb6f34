"""python -m reports power."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["measure_power"]

OK, USAGE, MISSED, INTERRUPTED = 0, 2, 4, 130


def measure_power(
    told: argparse.Namespace, arguments: list[str], progress: Callable[[], Any]
) -> int:
    """Do what is missing, and write the reports."""
    # Imported late: --help and a wrong flag answer at once.
    from reports.folder import alone_in
    from reports.power.files import finish, write_power
    from reports.power.run import run_tasks
    from reports.power.tables import headline
    from reports.power.tasks import all_tasks
    from reports.rendering import check_folder

    out = told.out or Path("out/power")
    try:
        check_folder(out)
    except OSError as error:
        print(f"--out must be a folder that can be written, got {out}: "
              f"{error.strerror or error}", file=sys.stderr)  # fmt: skip
        return USAGE
    command = "python -m reports " + shlex.join(arguments)
    shown = progress()
    with alone_in(out):
        try:
            run_tasks(out, all_tasks(told.quick), shown.say)
        except KeyboardInterrupt:
            shown.close()
            # So that it can be read and rendered as far as it is.
            write_power(finish(out, command), out)
            print(f"interrupted: every finished task is in {out}, and in its "
                  "pages; the same command goes on from there",
                  file=sys.stderr)  # fmt: skip
            return INTERRUPTED
        finally:
            shown.close()
        run = finish(out, command)
        written = write_power(run, out)
    print("\n".join(headline(run["found"])))
    for line in faults(run["found"]):
        print(line)
    print("Wrote " + ", ".join(map(str, written)))
    return MISSED if faults(run["found"]) else OK


def is_unexpected(line: dict[str, Any]) -> bool:
    """Whether an implementation is in disguise, or a disguise is unseen."""
    found = line["found"]
    as_asked = found["asked"] == found["products"] == found["functions"]
    return bool(as_asked == ("in disguise" in line["name"]))


def faults(found: list[dict[str, Any]]) -> list[str]:
    """What was missed, and who was called wrong."""
    lines = []
    for line in found:
        what = line["found"]
        if line["kind"] == "mistake" and what["own"] is None:
            lines.append(f"MISSED: {line['name']}, {line['dtype']}")
        if line["kind"] == "arithmetic" and is_unexpected(line):
            lines.append(f"ARITHMETIC: {line['name']}: {what['said']}")
        if line["kind"] == "laws" and not what["worst"] <= 1:
            lines.append(f"FALSE ALARM: {line['name']}: a law")
        if line["kind"] == "pair" and what["first"] is None:
            lines.append(f"MISSED: {line['name']}")
        lines += [
            f"FALSE ALARM: {line['name']}: {alarm}"
            for alarm in what.get("alarms", ())
        ]
    return lines
