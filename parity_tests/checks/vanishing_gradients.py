"""Signals through many layers: powers of the weight."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from parity_tests.checks.lifting import PAGES
from parity_tests.comparison import (
    Comparison,
    arithmetic_of,
    compare,
    proves,
    truth,
)
from reference import Layer, Network
from reference.rounding import lift
from reference.specification import Contract

__all__ = ["vanishing"]


@proves("3.2.2-vanishing")
def vanishing(implementation: Contract) -> Iterator[Comparison]:
    """1.5^l and 0.5^l, which are the signal of a linear network."""
    arithmetic, L, n = arithmetic_of(implementation), 20, 3
    network = Network((n,) * (L + 1), ("identity",) * L)
    X = np.random.default_rng(0).normal(size=(n, 5)).astype(arithmetic.dtype)
    for w in (1.5, 0.5):
        powers = np.array(w) ** np.arange(1, L + 1)
        parameters = (Layer(w * np.eye(n), np.zeros((n, 1))),) * L
        with truth():
            page = PAGES.vanishing_gradients
            signal = page.repeated_weight(lift(np.array(w), arithmetic), L)
            rms = page.root_mean_square(lift(X, arithmetic))
            scales = page.activation_scales(
                network, *lift((parameters, X), arithmetic)
            )
        # The notes' numbers in the middle, and the bars of the computation.
        signal.value = powers.astype(arithmetic.truth)
        scales.value = powers * rms.value
        got = implementation.repeated_weight(w, L)
        yield compare("vanishing", f"{w}^l", got, signal)
        got = implementation.activation_scales(network, parameters, X)
        yield compare("vanishing", f"A[l] at {w}", got, scales)
