"""How processes with devices find each other, and who does not answer."""

import os
import threading
import time
from collections.abc import Callable
from typing import Any

import jax
from jax._src import distributed

from reference.specification import RankError, free_port, time_limit

__all__ = ["variables", "join_processes", "watched"]

SPARE = 60
"""Seconds that JAX has beyond our limit: its own word for it ends the
process, and names nobody."""
TICK, SECONDS = 1.0, 5.0
"""Between two signs of life of who waits, and for one to be seen."""


def variables(processes: int, devices: int) -> list[dict[str, str]]:
    """What each of so many processes on this machine has to be told."""
    cores = max(1, (os.cpu_count() or 1) // processes)
    together = {
        "JAX_NUM_PROCESSES": str(processes),
        "JAX_NUM_CPU_DEVICES": str(devices),
        "JAX_COORDINATOR_ADDRESS": f"127.0.0.1:{free_port()}",
        "JAX_CPU_COLLECTIVES_IMPLEMENTATION": "gloo",
        "OMP_NUM_THREADS": str(cores),
    }
    return [{**together, "JAX_PROCESS_ID": str(i)} for i in range(processes)]


def join_processes() -> None:
    """Find the other processes, where the variables speak of such: before
    JAX looks for its devices, or there is no way to theirs. RankError where
    not all come."""
    given = os.environ.get
    count, rank = (
        int(given(f"JAX_{name}", default))
        for name, default in (("NUM_PROCESSES", "1"), ("PROCESS_ID", "0"))
    )
    if count <= 1 or jax.distributed.is_initialized():
        return
    where, limit = given("JAX_COORDINATOR_ADDRESS"), time_limit()
    longer = int(limit) + SPARE
    calling = Calling(
        lambda: jax.distributed.initialize(
            where, count, rank, initialization_timeout=longer,
            heartbeat_timeout_seconds=longer,
            # A rank that has ended waits for who still writes a report.
            shutdown_timeout_seconds=max(1, int(limit)),
        )
    )  # fmt: skip
    if not calling.ends_within(limit):
        others = [r for r in range(count) if r != rank]
        raise RankError(
            f"not all of the ranks {others} of {count} came within "
            f"{limit:g} s; they meet rank 0 at {where}"
        )
    calling.result()


class Calling:
    """A call in a thread of its own: what it waits for need not come."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self.call = call
        self.found: Any = None
        self.error: BaseException | None = None
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        """To its end, whatever that is."""
        try:
            self.found = self.call()
        except BaseException as error:
            self.error = error

    def ends_within(self, seconds: float) -> bool:
        """Whether it does."""
        self.thread.join(seconds)
        return not self.thread.is_alive()

    def result(self) -> Any:
        """What it returned, or raised."""
        if self.error is not None:
            raise self.error
        return self.found


def watched(what: str, call: Callable[[], Any]) -> Any:
    """The result of what all ranks call; RankError where others wait in
    vain for one. Whoever waits, or computes, gives signs of life: a rank
    that is not in the call gives none, nor does one that died."""
    calling, limit = Calling(call), time_limit()
    end = time.monotonic() + limit
    while not calling.ends_within(TICK):
        give_sign()
        if time.monotonic() > end:
            if missing := silent():
                raise RankError(f"{missing} ({what}, {limit:g} s)")
            end = time.monotonic() + limit
    try:
        return calling.result()
    except (RuntimeError, ValueError) as error:
        # A rank that died is in none of gloo's words.
        if missing := silent():
            raise RankError(f"{missing} ({what}: {error})") from error
        raise


def give_sign() -> None:
    """That this rank is there."""
    state: Any = distributed.global_state
    key, now = f"ranks/{state.process_id}", str(time.monotonic())
    ask(lambda: state.client.key_value_set(key, now, allow_overwrite=True))


def silent() -> str:
    """Which ranks give no sign of life, in words; empty if all do."""
    rank, size = jax.process_index(), jax.process_count()
    end, before = time.monotonic() + SECONDS, signs()
    while time.monotonic() < end:
        give_sign()
        time.sleep(TICK / 2)
    after = signs()
    if before is None or after is None:
        return f"rank 0 of {size}, who knows of the others, does not answer"
    missing = [
        r
        for r in range(size)
        if r != rank and before.get(f"ranks/{r}") == after.get(f"ranks/{r}")
    ]
    return f"ranks {missing} of {size} do not answer" if missing else ""


def signs() -> dict[str, str] | None:
    """The last of each rank; None where rank 0 does not tell."""
    client: Any = distributed.global_state.client
    told = ask(lambda: client.key_value_dir_get("ranks/"))
    return None if told is None else dict(told)


def ask(call: Callable[[], Any]) -> Any:
    """What rank 0 answers; None where it does not."""
    calling = Calling(call)
    return calling.found if calling.ends_within(SECONDS) else None
