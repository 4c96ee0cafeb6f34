"""One rank of a measurement, in a crew or under a launcher.

All of them do the same: build the training, meet, take the steps, meet
again. Only the steps are on the clock, and what came of the last of them is
held against the exact training.
"""

from __future__ import annotations

import functools
import importlib
import os
import platform
import statistics
import time
import uuid
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from reports.scale.collectives import collectives_of, sums
from reports.scale.rows import ENGINES, Row, workload_of
from reports.speed.proof import Truth, truth_path
from reports.speed.workloads import workload_case

__all__ = ["CORES", "Rank", "implementation"]

CORES = "REPORTS_SCALE_CORES"
"""Variable of a rank: the cores that it may run on, with commas."""
WARM, SAMPLES, REPEATED = 2, 12, 5
SUMS = 8
"""Sums over ranks in a row, as they come in a training."""
SIZES = (1, 2**8, 2**12, 2**16, 2**18, 2**20)
"""Numbers of a sum over ranks, for the time of a link."""


class Rank:
    """The rank that this process is."""

    def __init__(self, device: str, dtype: str, engine: str) -> None:
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, own_cores())
        self.engine, self.dtype = ENGINES[engine], np.dtype(dtype)
        package = importlib.import_module(self.engine.package)
        self.contract = package.implementation(device, dtype, self.engine.mode)
        self.page = self.contract.pages.data_parallel
        self.is_first = self.contract.is_first

    def take_part(self, what: str, arguments: Any, named: Any) -> Any:
        """measure or link, which all ranks do together."""
        with self.contract.scope():
            return getattr(self, what)(*arguments, **named)

    def any_says(self, yes: bool) -> bool:
        """Whether the answer of any rank is yes, which all are told."""
        return any(self.contract.gather(int(yes)))

    def measure(self, row: Row, truth: str) -> dict[str, Any]:
        """Seconds of a step, what went over the network, and the proof."""
        workload = workload_of(row)
        case = workload_case(workload)
        given = self.contract.to_native(case.cast(self.dtype))
        settings = {"learning_rate": case.learning_rate, "l2": case.l2}

        def fresh() -> Any:
            return self.page.Training(
                self.contract.group, case.network, *given, **settings
            )

        for _ in range(WARM):
            self.steps(fresh(), workload.steps)
        seconds, sent = [], 0
        for _ in range(SAMPLES):
            training = fresh()
            self.meet()
            before, clock = bytes_sent(), time.perf_counter()
            found = self.steps(training, workload.steps)
            self.meet()
            seconds.append((time.perf_counter() - clock) / workload.steps)
            sent += bytes_sent() - before
        sent = self.of_all_hosts(sent)
        theta, costs = self.contract.to_numpy(found)
        told = self.collectives(fresh(), workload.steps)
        if not self.is_first:
            return {}
        flat = np.concatenate([np.ravel(a) for layer in theta for a in layer])
        due = Truth.load(truth_path(Path(truth), workload.steps))
        return {
            "seconds": seconds,
            "sent": sent / SAMPLES / workload.steps,
            "proof": due.proof(flat, np.asarray(costs), str(self.dtype)),
            "collectives": told,
        }

    def of_all_hosts(self, sent: int) -> int:
        """The sum of what their machines sent: of each once, however many
        ranks it has."""
        hosts = self.contract.gather(this_host())
        each = dict(zip(hosts, self.contract.gather(sent), strict=True))
        return sum(each.values())

    def link(self) -> list[tuple[int, float]]:
        """Bytes of a sum over ranks, and its seconds, the median."""
        found = []
        for n in SIZES:
            call = sums(self.contract, n, SUMS)
            call()
            seconds = []
            for _ in range(REPEATED):
                self.meet()
                clock = time.perf_counter()
                call()
                seconds.append(time.perf_counter() - clock)
            each = statistics.median(seconds) / SUMS
            found.append((n * self.dtype.itemsize, each))
        return found

    @property
    def is_torch(self) -> bool:
        """Whose engine it is."""
        return self.engine.package == "torch_impl"

    def steps(self, training: Any, steps: int) -> Any:
        """So many of them, to their end: the parameters and the costs."""
        if self.is_torch:
            import torch

            costs = torch.stack([training.step() for _ in range(steps)])
            found = training.parameters(), costs
        else:
            found = training.steps(steps)
        self.contract.synchronize(found)
        return found

    def meet(self) -> None:
        """Go on when all ranks are here: a sum needs each of them."""
        self.least_sum()

    @functools.cached_property
    def least_sum(self) -> Callable[[], Any]:
        """Of one number."""
        return sums(self.contract, 1, 1)

    def collectives(self, training: Any, steps: int) -> list[Any]:
        """What the compiler says that a step sends: kinds and bytes; of
        PyTorch nobody says it, and nothing is told."""
        if self.is_torch:
            return []
        return collectives_of(training.compiled(steps))


def own_cores() -> list[int]:
    """The cores that this rank is told to run on; of those that it may use,
    its share by torchrun's word; else all of them."""
    there = sorted(os.sched_getaffinity(0))
    if told := os.environ.get(CORES):
        return [int(core) for core in told.split(",")]
    local, ranks = (
        int(os.environ.get(f"LOCAL_{name}", default))
        for name, default in (("RANK", "0"), ("WORLD_SIZE", "1"))
    )
    share = max(1, len(there) // ranks)
    first = local * share % len(there)
    return there[first : first + share]


def this_host() -> int:
    """A number of what bytes_sent counts for: a machine, or the part of it
    that has a network of its own."""
    network = Path("/proc/self/ns/net")
    part = os.readlink(network) if network.exists() else ""
    return zlib.crc32(f"{uuid.getnode()} {platform.node()} {part}".encode())


def bytes_sent() -> int:
    """By this machine, over every interface, its own included."""
    return int(psutil.net_io_counters().bytes_sent)


def implementation(device: str, dtype: str, engine: str) -> Rank:
    """As a crew asks its members for it."""
    return Rank(device, dtype, engine)
