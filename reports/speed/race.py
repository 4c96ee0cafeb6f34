"""Randomised complete blocks of fresh processes, and what each one found.

samples.jsonl gets a line for each process that has ended, and is only ever
appended to: a run that was killed goes on where it stopped.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from reports.folder import SAMPLES, Refused, append
from reports.speed.children import child
from reports.speed.conditions import cores_of, row_environment
from reports.speed.contenders import installed
from reports.speed.folder import read_samples
from reports.speed.handover import handover
from reports.speed.limits import LIBRARIES
from reports.speed.proof import truth_path
from reports.speed.rows import Row, code_hash
from reports.speed.steadiness import TRIES, is_good, is_settled, nearest

__all__ = ["BLOCKS", "SECONDS", "Race"]

BLOCKS = {"full": 6, "quick": 3}
SECONDS = {"full": 0.4, "quick": 0.2}
"""How long the samples of one process take together."""
TIME_LIMIT = 300.0
TRUTH_LIMIT = 1800.0
"""Seconds after which a process counts as hung."""
CHANCES = 2
"""Failures after which a row is not run again."""
LOOKS = 10
"""Processes that find out how near the cores can be."""


class Race:
    """A run in its folder: what is done, and what is to do."""

    def __init__(
        self,
        folder: Path,
        rows: list[Row],
        say: Callable[[str], None],
        form: str = "full",
        *,
        blocks: int | None = None,
        seconds: float | None = None,
        with_limits: bool = True,
        time_limit: float = TIME_LIMIT,
        absent: Callable[[Row], str] = lambda row: row.who.absent(),
    ) -> None:
        self.folder, self.rows, self.say, self.form = folder, rows, say, form
        self.blocks = blocks or BLOCKS[form]
        self.seconds = seconds or SECONDS[form]
        self.time_limit, self.absent = time_limit, absent
        self.untrue: dict[Path, str] = {}
        limits = limit_rows(rows, absent) if with_limits else ()
        self.limits = list(dict.fromkeys(limits))
        folder.mkdir(parents=True, exist_ok=True)
        kept = [s for s in read_samples(folder) if s.get("code") == code_hash()]
        self.failed: Counter[str] = Counter()
        self.nearest = nearest(kept)
        # What failed or was absent in an earlier run is tried again.
        tries: dict[tuple[str, int], list[Any]] = defaultdict(list)
        for s in kept:
            if s["form"] == form:
                tries[s["key"], s["block"]].append(s)
        self.done = {
            place for place, found in tries.items() if self.enough(found)
        }

    @property
    def path(self) -> Path:
        """Where every sample is kept."""
        return self.folder / SAMPLES

    def run(self) -> None:
        """Measure whatever is missing."""
        todo = list(self.missing())
        self.find_truths({row for row, _ in todo})
        self.tell_absent()
        self.look_around({row for row, _ in todo})
        start = time.perf_counter()
        for i, (row, block) in enumerate(todo):
            spent = time.perf_counter() - start
            rest = duration(spent / max(i, 1) * (len(todo) - i))
            left = f", about {rest} left"
            self.say(
                f"block {block + 1} of {self.blocks}, {i + 1} of {len(todo)}"
                f"{left if i > 5 else ''}: {row}"
            )
            self.sample(row, block)

    def look_around(self, rows: set[Row]) -> None:
        """How near the cores can be, before anything is held against it."""
        for threads in {r.threads for r in rows if r.device == "cpu"} - {1}:
            if self.form == "full":
                found = min(handover(threads) for _ in range(LOOKS))
                known = self.nearest.get(threads, found)
                self.nearest[threads] = min(known, found)

    def sample(self, row: Row, block: int) -> None:
        """One process; another if it failed, or was disturbed."""
        for attempt in range(TRIES):
            if self.failed[row.key] >= CHANCES:
                return
            found = self.append(row, block, self.measure(row, block, attempt))
            if self.enough([found]):
                return

    def enough(self, tries: list[dict[str, Any]]) -> bool:
        """Whether a row need not be measured again in a block."""
        if self.form != "full":  # no time to wait for a better moment
            return any(map(is_good, tries))
        return is_settled(tries, self.nearest)

    def tell_absent(self) -> None:
        """A line for each row that cannot be timed here, once."""
        told = {s["key"] for s in read_samples(self.folder)}
        for row in self.rows:
            if self.absent(row) and row.key not in told:
                lacking = {"error": None, "absent": self.absent(row)}
                self.append(row, 0, lacking)

    def missing(self) -> Iterator[tuple[Row, int]]:
        """Each row in each block that has no sample, in random order, which
        is another in every run."""
        rng = np.random.default_rng()
        here = [row for row in self.rows if not self.absent(row)]
        rows = [*here, *self.limits]
        for block in range(self.blocks):
            for i in rng.permutation(len(rows)):
                if (rows[i].key, block) not in self.done:
                    yield rows[i], block

    def truth_path(self, row: Row) -> Path:
        """Where the truths of a row's workload are kept, by their steps."""
        name = f"{row.workload}-{row.dtype}-{code_hash()}"
        return self.folder / "truth" / name.replace(" ", "-")

    def find_truths(self, rows: set[Row]) -> None:
        """Those of the rows that are not there yet, a process each."""
        (self.folder / "truth").mkdir(exist_ok=True)
        wanted = {
            self.truth_path(row): row
            for row in rows
            if row.contender not in LIBRARIES and row.what.family != "check"
        }
        for path, row in sorted(wanted.items()):
            if not truth_path(path, row.what.steps).exists():
                self.say(f"the truth of {row.workload} in {row.dtype}")
                command = [sys.executable, "-m", "reports.speed.truth",
                           row.workload, row.dtype, str(path)]  # fmt: skip
                found = child(command, row_environment(row, self.cache(row)),
                              TRUTH_LIMIT, self.log(row, "truth"))  # fmt: skip
                if found["error"]:
                    self.untrue[path] = found["error"]

    def cache(self, row: Row) -> Path:
        """Where the compilers of a row keep what they made."""
        return self.folder / "cache" / row.key

    def log(self, row: Row, *which: object) -> Path:
        """What the row's process said in that block and try, if it failed."""
        told = ", ".join(map(str, (row, *which)))
        name = re.sub("[^A-Za-z0-9]+", "-", told)
        return self.folder / "logs" / f"{name}.txt"

    def measure(self, row: Row, block: int, attempt: int) -> dict[str, Any]:
        """What a fresh process finds, or the error that it ended in."""
        if self.truth_path(row) in self.untrue:
            why = self.untrue[self.truth_path(row)]
            return {"error": f"nothing to prove it by: {why}"}
        cache = self.cache(row)
        filled = cache / "filled"
        cold = not filled.exists()
        if cold:  # without what one that failed has left
            shutil.rmtree(cache, ignore_errors=True)
        cache.mkdir(parents=True, exist_ok=True)
        task = {
            **asdict(row),
            "affinity": cores_of(row),
            "truth": str(self.truth_path(row)),
            "form": self.form,
            "seconds": self.seconds,
            "asked": time.time(),
        }
        command = [sys.executable, "-m", "reports.speed.worker"]
        found = child(
            [*command, json.dumps(task)], row_environment(row, cache),
            self.time_limit, self.log(row, block, attempt),
        )  # fmt: skip
        if found.get("code", code_hash()) != code_hash():
            raise Refused(
                "the code must stay as it is while it is measured: it has "
                f"changed since {self.folder} was begun; start again"
            )
        if found["error"] is None:
            filled.touch()
        return {"cold": cold, "nearest": self.nearest.get(row.threads), **found}

    def append(
        self, row: Row, block: int, found: dict[str, Any]
    ) -> dict[str, Any]:
        """One line more, on the disk before the next process starts."""
        line = {
            "key": row.key,
            "row": asdict(row),
            "block": block,
            "form": self.form,
            "code": code_hash(),
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            **found,
        }
        if found["error"]:
            self.failed[row.key] += 1
        append(self.folder, line)
        return line


def limit_rows(rows: list[Row], absent: Callable[[Row], str]) -> Iterator[Row]:
    """The machine's own limits, by each library, for what the rows use."""
    for row in rows:
        if row.what.family in ("check", "logistic") or absent(row):
            continue
        for library, needed in LIBRARIES.items():
            on_device = row.device != "cpu"
            # A device is measured by the library of the row, which has it.
            if installed(needed) and (
                needed == row.who.family or not on_device
            ):
                yield Row(library, "W1", row.dtype, row.device, row.threads)


def duration(seconds: float) -> str:
    """Seconds, minutes or hours, as one says them."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
