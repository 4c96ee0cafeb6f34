"""The contract on NumPy: the pages as they stand."""

import sys
from typing import Any

import numpy as np

from reference.specification import Contract

__all__ = ["Backend", "implementation"]


class Backend(Contract):
    """The reference, on the CPU, one call after the other."""

    name = "reference"
    modes = ("eager",)
    pages = sys.modules["reference"]

    @classmethod
    def cuda_devices(cls) -> int:
        return 0

    def native(self, array: np.ndarray) -> np.ndarray:
        return array

    def numpy(self, array: Any) -> np.ndarray:
        return np.asarray(array)

    def rng(self, seed: int) -> np.random.Generator:
        return np.random.default_rng(seed)

    def synchronize(self, value: Any) -> None:
        pass


def implementation(
    device: str = "cpu", dtype: str = "float64", mode: str | None = None
) -> Backend:
    """The reference as an implementation of the contract.

    device is "cpu", dtype "float64" or "float32", mode None or "eager".
    Raises ValueError for any other, listing the known ones.
    """
    return Backend(device, dtype, mode)
