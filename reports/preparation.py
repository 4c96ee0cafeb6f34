"""What runs beside the main process: python -m reports.preparation FOLDER.

Everything that takes long, needs no clock and can be had in advance: the
parity of the implementations that call a compiler, the compilation of what
the speed table will time, and the exact parameters that the timed trainings
must come to.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from parity_tests.implementations import Choice
from parity_tests.trajectory import follow
from reports.parity import check_one, parity_cases
from reports.sizes import SIZES, environment, size_case
from reports.speed import End
from reports.training import load_study

__all__ = ["Preparation"]


class Preparation:
    """A process that prepares, from its start to its result."""

    def __init__(self, compiled: list[Choice], folder: Path) -> None:
        self.folder = folder
        task = json.dumps([vars(choice) for choice in compiled])
        command = [sys.executable, "-m", "reports.preparation", str(folder)]
        cpu = Choice("reference", "eager", "float32", "cpu")
        self.process = subprocess.Popen(
            [*command, task],
            env=environment(compiled[-1] if compiled else cpu),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def result(
        self,
    ) -> tuple[list[dict[str, Any]], dict[str, str], dict[str, End]]:
        """Parity of the compiled, which failed, and where each size ends."""
        _, errors = self.process.communicate()
        if self.process.returncode != 0:
            raise RuntimeError(f"the process beside failed:\n{errors}")
        ends = {}
        for size in SIZES:
            with np.load(self.folder / f"{size.name}.npz") as saved:
                ends[size.name] = End(saved["theta"], float(saved["radius"]))
        rows, failed = json.loads((self.folder / "parity.json").read_text())
        return rows, failed, ends

    def stop(self) -> None:
        """End the process, if it still runs."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def one_line(error: Exception) -> str:
    """What went wrong, in the space of a table's cell."""
    return f"failed: {type(error).__name__}: {error}".splitlines()[0][:120]


def main(folder: Path, task: str) -> None:
    """Prepare everything, and leave it in the folder."""
    compiled = [Choice(**told) for told in json.loads(task)]
    # A compiler run for each shape: the real data alone.
    cases = parity_cases(load_study())[:1]
    rows, failed = [], {}
    for choice in compiled:
        try:
            rows += check_one(choice, cases, thorough=False)
        except Exception as error:  # a compiler has many ways to fail
            failed[f"{choice.name} {choice.mode}"] = one_line(error)
    (folder / "parity.json").write_text(json.dumps([rows, failed]))
    for size in SIZES:
        case = size_case(size)
        for choice in compiled:
            if choice.dtype == "float32" and not failed:
                # Into the compiler's cache on disk.
                choice.build().train(
                    case.network, case.parameters, case.X, case.Y,
                    learning_rate=case.learning_rate, steps=1, l2=case.l2,
                )  # fmt: skip
        path = follow(case, np.dtype(np.float32), size.steps)
        np.savez(
            folder / f"{size.name}.npz",
            theta=path.thetas[-1], radius=path.radii[-1],
        )  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
