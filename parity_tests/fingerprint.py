"""Which arithmetic an implementation really computes in.

Flags say what was asked for; residuals say what was done. A product of known
factors is held against what each arithmetic makes of it, from the finest to
the coarsest, and the first that explains all residuals is the one; so is an
activation, for the functions. Tensor cores take few bits of each factor and
add up in float32: those bits are taken off before, and what is left has to
be the rounding of float32. float16 takes as many bits as TensorFloat-32, and
looks like it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

import reference
from parity_tests.comparison import compare, truth
from parity_tests.structure import SAMPLES
from reference import Layer, Network
from reference.rounding import (
    BFLOAT16,
    FLOAT32,
    FLOAT64,
    TF32,
    Arithmetic,
    fewer_bits,
    lift,
)
from reference.specification import Contract

__all__ = ["Fingerprint", "fingerprint"]

PAGES: Any = reference
NETWORK = Network((96, 40), ("identity",))
UNKNOWN = "none that is known"


@dataclass(frozen=True)
class Fingerprint:
    """What was asked for, and what residuals tell of the products, of the
    functions, and of numbers below the smallest normal one."""

    asked: str
    products: str
    functions: str
    flushes: bool

    def __str__(self) -> str:
        if self.products == self.functions == self.asked:
            told = f"computed in {self.asked}, as asked"
        else:
            told = f"asked for {self.asked}, " + (
                f"computed in {self.products}"
                if self.products == self.functions
                else f"products in {self.products}, "
                f"functions in {self.functions}"
            )
        return told + (", subnormals flushed to 0" if self.flushes else "")


def fingerprint(implementation: Contract) -> Fingerprint:
    """By one product, one activation and one subnormal number."""
    rng = np.random.default_rng(0)
    (shape,) = NETWORK.shapes
    W, b = rng.normal(size=shape), rng.normal(size=(shape[0], 1))
    X = rng.normal(size=(shape[1], 30))
    Z = rng.normal(size=(30, 40))
    (A,) = implementation.forward(NETWORK, (Layer(W, b),), X)
    return Fingerprint(
        str(np.dtype(implementation.dtype)),
        products(A, W, X, b),
        functions(implementation.activation("tanh", Z), Z),
        not np.any(implementation.activation("relu", subnormal(A.dtype))),
    )


def products(A: np.ndarray, W: Any, X: Any, b: Any) -> str:
    """The arithmetic that explains A = W X + b."""
    for arithmetic in (FLOAT64, FLOAT32, TF32, BFLOAT16):
        for cut in (False, True):
            factors = [taken(a, arithmetic, cut) for a in (W, X)]
            if explains(arithmetic, A, PAGES.network.linear, *factors, b):
                return arithmetic.name
            if arithmetic.bits is None:
                break
    return UNKNOWN


def functions(A: np.ndarray, Z: np.ndarray) -> str:
    """The arithmetic that explains A = tanh(Z)."""
    for arithmetic in (FLOAT64, FLOAT32):
        if explains(arithmetic, A, PAGES.activations.tanh, Z):
            return arithmetic.name
    return UNKNOWN


def taken(a: np.ndarray, arithmetic: Arithmetic, cut: bool) -> np.ndarray:
    """What a product takes of a factor."""
    if arithmetic.bits is None:
        return a
    return fewer_bits(a, arithmetic.bits, cut).astype(np.float64)


def explains(
    arithmetic: Arithmetic, got: np.ndarray, page: Any, *arguments: np.ndarray
) -> bool:
    """Whether the residuals are the rounding of that arithmetic, with its
    factors taken as given."""
    whole = replace(arithmetic, bits=None, samples=SAMPLES)
    with truth():
        due = page(*lift(tuple(arguments), whole))
    # Of any dtype: float32 in a float64 array is what is looked for.
    found = compare("fingerprint", "", got.astype(whole.dtype), due)
    return found.ratio <= 1


def subnormal(dtype: np.dtype) -> np.ndarray:
    """Numbers between 0 and the smallest normal one."""
    return np.full((2, 8), float(np.finfo(dtype).tiny) / 8)
