"""python -m reports scale."""

from __future__ import annotations

import argparse
import importlib.util
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reports.launcher import Place, launched, leave

__all__ = ["measure_scale"]

OK, USAGE, REFUSED, INTERRUPTED = 0, 2, 4, 130
NEEDS = {"torch_impl": "torch", "jax_impl": "jax"}


def measure_scale(
    told: argparse.Namespace, arguments: list[str], progress: Callable[[], Any]
) -> int:
    """Measure what is missing, and write the reports; under a launcher as
    one of its ranks."""
    # Imported late: --help and a wrong flag answer at once.
    from reference.backend import cores
    from reports.folder import alone_in
    from reports.rendering import check_folder
    from reports.scale.race import OWN, check_place, race, tasks_of

    out = told.out or Path("out/scale-quick" if told.quick else "out/scale")
    blocks = told.blocks or (1 if told.quick else 3)
    here = [p for p, needs in NEEDS.items() if importlib.util.find_spec(needs)]
    command = "python -m reports " + shlex.join(arguments)
    place = launched()
    if place is not None:
        if told.ranks:
            print(f"--ranks must be left to {place.launcher}, which has "
                  f"started {place.size}", file=sys.stderr)  # fmt: skip
            return USAGE
        here = [place.package]
    ranks = [place.size] if place else told.ranks or doubled(cores())
    tasks = tasks_of(ranks, blocks, told.only, here)
    if not tasks:
        print(f"--only must be part of an engine's name, got {told.only}",
              file=sys.stderr)  # fmt: skip
        return USAGE
    if place is not None and place.rank > 0:
        return as_rank(None, tasks, told, place, lambda text: None)
    try:
        check_folder(out)
    except OSError as error:
        print(f"--out must be a folder that can be written, got {out}: "
              f"{error.strerror or error}", file=sys.stderr)  # fmt: skip
        return USAGE
    with alone_in(out):
        check_place(out, in_words(place, told.device) if place else OWN)
        shown = progress()
        try:
            if place is None:
                race(out, tasks, shown.say)
            elif status := as_rank(out, tasks, told, place, shown.say):
                return status
        except KeyboardInterrupt:
            shown.close()
            print(f"interrupted: every finished line is in {out}; the same "
                  "command goes on from there", file=sys.stderr)  # fmt: skip
            return INTERRUPTED
        finally:
            shown.close()
        return conclude(out, command)


def in_words(place: Place, device: str) -> str:
    """Whose ranks they are, and on what."""
    return f"ranks of {place.launcher} on {device}"


def as_rank(
    out: Path | None, tasks: list[Any], told: argparse.Namespace,
    place: Place, say: Callable[[str], None],
) -> int:  # fmt: skip
    """Take part as one of a launcher's ranks; the exit status."""
    from reference.specification import RankError
    from reports.scale.race import race_as_rank

    try:
        race_as_rank(out, tasks, told.device, in_words(place, told.device), say)
    except RankError as error:
        print(error, file=sys.stderr)
        return leave(REFUSED)
    return OK


def conclude(out: Path, command: str) -> int:
    """Write the reports, and say what came out."""
    from reports.scale.files import finish, write_scale

    run = finish(out, command)
    return tell(run, write_scale(run, out))


def tell(run: dict[str, Any], written: list[Path]) -> int:
    """What came out of a run, or of several; the exit status."""
    from reports.scale.files import machines
    from reports.scale.results import measured_rows, outlooks, refusals
    from reports.scale.tables import headline

    faults = []
    for own in machines(run):
        rows = measured_rows(own["found"])
        print("\n".join(headline(rows, outlooks(rows, own["found"]))))
        faults += refusals(own["found"])
    for fault in faults:
        print(f"REFUSED: {fault}")
    print("Wrote " + ", ".join(map(str, written)))
    return REFUSED if faults else OK


def doubled(most: int) -> list[int]:
    """1, 2, 4, ... up to the cores, and two on any machine."""
    found = [1, 2]
    while 2 * found[-1] <= most:
        found.append(2 * found[-1])
    return found
