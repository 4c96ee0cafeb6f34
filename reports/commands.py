"""Everything but the main job: which command does what."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reports.command_line import parse

__all__ = ["run"]

OK, SLOWER, USAGE = 0, 1, 2


def run(arguments: list[str], progress: Callable[[], Any]) -> int:
    """What the command line asks for; the exit status."""
    told = parse(arguments)
    from reports.folder import Refused

    try:
        if told.command == "check":
            from reports.check import check

            return check(told)
        if told.command == "divergences":
            from reports.divergences import show_divergences

            return show_divergences(told.out)
        if told.command == "speed":
            from reports.speed.command import measure_speed

            return measure_speed(told, arguments, progress)
        if told.command == "power":
            from reports.power.command import measure_power

            return measure_power(told, arguments, progress)
        if told.command == "fit":
            from reports.fit import fit

            return fit(told)
        if told.command == "scale":
            from reports.scale.command import measure_scale

            return measure_scale(told, arguments, progress)
        return {"render": again, "compare": judge, "merge": together}[
            told.command
        ](told)
    except Refused as error:
        print(error, file=sys.stderr)
    except OSError as error:  # a folder that cannot be written, a full disk
        where = error.filename or "standard output"
        print(f"{where}: {error.strerror or error}", file=sys.stderr)
    return USAGE


def again(told: argparse.Namespace) -> int:
    """render: the reports, from the samples of a run, or merged ones from
    what they were merged of."""
    from reports.folder import SAMPLES
    from reports.power import files as power
    from reports.scale import files as scale
    from reports.speed.command import conclude
    from reports.speed.files import finish, load, write_speed

    if scale.is_run(told.folder):
        return scaled(scale.load(told.folder), told.folder)
    if power.is_run(told.folder):
        written = power.write_power(power.load(told.folder), told.folder)
        print("Wrote " + ", ".join(map(str, written)))
        return OK
    run = load(told.folder)
    samples = told.folder / SAMPLES
    if samples.exists() and samples.stat().st_size:
        run = finish(told.folder, run["runs"][0])
    return conclude(run, write_speed(run, told.folder))


def scaled(run: dict[str, Any], out: Path) -> int:
    """The reports of a scaling run, or of several."""
    from reports.scale.command import tell
    from reports.scale.files import write_scale

    return tell(run, write_scale(run, out))


def judge(told: argparse.Namespace) -> int:
    """compare: B over A."""
    from reports.speed.comparison import compare, machines
    from reports.speed.files import load
    from reports.tables import render

    a, b = load(told.a), load(told.b)
    table, slower, ratios = compare(a, b)
    print(render(table, "simple"))
    for name, run in (("A", a), ("B", b)):
        for each in run["runs"]:
            print(f"{name}: {described(each)}")
    if machines(a) != machines(b):
        print("A and B are of different machines, and so may their ratios be")
    print(ratios)
    if slower is None:
        return USAGE
    print(f"{slower} slower beyond noise" if slower
          else "nothing is shown to be slower")  # fmt: skip
    return SLOWER if slower else OK


def described(run: dict[str, Any]) -> str:
    """A run in one line."""
    from reports.machine import name_machine

    machine = run["machine"]
    return (
        f"{name_machine(run)}, {machine['date'][:16]}, commit "
        f"{machine['commit']}, {run['form']} form, {run['blocks']} blocks"
    )


def together(told: argparse.Namespace) -> int:
    """merge: several machines in one report."""
    from reports.folder import SAMPLES, Refused
    from reports.rendering import check_folder
    from reports.scale import files as scale
    from reports.speed.command import conclude
    from reports.speed.files import load, write_speed

    if told.out.resolve() in {folder.resolve() for folder in told.folders}:
        raise Refused(f"OUT must be none of the runs, got {told.out}")
    if (told.out / SAMPLES).exists():
        raise Refused(f"OUT must not hold a run of its own, got {told.out}")
    if len({folder.resolve() for folder in told.folders}) < len(told.folders):
        raise Refused("each RUN must be given once, and one is given twice")
    of_scale = scale.is_run(told.folders[0])
    read = scale.load if of_scale else load
    if (told.out / "run.json").exists():
        read(told.out)  # Refused where it is no report of this kind
    runs = [read(folder) for folder in told.folders]
    every = [each for run in runs for each in run["runs"]]
    if any(each in every[:k] for k, each in enumerate(every)):
        raise Refused("each RUN must be given once, and two hold the same")
    merged = {**runs[0], "runs": every}
    check_folder(told.out)
    if of_scale:
        return scaled(merged, told.out)
    return conclude(merged, write_speed(merged, told.out))
