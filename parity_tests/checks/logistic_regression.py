"""Logistic regression in all its forms is the network with L = 1."""

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
from parity_tests.data import FEW, breast_cancer
from reference import Layer, Network
from reference.rounding import lift
from reference.specification import Contract

__all__ = ["logistic_regression"]


@proves("1.2-model", "1.2-theta", "A1.2", "A1.3")
def logistic_regression(implementation: Contract) -> Iterator[Comparison]:
    """Own function, theta, loop and vectorized, on real data, are the
    network with L = 1."""
    X, Y = breast_cancer()
    X, Y = X[:, :FEW], Y[:, :FEW]
    network = Network((len(X), 1), ("sigmoid",))
    w, b = 0.1 * np.ones((len(X), 1)) / len(X), np.full((1, 1), 0.25)
    arithmetic = arithmetic_of(implementation)
    start = (Layer(w.T, b),)
    with truth():
        data = lift((start, X, Y), arithmetic)
        due = PAGES.network.forward(network, *data[:2])[0]
        trained, J = PAGES.gradient_descent.train(
            network, *data, learning_rate=lift(0.5, arithmetic), steps=3
        )
    quantity = "logistic regression"
    A = implementation.logistic_model(w, b, X)
    yield compare(quantity, "y_hat", A, due)
    page = implementation.pages.logistic_regression
    native = [a.astype(implementation.dtype) for a in (w, b, X)]
    theta = implementation.call(page.fold, *native[:2])
    A = implementation.call(page.theta_model, theta, native[2])
    yield compare(quantity, "y_hat of theta", A, due)
    for way in ("looped", "vectorized"):
        fit = getattr(implementation, f"train_{way}")
        (w_got, b_got), costs = fit(w, b, X, Y, learning_rate=0.5, steps=3)
        yield compare(quantity, f"w, {way}", w_got.T.copy(), trained[0].W)
        yield compare(quantity, f"b, {way}", b_got, trained[0].b)
        yield compare(quantity, f"costs, {way}", costs, J)
