"""How ranks find each other, and who does not answer."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import torch.distributed as dist
from torch.distributed.distributed_c10d import PrefixStore

from reference.specification import RankError, free_port, time_limit

__all__ = ["variables", "start_ranks", "naming"]


calls: list[str] = []
"""The roll calls that there were, in which all ranks take part."""


def roll_call(store: Any, why: str, limit: float) -> list[int]:
    """The ranks that do not answer it within so many seconds."""
    calls.append(why)
    rank, size = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
    # A launcher may have started all of them again.
    again = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")
    key, missing = f"roll call {len(calls)} of start {again}", []
    store.set(f"{key}: {rank}", "here")
    end = time.monotonic() + limit
    for r in range(size):
        left = timedelta(seconds=max(0.05, end - time.monotonic()))
        try:
            store.wait([f"{key}: {r}"], left)
        except RuntimeError:
            missing.append(r)
    return missing


def start_ranks(library: str) -> None:
    """The process group that the launcher's variables describe; RankError
    where a rank does not come."""
    if "RANK" in os.environ and "WORLD_SIZE" not in os.environ:
        raise ValueError("WORLD_SIZE must be set where RANK is, got none")
    rank, size = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
    limit, told = time_limit(), os.environ.get
    theirs = told("TORCHELASTIC_USE_AGENT_STORE") == "True"
    where = told("MASTER_ADDR", "127.0.0.1"), int(told("MASTER_PORT", "29500"))
    try:
        store = dist.TCPStore(  # type: ignore[attr-defined]
            *where, size, is_master=rank == 0 and not theirs,
            timeout=timedelta(seconds=limit), wait_for_workers=False,
            multi_tenant=True,
        )  # fmt: skip
    except RuntimeError as error:
        raise RankError(
            f"rank 0 of {size}, whom the others meet at {where[0]}:{where[1]}, "
            f"never came within {limit:g} s: {error}"
        ) from error
    if missing := roll_call(store, "start", limit):
        raise RankError(
            f"ranks {missing} of {size} never came within {limit:g} s"
        )
    dist.init_process_group(
        library, store=PrefixStore("group", store), rank=rank,
        world_size=size, timeout=timedelta(seconds=limit),
    )  # fmt: skip
    stores.append(store)


stores: list[Any] = []
"""Where the ranks meet when a collective fails: it needs none."""
SECONDS = 5.0
"""That a rank has for an answer, when the others have waited in vain."""


@contextmanager
def naming(what: str) -> Iterator[None]:
    """The scope of what all ranks call, in which RankError tells who does
    not answer: a rank that died or hangs is in none of gloo's or NCCL's
    words."""
    try:
        yield
    except RuntimeError as error:
        if missing := without_answer(f"{what}: {error}"):
            raise RankError(missing) from error
        raise


def without_answer(why: str) -> str:
    """Which ranks do not answer, in words; empty if all do, or none can be
    asked."""
    for store in stores:
        missing = roll_call(store, why, SECONDS)
        if missing:
            size = os.environ["WORLD_SIZE"]
            return f"ranks {missing} of {size} do not answer ({why})"
    return ""


def variables(size: int) -> list[dict[str, str]]:
    """What torchrun would tell each of so many ranks on this machine."""
    together = {
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(free_port()),
        "WORLD_SIZE": str(size),
        "LOCAL_WORLD_SIZE": str(size),
        "OMP_NUM_THREADS": str(max(1, (os.cpu_count() or 1) // size)),
    }
    if sys.platform == "linux":
        # Whatever the name of this machine leads to.
        together["GLOO_SOCKET_IFNAME"] = "lo"
    return [
        {**together, "RANK": str(r), "LOCAL_RANK": str(r)} for r in range(size)
    ]
