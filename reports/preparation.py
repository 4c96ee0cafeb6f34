"""What runs beside the main process: python -m reports.preparation FOLDER.

What takes long and needs no clock: the parity of the implementations that
compile.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parity_tests.implementations import Choice
from reports.parity import check_one, parity_cases
from reports.surroundings import environment
from reports.training import load_study

__all__ = ["Preparation", "Prepared", "Task"]


@dataclass(frozen=True)
class Task:
    """What a process beside is asked for."""

    choices: tuple[Choice, ...] = ()
    """Implementations to prove."""
    extent: str = "quick"

    def to_json(self) -> str:
        """For the command line of the process."""
        choices = [vars(choice) for choice in self.choices]
        return json.dumps({**vars(self), "choices": choices})

    @staticmethod
    def from_json(text: str) -> Task:
        """And back."""
        told = json.loads(text)
        choices = tuple(Choice(**choice) for choice in told["choices"])
        return Task(**{**told, "choices": choices})


@dataclass(frozen=True)
class Prepared:
    """What it found."""

    parity: list[dict[str, Any]]
    clauses: list[dict[str, Any]]
    failed: dict[str, str]


class Preparation:
    """A process that prepares, from its start to its result."""

    def __init__(self, task: Task, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        command = [sys.executable, "-m", "reports.preparation", str(folder)]
        self.process = subprocess.Popen(
            [*command, task.to_json()],
            # Threads of several processes would wait for each other.
            env=environment(task.choices[-1].device, 1),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def result(self) -> Prepared:
        """Wait for it, and read what it left; RuntimeError if it failed."""
        _, errors = self.process.communicate()
        if self.process.returncode != 0:
            raise RuntimeError(f"the process beside failed:\n{errors}")
        told = json.loads((self.folder / "told.json").read_text())
        return Prepared(told[0], told[1], told[2])

    def stop(self) -> None:
        """End the process, if it still runs."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def one_line(error: Exception) -> str:
    """What went wrong, in the space of a table's cell."""
    return f"failed: {type(error).__name__}: {error}".splitlines()[0][:120]


def main(folder: Path, task: Task) -> None:
    """Prepare everything, and leave it in the folder."""
    os.nice(5)  # the tables of the main process are waited for
    cases = parity_cases(load_study())
    if task.extent == "training":
        cases = cases[:1]  # a compiler run for each shape: the real data
    parity: list[dict[str, Any]] = []
    clauses: list[dict[str, Any]] = []
    failed = {}
    for choice in task.choices:
        try:
            rows, of_clauses = check_one(choice, cases, task.extent)
        except Exception as error:  # a compiler has many ways to fail
            failed[f"{choice.name} {choice.mode}"] = one_line(error)
        else:
            parity, clauses = parity + rows, clauses + of_clauses
    (folder / "told.json").write_text(json.dumps([parity, clauses, failed]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Task.from_json(sys.argv[2]))
