"""What the process of a row is given: threads, and caches of its own."""

from __future__ import annotations

from pathlib import Path

from reports.speed.rows import Row
from reports.surroundings import affinity, environment

__all__ = ["cores_of", "row_environment"]


def row_environment(row: Row, cache: Path) -> dict[str, str]:
    """The threads of the row, and a cache of its own for its compilers."""
    told = environment(row.device, row.threads)
    if row.contender == "numpy threaded":
        told["OPENBLAS_NUM_THREADS"] = "1"  # it has a thread a core already
    return {
        **{k: v for k, v in told.items() if k != "XLA_FLAGS"},
        # XLA has no other way to be told than this and affinity.
        "NPROC": str(row.threads),
        "KERAS_BACKEND": "torch" if "torch" in row.contender else "jax",
        "TORCHINDUCTOR_CACHE_DIR": str(cache / "inductor"),
        "JAX_COMPILATION_CACHE_DIR": str(cache / "jax"),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }


def cores_of(row: Row) -> list[int]:
    """The cores that the row's process may run on."""
    return affinity(row.threads)
