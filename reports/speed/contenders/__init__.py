"""Who is timed: ours, and the peers that a person would use instead.

A contender is built for a case in a dtype and a device. It says how to
begin (fresh), take steps (train), wait for the device (wait), and what came
out (theta, costs); a file each for the peers, as a practitioner writes them.
"""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from parity_tests.cases import Case
from reference import Parameters

__all__ = ["CHECKERS", "CONTENDERS", "Contender", "Timed", "installed"]

HERE = __name__


class Timed(Protocol):
    """A contender at work on one case."""

    def fresh(self, start: Parameters, steps: int) -> Any:
        """Everything that so many steps from there need, where train wants
        it; start is in NumPy, in float64 or float32."""

    def train(self, start: Any, steps: int) -> Any:
        """So many steps from there; start may be used up."""

    def wait(self, trained: Any) -> None:
        """Return when the device has finished."""

    def theta(self, trained: Any) -> np.ndarray:
        """All W[l] and b[l] in one vector."""

    def costs(self, trained: Any) -> np.ndarray:
        """J before each step."""


@dataclass(frozen=True)
class Contender:
    """One way to train, by the name of its row."""

    name: str
    file: str
    needs: tuple[str, ...]
    mode: str = ""
    family: str = "numpy"
    """The framework, by which the pictures are coloured."""
    peer: bool = False
    devices: tuple[str, ...] = ("cpu",)

    def absent(self) -> str:
        """What it needs and is not here, or the empty string."""
        lacking = [name for name in self.needs if not installed(name)]
        return f"{', '.join(lacking)} not installed" if lacking else ""

    def build(self, case: Case, dtype: str, device: str) -> Timed:
        """The contender at work; imports what it needs."""
        module = importlib.import_module(f"{HERE}.{self.file}")
        return module.build(self, case, dtype, device)


def installed(name: str) -> bool:
    """Whether a package is there, without importing it."""
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


BOTH = ("cpu", "cuda")

CONTENDERS = {
    contender.name: contender
    for contender in (
        Contender("numpy eager", "ours", (), "eager"),
        Contender("numpy tuned", "ours", (), "tuned"),
        Contender("numpy threaded", "ours", (), "threaded"),
        Contender("torch eager", "ours", ("torch",), "eager", "torch",
                  devices=BOTH),
        Contender("torch compile", "ours", ("torch",), "compile", "torch",
                  devices=BOTH),
        Contender("torch tuned", "ours", ("torch",), "tuned", "torch",
                  devices=BOTH),
        Contender("torch idiomatic", "ours", ("torch",), "idiomatic", "torch",
                  devices=BOTH),
        Contender("jax jit", "ours", ("jax",), "jit", "jax", devices=BOTH),
        Contender("jax idiomatic", "ours", ("jax",), "idiomatic", "jax",
                  devices=BOTH),
        Contender("plain NumPy", "plain_numpy", (), peer=True),
        Contender("scikit-learn", "scikit_learn", ("sklearn",), peer=True),
        Contender("HIPS autograd", "hips_autograd", ("autograd",), peer=True),
        Contender("Keras on torch", "keras_3", ("keras", "torch"), "torch",
                  "torch", peer=True, devices=BOTH),
        Contender("Keras on JAX", "keras_3", ("keras", "jax"), "jax", "jax",
                  peer=True, devices=BOTH),
        Contender("Flax NNX", "flax_nnx", ("flax", "optax"), "", "jax",
                  peer=True, devices=BOTH),
        Contender("Equinox", "equinox_optax", ("equinox", "optax"), "", "jax",
                  peer=True, devices=BOTH),
        Contender("numpy looped", "logistic", (), "looped"),
        Contender("numpy vectorized", "logistic", (), "vectorized"),
        Contender("torch looped", "logistic", ("torch",), "looped", "torch"),
        Contender("torch vectorized", "logistic", ("torch",), "vectorized",
                  "torch"),
        Contender("jax looped", "logistic", ("jax",), "looped", "jax"),
        Contender("jax vectorized", "logistic", ("jax",), "vectorized", "jax"),
    )
}  # fmt: skip

CHECKERS = {
    contender.name: contender
    for contender in (
        Contender("numpy backpropagation", "checkers", (), "backpropagation"),
        Contender("numpy stacked", "checkers", (), "stacked"),
        Contender("numpy loop", "checkers", (), "loop"),
        Contender("numpy direction", "checkers", (), "direction"),
        Contender("torch stacked", "checkers", ("torch",), "stacked", "torch"),
        Contender("jax stacked", "checkers", ("jax",), "stacked", "jax"),
        Contender("torch gradcheck", "checkers", ("torch",), "slow", "torch",
                  peer=True),
        Contender("torch gradcheck fast", "checkers", ("torch",), "fast",
                  "torch", peer=True),
        Contender("jax check_grads", "checkers", ("jax",), "check_grads",
                  "jax", peer=True),
    )
}  # fmt: skip
