"""How processes with devices find each other."""

import os

import jax

from reference.specification import free_port, time_limit

__all__ = ["join_processes", "variables"]


def join_processes() -> None:
    """Find the other processes, where the variables speak of such: before
    JAX looks for its devices, or there is no way to theirs."""
    given = os.environ.get
    count = int(given("JAX_NUM_PROCESSES", "1"))
    if count > 1 and not jax.distributed.is_initialized():
        jax.distributed.initialize(
            given("JAX_COORDINATOR_ADDRESS"),
            count,
            int(given("JAX_PROCESS_ID", "0")),
            initialization_timeout=max(1, int(time_limit())),
        )


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
