"""One fresh process: python -m reports.speed.worker TASK.

It builds one contender, times it on one workload, and says what it found,
as one line of JSON: phases, samples, proof, threads and memory.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import reference
from parity_tests.cases import Case
from reference import Layer, Parameters
from reports.speed.children import end_with_parent
from reports.speed.contenders import CHECKERS, CONTENDERS, Contender, Timed
from reports.speed.handover import handover
from reports.speed.limits import LIBRARIES, measure_limits, storage
from reports.speed.proof import Truth, proof_of_check, truth_path
from reports.speed.rows import code_hash
from reports.speed.workloads import CHECKS, WORKLOADS, workload_case

__all__ = ["hidden", "main", "measure", "timed"]

Judge = Callable[[Timed, Any, int], dict[str, Any]]
"""What is told of a contender's result after so many steps."""
CGROUPS = ("/sys/fs/cgroup/cpu.stat", "/sys/fs/cgroup/cpu/cpu.stat")
"""Where version 2 and version 1 count how often they held a process back, in
a container; elsewhere the first has no such count at its root."""
FEWEST, MOST = 2, 500
SHORT = 0.0001
"""Seconds that may be hidden for no reason, beside half of a training."""
COPIED, ARRAY = 1e9, 3e-5
"""Bytes a second that a result is read with at the least, and the seconds
that each of its arrays takes."""
CHANCES = 3
"""Times that a result may look unfinished, before it counts as that."""


def timed(
    contender: Timed, start: Parameters, steps: int, seconds: float
) -> tuple[list[float], Any, float]:
    """Seconds of each training, the last result from the start, and the
    processor's seconds over the clock's.

    The start is on the device before the clock starts, and the clock stops
    when the device has finished. Every other training is from elsewhere, and
    from nowhere twice: a result that was kept, or of arrays that are not
    written again, is not the one that is due.
    """
    samples: list[float] = []
    trained, busy = None, 0.0
    end = time.perf_counter() + seconds
    while len(samples) < MOST:
        count = len(samples)
        here = start if count % 2 else elsewhere(start, count)
        begun = contender.fresh(here, steps)
        used, before = time.process_time(), time.perf_counter()
        trained = contender.train(begun, steps)
        contender.wait(trained)
        samples.append(time.perf_counter() - before)
        busy += time.process_time() - used
        enough = here is start and len(samples) >= FEWEST
        if enough and time.perf_counter() > end:
            break
    return samples, trained, busy / sum(samples)


def elsewhere(start: Parameters, count: int = 0) -> Parameters:
    """Other parameters of the same shapes, not far away: through a hundred
    layers of half the size nothing but zeros would come."""
    nearer = 0.99 - 0.0001 * count
    return tuple(
        Layer(W * W.dtype.type(nearer), b * b.dtype.type(nearer))
        for W, b in start
    )


def hidden(
    contender: Timed, start: Parameters, steps: int, with_one: bool
) -> float:
    """Seconds of a training that a sample of it does not have; 0 if none.

    Where wait returns too early, a training that is read at once takes
    longer than one that is waited for, and the reading of what has had
    time. Where a result is computed only when it is read, reading takes
    longer than training, and longer than to copy it. Where a single step is
    compiled, reading what came of that takes as long as of all of them.
    """
    unseen = 0.0
    for _ in range(CHANCES):
        plain = spent(contender, start, steps, contender.wait)
        whole = spent(contender, start, steps, partial(read, contender))
        many, size = reading(contender, start, steps, whole)
        allowed = SHORT + size / COPIED + 2 * len(start) * ARRAY
        late = [(whole - many) / 2 - plain - SHORT, many - plain - allowed]
        if with_one:
            alone = spent(contender, start, 1, contender.wait)
            one, _ = reading(contender, start, 1, whole)
            late += [many - one - plain - allowed, one - many - alone - allowed]
        if max(late) < 0:
            return 0.0
        unseen = max(late)
    return unseen


def read(contender: Timed, trained: Any) -> int:
    """All of a result, as somebody has it; its bytes."""
    return contender.theta(trained).nbytes + contender.costs(trained).nbytes


def spent(
    contender: Timed, start: Parameters, steps: int,
    end: Callable[[Any], Any],
) -> float:  # fmt: skip
    """Seconds of a training to its end, as somebody has it."""
    begun = contender.fresh(start, steps)
    before = time.perf_counter()
    end(contender.train(begun, steps))
    return time.perf_counter() - before


def reading(
    contender: Timed, start: Parameters, steps: int, pause: float
) -> tuple[float, int]:
    """Seconds until a result is read, which has had some more time; and its
    bytes."""
    trained = contender.train(contender.fresh(start, steps), steps)
    contender.wait(trained)
    time.sleep(pause)
    before = time.perf_counter()
    size = read(contender, trained)
    return time.perf_counter() - before, size


