"""Judging what may crash, hang or print: in processes of its own.

Each proof has its time; one that takes longer ends its process, and the
next process goes on after it. So does one that crashes.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from parity_tests.judging.examination import Finding
from parity_tests.judging.packing import unpacked
from parity_tests.judging.target import NoTarget

__all__ = ["Judged", "judge"]

ROOT = Path(__file__).parents[2]
ENOUGH = 2
"""Times that a method may hang or crash before the rest of it is left out."""
START = 120.0
"""Seconds that a target may take to be imported."""


@dataclass
class Judged:
    """What all processes found, in the order of the ladder."""

    dtype: str = "float64"
    asked: list[Finding] = field(default_factory=list)
    """A finding without answers for each proof of the ladder."""
    findings: dict[int, Finding] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    """Set where nobody waits any longer."""
    running: set[subprocess.Popen[bytes]] = field(default_factory=set)

    def stop(self) -> None:
        """End all that runs, and begin nothing more."""
        self.stopped.set()
        for process in list(self.running):
            end(process)

    @property
    def in_order(self) -> list[Finding]:
        """The findings as the ladder has them."""
        return [self.findings[k] for k in sorted(self.findings)]


def judge(
    target: str, timeout: float = 60.0, thorough: bool = False, parts: int = 2
) -> Judged:
    """All proofs of a target, shared out to so many processes at a time.

    NoTarget where there is nothing to judge, RuntimeError where importing
    it fails.
    """
    judged, errors = Judged(), list[Exception]()
    settings: dict[str, Any] = {
        "target": target, "thorough": thorough, "of": parts,
    }  # fmt: skip

    def share(part: int, around: dict[str, str]) -> None:
        try:
            judge_part(judged, settings | {"part": part}, timeout, around)
        except Exception as error:
            errors.append(error)

    with tempfile.TemporaryDirectory() as compiled:
        around = surroundings(compiled)
        threads = [
            threading.Thread(target=share, args=(part, around), daemon=True)
            for part in range(parts)
        ]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        except BaseException:
            judged.stop()
            raise
    if errors:
        raise errors[0]
    judged.remarks = list(dict.fromkeys(judged.remarks))
    return judged


def judge_part(
    judged: Judged, settings: dict[str, Any], timeout: float,
    around: dict[str, str],
) -> None:  # fmt: skip
    """Processes one after the other, until all of a part is judged."""
    trouble: Counter[str] = Counter()
    left: list[int] | None = None
    part, parts = settings["part"], settings["of"]
    while (left is None or left) and not judged.stopped.is_set():
        told = settings | {"numbers": left}
        stopped = one_process(judged, told, timeout, around)
        if stopped is None:
            return
        method = judged.asked[stopped].method
        trouble[method] += 1
        left = [
            k
            for k in range(len(judged.asked))
            if k % parts == part and k not in judged.findings
        ]
        if trouble[method] >= ENOUGH:
            for k in left:
                if judged.asked[k].method == method:
                    judged.findings[k] = replace(
                        judged.asked[k],
                        missing=f"{method}, left out after {ENOUGH} failures",
                    )
            left = [k for k in left if k not in judged.findings]


def one_process(
    judged: Judged, settings: dict[str, Any], timeout: float,
    around: dict[str, str],
) -> int | None:  # fmt: skip
    """The number of the proof that ended it; None if it came to its end."""
    reading, writing = os.pipe()
    with tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(
            [sys.executable, "-m", "parity_tests.judging.child",
             str(writing), json.dumps(settings)],
            env=around, pass_fds=[writing], stdin=subprocess.DEVNULL,
            stdout=printed, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        judged.running.add(process)
        if judged.stopped.is_set():
            end(process)
        os.close(writing)
        pipe = Connection(reading, writable=False)
        try:
            return listen(judged, pipe, process, timeout)
        finally:
            pipe.close()
            end(process)
            judged.running.discard(process)
            if printed.tell():
                judged.remarks.append("it prints, which nobody sees here")


def listen(
    judged: Judged, pipe: Connection, process: subprocess.Popen[bytes],
    timeout: float,
) -> int | None:  # fmt: skip
    """What the process says, until it ends, crashes or is late."""
    doing, patience = -1, START
    since = time.monotonic()
    while True:
        waits = max(0.0, since + patience - time.monotonic())
        if not pipe.poll(waits):
            end(process)
            if doing < 0:
                raise RuntimeError(f"the import took more than {START:g} s")
            note(judged, doing, f"no answer within {timeout:g} s")
            return doing
        try:
            word, *told = pipe.recv()
        except (EOFError, OSError):
            process.wait()
            how = ended(process.returncode)
            if doing < 0:
                raise RuntimeError(f"importing it {how}") from None
            note(judged, doing, f"the process {how}")
            return doing
        since = time.monotonic()
        if word == "ready":
            (judged.asked,) = told
        elif word == "begin":
            doing, patience = told[0], timeout
        elif word == "done":
            k, packed, judged.dtype, remarks = told
            judged.findings[k] = unpacked(packed)
            judged.remarks += remarks
        elif word == "no target":
            raise NoTarget(told[0])
        elif word == "broken":
            raise RuntimeError(f"importing it raised {told[0]}")
        else:
            return None


def note(judged: Judged, k: int, error: str) -> None:
    """A proof that its process did not survive."""
    judged.findings[k] = replace(judged.asked[k], error=error)


def ended(status: int) -> str:
    """How a process ended."""
    if status < 0:
        return f"was ended by {signal.Signals(-status).name}"
    return f"ended with exit status {status}"


def end(process: subprocess.Popen[bytes]) -> None:
    """It, and all that it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def surroundings(compiled: str) -> dict[str, str]:
    """The environment of a process: ours importable, one thread each.

    What JAX compiles it runs a few times: little is optimized, and what one
    process has compiled lies in that folder for the others.
    """
    path = os.environ.get("PYTHONPATH", "")
    return {
        "XLA_FLAGS": "--xla_backend_optimization_level=0",
        "JAX_COMPILATION_CACHE_DIR": compiled,
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, (path, str(ROOT)))),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
