"""The cases of an examination: few shapes, and one thing at a time.

From one neuron up, each plain before it is regularized, so that the first
wrong answer is to a small question. The shapes are few, since some compile
for each, and no two axes of a shape are alike, but where that is the trap.
Every learning rate is another, so that no two wrong updates coincide.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from parity_tests.cases import Case, make_case, without_mask, zeroed
from reference import Layer, Network

__all__ = ["CASES", "OPTIONAL", "cases_of"]

M = 7
NEURON, TWO, THREE = (4, 1), (4, 3, 1), (4, 3, 5, 2)
MIXED = ("tanh", "relu", "sigmoid")


def neurons() -> Iterator[Case]:
    """One layer of one node."""
    g = ("sigmoid",)
    yield zeroed(make_case("zero logistic regression", NEURON, g, M, steps=1))
    yield make_case("logistic regression", NEURON, g, M, learning_rate=0.3)
    yield make_case("soft labels", NEURON, g, M, labels=np.copy,
                    learning_rate=0.7)  # fmt: skip
    yield make_case("|Z| up to 40", NEURON, g, M, X_scale=20.0,
                    learning_rate=1e-3)  # fmt: skip
    yield make_case("|Z| up to 1e4", NEURON, g, M, X_scale=5e3,
                    learning_rate=1e-7)  # fmt: skip
    yield make_case("logistic regression with L2", NEURON, g, M, l2=2.0,
                    learning_rate=0.2)  # fmt: skip
    yield make_case("one neuron with ReLU", NEURON, ("relu",), M,
                    learning_rate=0.1)  # fmt: skip
    yield make_case("one linear neuron", NEURON, ("identity",), M,
                    learning_rate=0.1)  # fmt: skip


def hidden_layers() -> Iterator[Case]:
    """Two layers, with each activation between them."""
    for k, g in enumerate(("tanh", "relu", "sigmoid", "leaky_relu"), start=1):
        yield make_case(f"hidden {g}", TWO, (g, "sigmoid"), M,
                        leaky_slope=0.3, learning_rate=k / 7)  # fmt: skip
    regularized: dict[str, Any] = {
        "hidden tanh with L2": {"l2": 1.2, "learning_rate": 0.6},
        "hidden tanh with dropout": {"keep_prob": 0.7, "learning_rate": 0.8},
        "hidden tanh with L2 and dropout": {
            "keep_prob": 0.6, "l2": 0.9, "learning_rate": 0.45,
        },
    }  # fmt: skip
    for name, settings in regularized.items():
        yield make_case(name, TWO, ("tanh", "sigmoid"), M, **settings)
    yield make_case("linear outputs", (4, 3, 2), ("tanh", "identity"), M,
                    learning_rate=0.25)  # fmt: skip
    yield make_case("ReLU outputs", (4, 3, 2), ("tanh", "relu"), M,
                    learning_rate=0.15)  # fmt: skip


def deep_networks() -> Iterator[Case]:
    """Three layers and more, with two outputs."""
    yield make_case("ordinary", THREE, MIXED, M, learning_rate=0.35)
    yield make_case("m = 1", THREE, MIXED, 1, seed=4, learning_rate=0.55)
    yield zeroed(make_case("Z = 0 everywhere, ReLU", (4, 3, 5, 1),
                           ("relu", "relu", "sigmoid"), M))  # fmt: skip
    for g in ("relu", "leaky_relu"):
        # What lies behind the kink is not 0, and so its derivative is seen.
        beside = make_case(f"Z[1] = 0, {g}", TWO, (g, "sigmoid"), M,
                           leaky_slope=0.3)  # fmt: skip
        first, last = beside.parameters
        still = Layer(np.zeros(first.W.shape), np.zeros(first.b.shape))
        yield replace(beside, parameters=(still, last))
    yield make_case("every activation", (4, 3, 5, 3, 5, 2),
                    ("sigmoid", "leaky_relu", "tanh", "relu", "identity"), M,
                    seed=3, learning_rate=0.05)  # fmt: skip
    yield make_case("equal widths, m = n", (4, 4, 4, 4), MIXED, 4,
                    learning_rate=0.65)  # fmt: skip
    yield make_case("L2", THREE, MIXED, M, l2=3.0, learning_rate=0.28)
    yield make_case("dropout", THREE, MIXED, M, keep_prob=0.8,
                    learning_rate=0.33)  # fmt: skip
    yield make_case("L2 with dropout", THREE, MIXED, M, keep_prob=0.6,
                    l2=1.5, learning_rate=0.22)  # fmt: skip
    yield without_mask(make_case("dropout in one layer", THREE, MIXED, M,
                                 keep_prob=0.7))  # fmt: skip
    yield make_case("dropout, a keep_prob a layer", THREE, MIXED, M,
                    keep_prob=(0.5, 0.9), learning_rate=0.31)  # fmt: skip


CASES = (*neurons(), *hidden_layers(), *deep_networks())
OPTIONAL = ("dropout in one layer", "dropout, a keep_prob a layer")
"""Cases that a right implementation may refuse."""


def cases_of(network: Network) -> Iterator[Case]:
    """Cases of one shape: plain, saturated, one example, regularized."""
    sizes, activations = network.layer_sizes, network.activations
    settings: Any = {"leaky_slope": network.leaky_slope}
    yield make_case("ordinary", sizes, activations, M, learning_rate=0.35,
                    **settings)  # fmt: skip
    yield make_case("m = 1", sizes, activations, 1, **settings)
    yield make_case("|X| up to 40", sizes, activations, M, X_scale=20.0,
                    learning_rate=1e-3, **settings)  # fmt: skip
    if activations[-1] == "sigmoid":
        yield make_case("soft labels", sizes, activations, M, labels=np.copy,
                        learning_rate=0.7, **settings)  # fmt: skip
    yield make_case("L2", sizes, activations, M, l2=3.0, learning_rate=0.28,
                    **settings)  # fmt: skip
    if network.L > 1:
        yield make_case("dropout", sizes, activations, M, keep_prob=0.8,
                        learning_rate=0.33, **settings)  # fmt: skip
        yield make_case("L2 with dropout", sizes, activations, M,
                        keep_prob=0.6, l2=1.5, learning_rate=0.22,
                        **settings)  # fmt: skip
