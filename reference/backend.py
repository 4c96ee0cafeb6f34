"""The contract on NumPy: the pages as they stand, or trained by tuned.py."""

import math
import os
import sys
from typing import Any

import numpy as np

from reference.specification import Contract

__all__ = ["Backend", "cores", "implementation"]


class Backend(Contract):
    """The reference, on the CPU."""

    name = "reference"
    modes = ("eager", "tuned", "threaded", "sharded")
    parallel = ("sharded",)
    pages = sys.modules["reference"]

    @classmethod
    def cuda_devices(cls) -> int:
        return 0

    def gather_ranks(self, counts: tuple[int, ...]) -> int:
        size = math.prod(counts or (2,))
        self.group = self.pages.data_parallel.Ranks(size)
        return size

    def native(self, array: np.ndarray) -> np.ndarray:
        return array

    def numpy(self, array: Any) -> np.ndarray:
        return np.asarray(array)

    def rng(self, seed: int) -> np.random.Generator:
        return np.random.default_rng(seed)

    def synchronize(self, value: Any) -> None:
        pass

    def prepare_train(self, *arguments: Any, **settings: Any) -> Any:
        if self.mode == "eager" or self.is_parallel:
            return super().prepare_train(*arguments, **settings)
        workers = cores() if self.mode == "threaded" else 1
        tuned = self.pages.tuned
        return tuned.Training(*arguments, **settings, workers=workers).run


def cores() -> int:
    """The processor cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def implementation(
    device: str = "cpu", dtype: str = "float64", mode: str | None = None
) -> Backend:
    """The reference as an implementation of the contract.

    device is "cpu", dtype "float64" or "float32", mode "eager" (the
    default), "tuned" (trained by tuned.py), "threaded" (likewise, with the
    examples shared by a thread a core: BLAS then wants one thread,
    OPENBLAS_NUM_THREADS=1) or "sharded" (the examples shared out as by
    ranks that take turns: two, or R in "sharded:R"). Raises ValueError for
    any other, listing the known ones.
    """
    return Backend(device, dtype, mode)