def measure(task: dict[str, Any]) -> dict[str, Any]:
    """Everything about one row, in one process."""
    name = task["contender"]
    if name in LIBRARIES:
        found = measure_limits(
            LIBRARIES[name], task["dtype"], task["device"], task["threads"]
        )
        return {"code": code_hash(), "limits": found}
    workload = (WORKLOADS | CHECKS)[task["workload"]]
    who = (CONTENDERS | CHECKERS)[name]
    case, steps = workload_case(workload), workload.steps
    resting = resident()
    start = case.cast(storage(task["dtype"]))[0]
    contender, phases = begin(task, who, case, elsewhere(start), steps)
    judge = judge_of(task, case)
    first = contender.train(contender.fresh(start, steps), steps)
    before = judge(contender, first, steps)
    apart = [handover(task["threads"])] if probed(task) else []
    samples, last, threads = timed(contender, start, steps, task["seconds"])
    apart += [handover(task["threads"])] if probed(task) else []
    after = judge(contender, last, steps)
    with_one = whole(task) and steps > 1
    single = latency(task, contender, start, judge) if with_one else {}
    if unseen := hidden(contender, start, steps, with_one):
        after |= {"passes": False, "unread": unseen}
    peak = {"before": resting, "peak": resident()}
    return {
        "code": code_hash(),
        "samples": samples,
        **single,
        "handover": apart,
        "steps": steps,
        "phases": phases,
        "before": before,
        "after": after,
        "threads": threads,
        "memory": peak | device_memory(who.family, task["device"]),
        "compiled": getattr(contender, "compiled_memory", dict)(),
    }


def whole(task: dict[str, Any]) -> bool:
    """Whether the time for everything is there: a quick form leaves some."""
    return task["form"] == "full"


def probed(task: dict[str, Any]) -> bool:
    """Whether the distance of the cores matters."""
    return whole(task) and task["threads"] > 1 and task["device"] == "cpu"


def begin(
    task: dict[str, Any], who: Contender, case: Case, start: Parameters,
    steps: int,
) -> tuple[Timed, dict[str, float]]:  # fmt: skip
    """The contender after its first call, and the seconds of each phase on
    the way there."""
    clock = time.perf_counter()
    phases = {"python and NumPy": task["started"] - task["asked"]}

    def lap(phase: str) -> None:
        nonlocal clock
        now = time.perf_counter()
        phases[phase], clock = now - clock, now

    for package in who.needs:
        __import__(package)
    lap("import")
    start_device(who.family, task["device"])
    lap("device")
    contender = who.build(case, task["dtype"], task["device"])
    begun = contender.fresh(start, steps)
    lap("transfer")
    contender.wait(contender.train(begun, steps))
    lap("first call")
    return contender, phases


def latency(
    task: dict[str, Any], contender: Timed, start: Parameters, judge: Judge
) -> dict[str, Any]:
    """Seconds of one step by itself, and its proof; compiled for that,
    before the clock starts."""
    contender.wait(contender.train(contender.fresh(start, 1), 1))
    samples, last, _ = timed(contender, start, 1, task["seconds"] / 4)
    return {"latency": samples, "single": judge(contender, last, 1)}


def judge_of(task: dict[str, Any], case: Case) -> Judge:
    """What a result after so many steps is held against."""
    if task["workload"] in CHECKS:
        data = case.cast(np.dtype(task["dtype"]))
        due = reference.backpropagation.gradients(
            case.network, data[0], data[1], data[2], case.l2
        )
        theta = reference.gradient_checking.flatten(due)
        return lambda contender, found, _: proof_of_check(
            theta, contender.theta(found)
        )
    truths = {
        k: Truth.load(truth_path(Path(task["truth"]), k))
        for k in (case.steps, 1)
    }
    return lambda contender, found, k: truths[k].proof(
        contender.theta(found), contender.costs(found), task["dtype"]
    )


def start_device(family: str, device: str) -> None:
    """The framework's first array, which is when a device is set up."""
    if family == "torch":
        import torch

        torch.ones(1, device=device).item()
    elif family == "jax":
        import jax

        platform = device.partition(":")[0]
        with jax.default_device(jax.devices(platform)[0]):
            float(jax.numpy.ones(()))


def resident() -> int:
    """The most memory that this process has had, in bytes."""
    try:
        # getrusage would tell the parent's, if that was more.
        with open("/proc/self/status") as file:
            told = dict(line.split(":", 1) for line in file)
        return int(told["VmHWM"].split()[0]) * 1024
    except (OSError, KeyError):
        pass
    scale = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale


def device_memory(family: str, device: str) -> dict[str, int]:
    """The most of the device's memory that was in use, in bytes."""
    if device == "cpu":
        return {}
    if family == "torch":
        import torch

        return {"device": torch.cuda.max_memory_allocated()}
    import jax

    stats = jax.devices("cuda")[0].memory_stats() or {}
    return {"device": stats.get("peak_bytes_in_use", 0)}


def stolen() -> dict[str, float]:
    """Ticks that the hypervisor took, and throttled periods, so far; each
    only where somebody counts."""
    found: dict[str, float] = {}
    with suppress(OSError, IndexError, ValueError), open("/proc/stat") as file:
        found["steal"] = float(file.readline().split()[8])
    for path in CGROUPS:
        with suppress(OSError, KeyError, ValueError), open(path) as file:
            told = dict(line.split() for line in file)
            found["throttled"] = float(told["nr_throttled"])
    return found


def main(text: str) -> None:
    """Measure the task, and print what was found."""
    task = {**json.loads(text), "started": time.time()}
    end_with_parent()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, task["affinity"])
    start = stolen()
    found = measure(task)
    end = stolen()
    found["disturbed"] = {k: end[k] - start[k] for k in start.keys() & end}
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
