"""What is computed in: unit roundoff, accuracy of functions, precision above.

Symbol      Meaning
u           unit roundoff of the arithmetic, 2^-24 or 2^-53, plus that of the
            truth, whose own rounding joins the bound where it is no finer
gamma(n)    n u / (1 - n u), the worst of n roundings
tiny        smallest normal number; XLA flushes what lies below to zero
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Arithmetic", "BFLOAT16", "FLOAT32", "FLOAT64", "TF32"]


@dataclass(frozen=True)
class Arithmetic:
    """A floating-point arithmetic, and the accuracy of its functions."""

    name: str
    dtype: np.dtype
    truth: np.dtype
    ulps: dict[str, float]
    taken: float = 0.0
    """What a product's factors lose on their way in, relatively: tensor
    cores cut them to fewer bits, and add up in float32."""
    samples: int = 0
    """How many computations with random roundings go along."""

    @property
    def u(self) -> float:
        """u of the arithmetic, and of the truth it is compared with."""
        return float(np.finfo(self.dtype).eps + np.finfo(self.truth).eps) / 2

    @property
    def tiny(self) -> float:
        """The smallest normal number."""
        return float(np.finfo(self.dtype).tiny)

    def gamma(self, n: int) -> float:
        """n u / (1 - n u), or inf where so many roundings leave no digit."""
        return n * self.u / (1 - n * self.u) if n * self.u < 1 else np.inf

    def __hash__(self) -> int:
        return hash((self.name, self.truth, self.samples))


# The worst error in units in the last place, over NumPy 2.4 on every
# instruction set, PyTorch 2.13 and JAX 0.10 on x86, each measured against
# the next precision on its whole range (log1p on [0, 1], as the losses use
# it): NumPy exp and log in float32, PyTorch sqrt, XLA all others.
ULPS32 = {"exp": 5.33, "log1p": 2.49, "tanh": 4.68, "sqrt": 0.75}
ULPS64 = {"exp": 1.72, "log1p": 1.92, "tanh": 6.92, "sqrt": 0.53}
SINGLE, DOUBLE = np.dtype(np.float32), np.dtype(np.float64)

FLOAT64 = Arithmetic("float64", DOUBLE, np.dtype(np.longdouble), ULPS64)
FLOAT32 = Arithmetic("float32", SINGLE, DOUBLE, ULPS32)
# 10 and 7 bits behind the point; some hardware rounds, some cuts off.
TF32 = Arithmetic("tf32", SINGLE, DOUBLE, ULPS32, taken=2.0**-10)
BFLOAT16 = Arithmetic("bfloat16", SINGLE, DOUBLE, ULPS32, taken=2.0**-7)
