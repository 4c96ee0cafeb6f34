"""python -m reports: the main job, from the data to the written report."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import signal
import sys
import time
from pathlib import Path

# Before anything imports JAX: it would take most of a GPU's memory.
os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")

from rich.console import Console

from reports.command_line import COMMANDS
from reports.commands import run

__all__ = ["main"]

EQUAL, USAGE, DIFFERENT, INTERRUPTED = 0, 2, 4, 130


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m reports",
        description="Train the same network on real data in NumPy, PyTorch "
        "and JAX, prove that all compute the same, and time them.",
        epilog="Writes report.md, report.html, clauses.html, run.json and "
        "summary.csv. "
        "Exit status: 0 all equal, 2 usage, 4 parity failed, "
        "130 interrupted. Other commands, each with its --help: "
        "python -m reports check (an implementation of yours), speed (the "
        "whole speed report), power, render, compare, merge.",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("out"),
        metavar="FOLDER",
        help="where to write (default: out/); made if it is not there",
    )
    parser.add_argument(
        "--compile",
        action="store_true",
        help="torch.compile too: a compiler run for each network, about 40 s",
    )
    parser.add_argument(
        "--thorough",
        action="store_true",
        help="every check of every clause, with torch.compile and with JAX op "
        "by op: a compiler run for each function, about 8 minutes",
    )
    return parser.parse_args(arguments)


class Progress:
    """What goes on: a spinner on a terminal, a line each when piped."""

    def __init__(self) -> None:
        self.console = Console()
        self.start = time.perf_counter()
        self.status = self.console.status("starting")
        if self.console.is_terminal:
            self.status.start()

    def say(self, line: str) -> None:
        """The step that begins now."""
        seconds = f"[{time.perf_counter() - self.start:4.0f} s]"
        if self.console.is_terminal:
            self.status.update(f"\\{seconds} {line}")
        else:
            print(seconds, line, flush=True)

    def show(self, text: str) -> None:
        """A table, to stay."""
        self.console.print(f"\n{text}\n", markup=False, highlight=False,
                           soft_wrap=True)  # fmt: skip
        sys.stdout.flush()

    def close(self) -> None:
        """Take the spinner away."""
        self.status.stop()


def job(told: argparse.Namespace) -> int:
    """What the command line asks for; the exit status."""
    out = told.out
    # Imported late: --help and a wrong flag answer at once.
    from reports.job import main_job
    from reports.rendering import check_folder, write_report
    from reports.tables import failures, verdict

    try:
        new = check_folder(out)
    except OSError as error:
        reason = error.strerror or str(error)
        print(f"--out must be a folder that can be written, got {out}: "
              f"{reason}", file=sys.stderr)  # fmt: skip
        return USAGE
    progress = Progress()
    try:
        found, drawn = main_job(
            told.compile, told.thorough, progress.say, progress.show
        )
        written = write_report(found, out, drawn)
    except BaseException:
        if new:
            remove_empty(out)
        raise
    finally:
        progress.close()
    print(verdict(found))
    print("Wrote " + ", ".join(map(str, written)))
    return DIFFERENT if failures(found) else EQUAL


def remove_empty(folder: Path) -> None:
    """Take away a folder that this run made, if nothing came into it."""
    with contextlib.suppress(OSError):
        folder.rmdir()


def main(arguments: list[str] | None = None) -> int:
    """Run the main job; the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        if given and given[0] in COMMANDS:
            return run(given, Progress)
        return job(parse(given))
    except KeyboardInterrupt:
        print("interrupted: nothing was written", file=sys.stderr)
        return INTERRUPTED


if __name__ == "__main__":
    # A terminal that has no µ is told a question mark, and no traceback.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    # Whoever ends the job from outside ends it as Ctrl-C does.
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):  # not all on Windows
            signal.signal(getattr(signal, name), signal.default_int_handler)
    sys.exit(main())
