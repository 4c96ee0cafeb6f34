"""What is computed in: unit roundoff, accuracy of functions, precision above.

Symbol      Meaning
u           unit roundoff of the arithmetic, 2^-24 or 2^-53, plus that of the
            truth, whose own rounding joins the bound where it is no finer
gamma(n)    n u / (1 - n u), the worst of n roundings
tiny        smallest normal number; XLA flushes what lies below to zero
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

__all__ = [
    "Arithmetic",
    "BFLOAT16",
    "FLOAT32",
    "FLOAT64",
    "TF32",
    "fewer_bits",
]


@dataclass(frozen=True)
class Arithmetic:
    """A floating-point arithmetic, and the accuracy of its functions."""

    name: str
    dtype: np.dtype
    truth: np.dtype
    ulps: dict[str, float]
    bits: int | None = None
    """Bits behind the point that a product takes of its factors: tensor
    cores take few, and add up in float32. None where it takes all."""
    samples: int = 0
    """How many computations with random roundings go along."""
    lost: float = 0.0
    """What may be lost besides the subnormal numbers: some ways to compute
    underflow on what others keep."""

    @functools.cached_property
    def u(self) -> float:
        """u of the arithmetic, and of the truth it is compared with."""
        return float(np.finfo(self.dtype).eps + np.finfo(self.truth).eps) / 2

    @property
    def taken(self) -> float:
        """What a factor loses on its way in at most, relatively: half of
        its last bit where it is rounded, all of it where it is cut off."""
        return 0.0 if self.bits is None else 2.0**-self.bits

    @functools.cached_property
    def tiny(self) -> float:
        """The smallest number that may not be lost: the smallest normal."""
        return max(float(np.finfo(self.dtype).tiny), self.lost)

    def gamma(self, n: int) -> float:
        """n u / (1 - n u), or inf where so many roundings leave no digit."""
        return n * self.u / (1 - n * self.u) if n * self.u < 1 else np.inf

    def __hash__(self) -> int:
        return hash((self.name, self.truth, self.samples, self.lost))


# The worst error in units in the last place, over NumPy 2.4 on every
# instruction set, PyTorch 2.13 and JAX 0.10 on x86, each measured against
# the next precision on its whole range (log1p on [0, 1], as the losses use
# it): NumPy exp and log in float32, PyTorch sqrt, XLA all others.
ULPS32 = {"exp": 5.33, "log1p": 2.49, "tanh": 4.68, "sqrt": 0.75}
ULPS64 = {"exp": 1.72, "log1p": 1.92, "tanh": 6.92, "sqrt": 0.53}
SINGLE, DOUBLE = np.dtype(np.float32), np.dtype(np.float64)

FLOAT64 = Arithmetic("float64", DOUBLE, np.dtype(np.longdouble), ULPS64)
FLOAT32 = Arithmetic("float32", SINGLE, DOUBLE, ULPS32)
TF32 = Arithmetic("tf32", SINGLE, DOUBLE, ULPS32, bits=10)
BFLOAT16 = Arithmetic("bfloat16", SINGLE, DOUBLE, ULPS32, bits=7)


def fewer_bits(x: np.ndarray, bits: int, cut: bool = False) -> np.ndarray:
    """x in float32 with so many bits behind the point: the nearest such
    number, or where the rest is cut off the next towards 0."""
    fraction, exponent = np.frexp(x.astype(np.float32))
    whole = np.ldexp(fraction, bits + 1)
    whole = np.trunc(whole) if cut else np.rint(whole)
    return np.ldexp(whole, exponent - bits - 1)
