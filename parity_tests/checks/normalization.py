"""Normalization: mu and sigma, and what they do to the bowl of J."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import numpy as np

from parity_tests.checks.lifting import PAGES
from parity_tests.comparison import (
    Comparison,
    arithmetic_of,
    compare,
    compare_exactly,
    proves,
    truth,
)
from parity_tests.data import tumours
from reference import Layer, Network
from reference.rounding import lift
from reference.specification import Contract

__all__ = ["normalization", "conditioning"]


@proves("3.2.1-normalize")
def normalization(implementation: Contract) -> Iterator[Comparison]:
    """mu, sigma, and another set normalized by them; a constant feature."""
    arithmetic = arithmetic_of(implementation)
    rng = np.random.default_rng(1)
    means = np.array([[0.0], [1000.0], [-3.0], [0.1], [0.0], [0.0]])
    spreads = np.array([[1.0], [1.0], [50.0], [0.0], [1e-9], [1e-17]])
    X = rng.normal(means, spreads, size=(6, 37)).astype(arithmetic.dtype)
    page = PAGES.normalization
    measured = tumours().astype(arithmetic.dtype)
    for name, X_train, X_dev in (
        ("", X, X + 1),
        (", m = 1", X[:, :1], X + 1),
        (", tumours", measured[:, 50:], measured[:, :50]),
    ):
        with truth():
            exact = lift(X_train, arithmetic)
            mu, sigma = page.fit_normalization(exact)
            # That of a constant feature may be a mean like any other.
            mu.error = np.maximum(mu.error, page.mean(exact).error)
        with warnings.catch_warnings():
            # The contract warns of the constant feature, which is meant.
            warnings.simplefilter("ignore", UserWarning)
            got = implementation.fit_normalization(X_train)
        yield compare("normalization", "mu" + name, got[0], mu)
        yield compare("normalization", "sigma" + name, got[1], sigma)
        for set_name, X_any in (("X", X_train), ("X_dev", X_dev)):
            with truth():
                # By the same mu and sigma: each step has its own bound.
                due = page.normalize(*lift((X_any, got[0], got[1]), arithmetic))
            normalized = implementation.normalize(X_any, *got)
            yield compare("normalization", set_name + name, normalized, due)
        if "tumours" in name:
            continue
        constant = implementation.normalize(X_train, *got)[3]
        exact = bool(np.all(constant == 0))
        what = "constant feature" + name
        yield compare_exactly("normalization", what, exact, True)


@proves("3.2.1-normalize")
def conditioning(implementation: Contract) -> Iterator[Comparison]:
    """Normalization makes the bowl rounder, and descent needs fewer steps."""
    rng = np.random.default_rng(0)
    X = rng.normal([[3.0], [-1.0]], [[5.0], [0.5]], size=(2, 60))
    Y = 0.2 * X[:1] + X[1:] + 1
    normalized = implementation.normalize(
        X, *implementation.fit_normalization(X)
    )
    kappas = [implementation.condition_number(x) for x in (X, normalized)]
    yield compare_exactly("conditioning", f"kappa {kappas}",
                          kappas[1] < kappas[0] / 10, True)  # fmt: skip
    network = Network((2, 1), ("identity",))
    zero = (Layer(np.zeros((1, 2)), np.zeros((1, 1))),)
    needed = []
    for x in (X, normalized):
        # The largest learning rate that the bowl allows, 1 / lambda_max.
        bowl = np.vstack([x, np.ones_like(x[:1])])
        rate = 1 / float(np.linalg.eigvalsh(bowl @ bowl.T / 60)[-1])
        _, costs = implementation.train(
            network, zero, x, Y, learning_rate=rate, steps=150
        )
        needed.append(int(np.argmax(costs < costs[0] / 1000)))
    fewer = 0 < needed[1] < needed[0] / 4 or (needed[0] == 0 < needed[1])
    yield compare_exactly("conditioning", f"steps {needed}", fewer, True)
