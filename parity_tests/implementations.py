"""Which implementations there are, and which of them are here.

Every package × mode × dtype × device is a choice; one that this machine
lacks (torch or JAX not installed, no CUDA device, no compiler) says why.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Iterator
from dataclasses import dataclass

from reference.specification import DTYPES, Contract

__all__ = ["PACKAGES", "PARALLEL", "TRAINERS", "Choice", "choices"]

PACKAGES = {"reference": None, "torch_impl": "torch", "jax_impl": "jax"}
"""The packages, and what each needs to be installed."""


@dataclass(frozen=True)
class Choice:
    """One implementation in one arithmetic on one device."""

    package: str
    mode: str
    dtype: str
    device: str

    def __str__(self) -> str:
        return "-".join((self.name, self.mode, self.dtype, self.device))

    @property
    def name(self) -> str:
        """The framework, as a person calls it."""
        return {"reference": "numpy"}.get(
            self.package, self.package.removesuffix("_impl")
        )

    def described(self) -> dict[str, str]:
        """The fields by which a row of a result names its implementation."""
        return {
            "implementation": self.name,
            "mode": self.mode,
            "device": self.device,
            "dtype": self.dtype,
        }

    def build(self) -> Contract:
        """The implementation; ImportError or ValueError where it is absent."""
        return make(self.package, self.device, self.dtype, self.mode)

    def absent(self) -> str:
        """Why the implementation is not here, or the empty string."""
        needs = PACKAGES[self.package]
        try:
            importlib.import_module(needs or "numpy")
        except ImportError:
            return f"{needs} is not installed"
        try:
            self.build()
        except ValueError as error:
            return str(error)
        return ""


@functools.cache
def make(package: str, device: str, dtype: str, mode: str) -> Contract:
    return importlib.import_module(package).implementation(device, dtype, mode)


MODES = {
    "reference": ("eager", "tuned", "threaded"),
    "torch_impl": ("eager", "compile", "idiomatic", "tuned"),
    "jax_impl": ("jit", "eager", "idiomatic"),
}
PARALLEL = {
    "reference": ("sharded",),
    "torch_impl": ("ddp", "fsdp"),
    "jax_impl": ("sharded", "sharded_weights"),
}
"""Modes of several ranks, which test_data_parallel proves: their processes
take seconds to start, and no choice of one process has them beside it."""
TRAINERS = ("idiomatic", "tuned", "threaded")
"""Modes that have a training of their own, and share everything else."""


def choices(
    packages: tuple[str, ...] = tuple(PACKAGES),
    dtypes: tuple[str, ...] = DTYPES,
    devices: tuple[str, ...] = ("cpu", "cuda"),
) -> Iterator[Choice]:
    """Every package × mode × dtype × device; the reference on the CPU only."""
    for device in devices:
        for package in packages:
            if package == "reference" and device != "cpu":
                continue
            for mode in MODES[package]:
                for dtype in dtypes:
                    yield Choice(package, mode, dtype, device)
