"""Doing the tasks: as many at once as there are cores, each result kept."""

from __future__ import annotations

import functools
import hashlib
import json
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from reference.backend import cores
from reports.folder import append, read_lines
from reports.power.tasks import Task, perform
from reports.surroundings import environment, versions

__all__ = ["code_hash", "read_found", "run_tasks"]

ROOT = Path(__file__).resolve().parents[2]
JUDGED = ("reference", "torch_impl", "jax_impl", "parity_tests")


@functools.cache
def code_hash() -> str:
    """Of the suite and of what it judges, the libraries included, as they
    were when the run began."""
    digest = hashlib.sha256()
    files = [p for name in JUDGED for p in (ROOT / name).rglob("*.py")]
    for path in sorted([*files, Path(__file__).with_name("tasks.py")]):
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    digest.update(json.dumps([sys.version, versions()]).encode())
    return digest.hexdigest()[:12]


def read_found(folder: Path) -> dict[str, dict[str, Any]]:
    """What this code has found by now, by the task's key."""
    return {
        line["key"]: line
        for line in read_lines(folder, fault_of)
        if line["code"] == code_hash()
    }


NEEDED = ("key", "kind", "name", "dtype", "code", "seconds", "found")


def fault_of(told: Any) -> str:
    """What keeps a line from being a result, or the empty string."""
    if not isinstance(told, dict):
        return f"a sample must be an object, got {told!r:.80}"
    lacking = [name for name in NEEDED if name not in told]
    if lacking:
        return f"a sample must have {', '.join(NEEDED)}, lacks {lacking[0]}"
    if not isinstance(told["key"], str):
        return f"key must be a string, got {told['key']!r:.80}"
    if not isinstance(told["found"], dict) or not told["found"]:
        return f"found must be an object, got {told['found']!r:.80}"
    return ""


def run_tasks(
    folder: Path, tasks: list[Task], say: Callable[[str], None]
) -> None:
    """Do what is missing; every result is on the disk when it is there."""
    done = read_found(folder)
    missing = [task for task in tasks if task.key not in done]
    start = time.perf_counter()
    spawn = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(cores(), spawn, signal.signal,
                               (signal.SIGINT, signal.SIG_IGN))  # fmt: skip
    with one_thread_each(), ended_at_once(pool):
        running = {pool.submit(timed, task): task for task in missing}
        for k, future in enumerate(as_completed(running), start=1):
            if k == 1:  # the start of the workers is no task's time
                start = time.perf_counter()
            task, (seconds, found) = running[future], future.result()
            append(
                folder,
                {
                    "key": task.key,
                    "kind": task.kind,
                    "name": task.name,
                    "dtype": task.dtype,
                    "code": code_hash(),
                    "seconds": seconds,
                    "found": found,
                },
            )
            spent = time.perf_counter() - start
            left = spent / max(1, k - 1) * (len(missing) - k)
            remains = f"about {left:.0f} s left, " if k > 1 else ""
            say(f"{k} of {len(missing)}, {remains}{task.key}")


@contextmanager
def ended_at_once(pool: ProcessPoolExecutor) -> Iterator[None]:
    """The scope that its workers do not outlive: where it is left by Ctrl-C,
    nobody waits for what they are at."""
    before = {child.pid for child in psutil.Process().children()}
    try:
        yield
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in psutil.Process().children():
            if child.pid not in before:
                child.kill()
        raise
    pool.shutdown()


def timed(task: Task) -> tuple[float, dict[str, Any]]:
    """What a task found, and how long it took."""
    start = time.perf_counter()
    found = perform(task)
    return time.perf_counter() - start, found


@contextmanager
def one_thread_each() -> Iterator[None]:
    """The scope in which processes beside are given one thread and no GPU."""
    before = dict(os.environ)
    os.environ.update(environment("cpu", 1))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
