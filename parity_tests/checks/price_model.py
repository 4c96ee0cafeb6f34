"""The price model: a ReLU neuron on real targets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from parity_tests.cases import Case
from parity_tests.checks.gradient_descent import train
from parity_tests.checks.lifting import PAGES
from parity_tests.comparison import (
    Comparison,
    arithmetic_of,
    compare,
    proves,
    truth,
)
from parity_tests.data import FEW, diabetes
from reference import Layer, Network
from reference.rounding import lift
from reference.specification import Contract

__all__ = ["price_model"]


@proves("1-relu-neuron")
def price_model(implementation: Contract) -> Iterator[Comparison]:
    """A ReLU neuron learns real targets, and is the network (n_x, 1)."""
    X, Y = diabetes()
    X, Y = X[:, :FEW], Y[:, :FEW]
    network = Network((len(X), 1), ("relu",))
    start = (Layer(np.full((1, len(X)), 0.1), np.full((1, 1), 0.5)),)
    case = Case("prices", network, start, X, Y, learning_rate=0.05, steps=4)
    for c in train(implementation, case):
        yield replace(c, quantity="price model")
    arithmetic = arithmetic_of(implementation)
    W, b = start[0]
    with truth():
        due = PAGES.network.forward(network, *lift((start, X), arithmetic))[0]
    yield compare("price model", "price", implementation.price(W.T, b, X), due)
