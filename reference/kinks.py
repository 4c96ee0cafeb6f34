"""Kinks of ReLU, for the gradient check: where they lie, and what is right.

At a kink the slope has two values, and a framework takes either, or their
mean: a convention. A node lies at a kink if its Z is 0, or so near that
rounding decides on which side it falls.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from reference.rounding import FLOAT32, FLOAT64, Arithmetic, RoundedArray, lift
from reference.vocabulary import Layer, Network, Parameters

__all__ = ["arithmetic_of", "convention", "crosses_kink", "other_conventions"]

FLIPS = 100.0
"""Times the root mean square of what rounding did to a layer's Z: nodes as
near to a kink as that may fall on either side of it."""
CONVENTIONS = (0.5, 1.0)
"""Shares of the right one-sided derivative; 0 is the notes'."""


def other_conventions(network: Network) -> Iterator[dict[str, float]]:
    """The share of the right one-sided derivative, for each kind of ReLU."""
    kinds = ("relu", "leaky_relu")
    some = [
        (0.0, *CONVENTIONS) if g in network.activations else (0.0,)
        for g in kinds
    ]
    # All 0 is the reference's own, where no Z is in doubt.
    if any(len(shares) > 1 for shares in some):
        for shares in itertools.product(*some):
            yield dict(zip(kinds, shares, strict=True))


@contextmanager
def convention(dtype: np.dtype, shares: dict[str, float]) -> Iterator[None]:
    """The scope in which the reference has other derivatives at kinks."""
    from reference.stable_forms import replaced

    new = {
        ("activations", "relu_derivative"): at_kinks(shares["relu"]),
        ("activations", "leaky_relu_derivative"): at_kinks(
            shares["leaky_relu"]
        ),
    }
    # The worst case of float64 is narrow; that of float32 would put the
    # greater part of a wide layer in doubt.
    if dtype == np.float32:
        new["network", "linear"] = in_measured_doubt
    with ExitStack() as stack:
        for (page, function), other in new.items():
            stack.enter_context(replaced(page, function, other))
        yield


def at_kinks(share: float) -> Callable[..., Any]:
    """g' of a (leaky) ReLU, between its one-sided values at the kinks."""

    def derivative(Z: Any, leaky_slope: Any = 0.0) -> RoundedArray:
        low = getattr(leaky_slope, "value", leaky_slope)
        middle = low + share * (1 - low)
        steps = np.where(Z.value > 0, 1.0, low)
        steps = np.where(np.abs(Z.value) <= Z.error, middle, steps)
        return lift(steps, Z.arithmetic)

    return derivative


def in_measured_doubt(W: Any, A_prev: Any, b: Any) -> RoundedArray:
    """Z = W A_prev + b, with a bar of what rounding really does to it."""
    Z = W @ A_prev + b
    rough = W.value.astype(np.float32) @ A_prev.value.astype(np.float32)
    error = rough + b.value.astype(np.float32) - Z.value
    doubt = FLIPS * float(np.sqrt(np.mean(error * error)))
    return RoundedArray(Z.value, np.minimum(Z.error, doubt), Z.arithmetic)


def crosses_kink(
    network: Network, parameters: Parameters, X: np.ndarray, epsilon: float
) -> bool:
    """Whether some Z of a ReLU changes its sign where theta moves so far."""
    from reference.network import propagate
    from reference.stable_forms import truth

    exact: Any = lift((parameters, X), arithmetic_of(np.dtype(np.float64)))
    blurred: Any = tuple(
        Layer(*(RoundedArray(a.value, a.error + epsilon, a.arithmetic)
                for a in layer))
        for layer in exact[0]
    )  # fmt: skip
    with truth(), np.errstate(all="ignore"):
        Z: Any = propagate(network, blurred, exact[1])[0]
    return any(
        not np.all(np.abs(Z[l].value) > Z[l].error)
        for l, g in enumerate(network.activations, start=1)
        if g in ("relu", "leaky_relu")
    )


def arithmetic_of(dtype: np.dtype) -> Arithmetic:
    """That of the dtype, whose truth float64 is good enough here."""
    known = FLOAT32 if dtype == np.float32 else FLOAT64
    return replace(known, truth=np.dtype(np.float64))
