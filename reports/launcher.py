"""Whether somebody has started this process as one rank of several."""

from __future__ import annotations

import os

__all__ = ["launched"]


def launched() -> tuple[str, int, int] | None:
    """The package, this rank and the ranks there are, if a launcher has
    started this process as one of several."""
    told = os.environ.get
    if "RANK" in os.environ and "WORLD_SIZE" in os.environ:
        return (
            "torch_impl",
            int(told("RANK", "0")),
            int(told("WORLD_SIZE", "1")),
        )
    if int(told("JAX_NUM_PROCESSES", "1")) > 1:
        return (
            "jax_impl", int(told("JAX_PROCESS_ID", "0")),
            int(told("JAX_NUM_PROCESSES", "1")),
        )  # fmt: skip
    return None
