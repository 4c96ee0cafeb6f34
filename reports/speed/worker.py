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
from pathlib import Path
from typing import Any

import numpy as np

import reference
from parity_tests.cases import Case
from reports.speed.contenders import CHECKERS, CONTENDERS, Contender, Timed
from reports.speed.handover import handover
from reports.speed.limits import LIBRARIES, measure_limits
from reports.speed.proof import Truth, proof_of_check, truth_path
from reports.speed.rows import code_hash
from reports.speed.workloads import CHECKS, WORKLOADS, workload_case

__all__ = ["hidden", "main", "measure", "timed"]

FEWEST, MOST = 5, 500
SLOW = 3
"""Samples of what takes longer than its share of time by itself."""
SHORT = 0.0005
"""Seconds that may be hidden for no reason, beside half of a training."""
CHANCES = 3
"""Times that a result may look unfinished, before it counts as that."""


def timed(
    contender: Timed, steps: int, seconds: float
) -> tuple[list[float], Any, float]:
    """Seconds of each training from the start, the last result, and the
    processor's seconds over the clock's.

    The start is on the device before the clock starts, and the clock stops
    when the device has finished.
    """
    samples: list[float] = []
    trained, busy = None, 0.0
    end = time.perf_counter() + seconds
    while len(samples) < MOST:
        start = contender.fresh(steps)
        used, before = time.process_time(), time.perf_counter()
        trained = contender.train(start, steps)
        contender.wait(trained)
        samples.append(time.perf_counter() - before)
        busy += time.process_time() - used
        slow = samples[0] > seconds
        enough = len(samples) >= (SLOW if slow else FEWEST)
        if enough and time.perf_counter() > end:
            break
    return samples, trained, busy / sum(samples)


def hidden(contender: Timed, steps: int, with_one: bool) -> float:
    """Seconds of a training that a sample of it does not have; 0 if none.

    Where wait returns too early, a training that is read at once takes
    longer than one that is waited for, and the reading of what has had
    time. Where a result is computed only when it is read, reading one of
    all steps takes longer than reading one of a single step, where that is
    compiled.
    """
    unseen = 0.0
    for _ in range(CHANCES):
        plain = spent(contender, steps, contender.wait)
        whole = spent(contender, steps, contender.theta)
        many = reading(contender, steps, whole)
        one = reading(contender, 1, whole) if with_one else many
        early, lazy = whole - many - plain, many - one
        if early < (whole - many) / 2 + SHORT and lazy < plain + SHORT:
            return 0.0
        unseen = max(early, lazy)
    return unseen


def spent(contender: Timed, steps: int, end: Callable[[Any], Any]) -> float:
    """Seconds of a training to its end, as somebody has it."""
    start = contender.fresh(steps)
    before = time.perf_counter()
    end(contender.train(start, steps))
    return time.perf_counter() - before


def reading(contender: Timed, steps: int, pause: float) -> float:
    """Seconds until a result is read, which has had some more time."""
    trained = contender.train(contender.fresh(steps), steps)
    contender.wait(trained)
    time.sleep(pause)
    before = time.perf_counter()
    contender.theta(trained)
    return time.perf_counter() - before


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
    contender, first, phases = begin(task, who, case, steps)
    judge = judge_of(task, case, steps)
    before = judge(contender.theta(first), steps)
    apart = [handover(task["threads"])] if probed(task) else []
    samples, last, threads = timed(contender, steps, task["seconds"])
    apart += [handover(task["threads"])] if probed(task) else []
    after = judge(contender.theta(last), steps)
    single = latency(contender, task["seconds"], judge) if whole(task) else {}
    with_one = whole(task) and steps > 1
    if unseen := hidden(contender, steps, with_one):
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
    task: dict[str, Any], who: Contender, case: Case, steps: int
) -> tuple[Timed, Any, dict[str, float]]:
    """The contender, what its first call gave, and the seconds of each phase
    on the way there."""
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
    start = contender.fresh(steps)
    lap("transfer")
    trained = contender.train(start, steps)
    contender.wait(trained)
    lap("first call")
    return contender, trained, phases


def latency(
    contender: Timed, seconds: float, judge: Callable[..., dict[str, Any]]
) -> dict[str, Any]:
    """Seconds of one step by itself, and its proof; compiled for that,
    before the clock starts."""
    contender.wait(contender.train(contender.fresh(1), 1))
    samples, last, _ = timed(contender, 1, seconds / 4)
    return {"latency": samples, "single": judge(contender.theta(last), 1)}


def judge_of(
    task: dict[str, Any], case: Case, steps: int
) -> Callable[[np.ndarray, int], dict[str, Any]]:
    """What a result after so many steps is held against."""
    if task["workload"] in CHECKS:
        data = case.cast(np.dtype(task["dtype"]))
        due = reference.backpropagation.gradients(
            case.network, data[0], data[1], data[2], case.l2
        )
        theta = reference.gradient_checking.flatten(due)
        return lambda found, _: proof_of_check(theta, found)
    truths = {
        k: Truth.load(truth_path(Path(task["truth"]), k)) for k in (steps, 1)
    }
    return lambda theta, k: truths[k].proof(theta, task["dtype"])


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
    """Ticks that the hypervisor took, and throttled periods, so far."""
    found = {"steal": 0.0, "throttled": 0.0}
    try:
        with open("/proc/stat") as file:
            found["steal"] = float(file.readline().split()[8])
        with open("/sys/fs/cgroup/cpu.stat") as file:
            told = dict(line.split() for line in file)
        found["throttled"] = float(told.get("nr_throttled", 0))
    except (OSError, IndexError, ValueError):
        pass
    return found


def main(text: str) -> None:
    """Measure the task, and print what was found."""
    task = {**json.loads(text), "started": time.time()}
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, task["affinity"])
    start = stolen()
    found = measure(task)
    end = stolen()
    found["disturbed"] = {k: end[k] - start[k] for k in start}
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
