"""The inputs that all implementations are compared on.

Hard ones by name, where mistakes hide that random numbers never meet, and
a hypothesis strategy for all the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference import Dropout, Layer, Network, Parameters

__all__ = ["HARD_CASES", "Case", "make_case", "without_mask", "zeroed"]


@dataclass(frozen=True, eq=False)
class Case:
    """One network with its parameters and data, and how it is trained."""

    name: str
    network: Network
    parameters: Parameters
    X: Any
    Y: Any
    l2: float = 0.0
    dropout: Dropout | None = None
    learning_rate: float = 0.5
    steps: int = 3

    @property
    def m(self) -> int:
        return int(np.shape(self.X)[1])

    def cast(self, dtype: np.dtype) -> tuple[Parameters, Any, Any]:
        """Parameters, X and Y as an implementation of that dtype sees them."""

        def as_dtype(array: Any) -> np.ndarray:
            return np.array(array, dtype)

        parameters = tuple(
            Layer(as_dtype(W), as_dtype(b)) for W, b in self.parameters
        )
        return parameters, as_dtype(self.X), as_dtype(self.Y)


def make_case(
    name: str,
    layer_sizes: tuple[int, ...],
    activations: tuple[str, ...],
    m: int,
    *,
    keep_prob: Any = None,
    labels: Callable[[np.ndarray], np.ndarray] | None = None,
    scale: float = 1.0,
    X_scale: float = 1.0,
    leaky_slope: float = 0.01,
    skip: float = 0.0,
    seed: int = 0,
    **settings: Any,
) -> Case:
    """A case with seeded normal values: W, b by scale, X by X_scale.

    skip times the identity is added to each W. A worst-case bound grows
    with the product of the |W|, and in a deep random network outgrows the
    gradient itself; near the identity it does not.
    seed is for a ReLU that would be 0 for every example otherwise, and all
    gradients with it.
    labels makes Y of uniform draws (n_L, m); without it they are 0 and 1
    for a sigmoid output, and real targets for the others.
    """
    rng = np.random.default_rng(sum(map(ord, name)) + seed)
    network = Network(layer_sizes, activations, leaky_slope)
    parameters = tuple(
        Layer(
            rng.normal(size=(n, n_prev)) * scale / np.sqrt(n_prev)
            + skip * np.eye(n, n_prev),
            rng.normal(size=(n, 1)) * scale / 2,
        )
        for n, n_prev in network.shapes
    )
    X = rng.normal(size=(layer_sizes[0], m)) * X_scale
    draws = rng.uniform(size=(layer_sizes[-1], m))
    if labels is None:
        binary = activations[-1] == "sigmoid"
        Y = (draws < 0.5).astype(float) if binary else 4 * draws - 1
    else:
        Y = labels(draws)
    dropout = None
    if keep_prob is not None:
        each = keep_prob if isinstance(keep_prob, tuple) else None
        hidden = layer_sizes[1:-1]
        probabilities = each or (keep_prob,) * len(hidden)
        masks = tuple(
            None if p is None else rng.uniform(size=(n, m)) < p
            for n, p in zip(hidden, probabilities, strict=True)
        )
        dropout = Dropout(keep_prob, masks)
    return Case(name, network, parameters, X, Y, dropout=dropout, **settings)


def zeroed(case: Case) -> Case:
    """The case with all parameters 0, so that every Z[l] is 0."""
    zeros = tuple(
        Layer(np.zeros(W.shape), np.zeros(b.shape)) for W, b in case.parameters
    )
    return Case(**{**vars(case), "parameters": zeros})


def without_mask(case: Case) -> Case:
    """The case without the mask of its last hidden layer."""
    assert case.dropout
    keep_prob, (*masks, _) = case.dropout
    dropout = Dropout(keep_prob, (*masks, None))
    return Case(**{**vars(case), "dropout": dropout})


def with_arrays(case: Case, change: Callable[[np.ndarray], Any]) -> Case:
    """The case with its X, Y, W and b changed by a function."""
    parameters = tuple(Layer(change(W), change(b)) for W, b in case.parameters)
    X, Y = change(case.X), change(case.Y)
    return Case(**{**vars(case), "parameters": parameters, "X": X, "Y": Y})


def read_only(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array


def reversed_view(array: np.ndarray) -> np.ndarray:
    """The same entries behind negative strides, in Fortran order."""
    return np.asfortranarray(array[::-1, ::-1])[::-1, ::-1]


SIGMOID_3 = ("tanh", "relu", "sigmoid")
MIXED = ("sigmoid", "leaky_relu", "tanh", "relu", "identity")

HARD_CASES = {
    case.name: case
    for case in (
        make_case("ordinary", (7, 6, 5, 2), SIGMOID_3, 11),
        make_case("smooth", (6, 5, 4, 2), ("tanh", "sigmoid", "sigmoid"), 13,
                  l2=0.4),
        make_case("overfitted", (4, 5, 1), ("tanh", "sigmoid"), 6,
                  labels=np.copy, steps=2),
        make_case("every activation", (4, 7, 6, 5, 3, 2), MIXED, 9, seed=3),
        make_case("leaky slope 0.3", (4, 5, 1), ("leaky_relu", "sigmoid"), 6,
                  leaky_slope=0.3),
        make_case("identity output", (5, 4, 3), ("tanh", "identity"), 8),
        make_case("ReLU output", (5, 4, 3), ("leaky_relu", "relu"), 8),
        make_case("one neuron with ReLU", (1, 1), ("relu",), 9,
                  learning_rate=0.1),
        zeroed(make_case("zero logistic regression", (3, 1), ("sigmoid",), 7,
                         steps=1)),
        zeroed(make_case("Z = 0 everywhere, ReLU", (3, 4, 5, 1),
                         ("relu", "relu", "sigmoid"), 7)),
        zeroed(make_case("Z = 0 everywhere, leaky", (3, 4, 2),
                         ("leaky_relu", "relu"), 7, l2=0.7)),
        make_case("|Z| up to 1e4", (4, 1), ("sigmoid",), 40, X_scale=5e3,
                  learning_rate=1e-7),
        make_case("|Z| up to 40", (4, 1), ("sigmoid",), 40, X_scale=20.0,
                  learning_rate=1e-3),
        make_case("|Z| up to 1e4, hidden", (3, 6, 5, 2),
                  ("tanh", "sigmoid", "sigmoid"), 20, X_scale=5e3,
                  learning_rate=0.1),
        make_case("|Z| up to 1e4 through ReLU", (3, 6, 5, 2),
                  ("leaky_relu", "relu", "sigmoid"), 20, X_scale=3e3,
                  learning_rate=1e-7),
        make_case("m = 1", (6, 5, 3, 2), SIGMOID_3, 1, seed=4),
        make_case("one node a layer", (1, 1, 1, 1), SIGMOID_3, 6),
        make_case("equal widths, m = n", (5, 5, 5, 5), SIGMOID_3, 5),
        make_case("n_L = 4", (6, 5, 4), ("relu", "sigmoid"), 9),
        make_case("L2", (7, 6, 5, 2), SIGMOID_3, 11, l2=3.0),
        make_case("strong L2 at m = 1", (4, 3, 1), ("tanh", "sigmoid"), 1,
                  l2=2.5, learning_rate=0.2),
        make_case("dropout", (7, 6, 5, 2), SIGMOID_3, 11, keep_prob=0.8),
        make_case("dropout, a keep_prob a layer", (7, 6, 5, 4, 2),
                  ("tanh", "relu", "sigmoid", "sigmoid"), 11,
                  keep_prob=(0.5, None, 0.9)),
        without_mask(make_case("dropout in one layer", (7, 6, 5, 2), SIGMOID_3,
                               11, keep_prob=0.7)),
        make_case("L2 with dropout", (7, 6, 5, 2), SIGMOID_3, 11,
                  keep_prob=0.6, l2=1.5),
        make_case("deep, with everything", (5, 6, 4, 7, 5, 6, 4, 3),
                  ("leaky_relu", "tanh", "leaky_relu", "sigmoid",
                   "leaky_relu", "relu", "sigmoid"), 9, leaky_slope=0.3,
                  l2=2.0, keep_prob=(0.9, 0.8, None, 0.5, 0.7, 0.6)),
        make_case("30 layers", (4,) + (6,) * 29 + (1,),
                  ("tanh", "relu", "leaky_relu") * 9
                  + ("tanh", "tanh", "sigmoid"),
                  8, scale=0.1, skip=1.0, learning_rate=0.1),
        make_case("labels all 0", (5, 4, 1), ("tanh", "sigmoid"), 6,
                  labels=np.zeros_like),
        make_case("labels all 1", (5, 4, 1), ("tanh", "sigmoid"), 6,
                  labels=np.ones_like),
        make_case("soft labels", (5, 4, 2), ("tanh", "sigmoid"), 6,
                  labels=np.copy),
        make_case("labels of uint8", (5, 4, 1), ("tanh", "sigmoid"), 6,
                  labels=lambda U: (U < 0.5).astype(np.uint8)),
        make_case("labels of int64", (5, 4, 1), ("tanh", "sigmoid"), 6,
                  labels=lambda U: (U < 0.5).astype(np.int64)),
        make_case("labels of bool", (5, 4, 1), ("tanh", "sigmoid"), 6,
                  labels=lambda U: U < 0.5),
        with_arrays(make_case("read-only arrays", (5, 4, 2),
                              ("tanh", "sigmoid"), 6), read_only),
        with_arrays(make_case("arrays behind negative strides", (5, 4, 2),
                              ("tanh", "sigmoid"), 6), reversed_view),
        make_case("wide and short", (200, 64, 1), ("relu", "sigmoid"), 3),
        make_case("many examples", (3, 4, 1), ("tanh", "sigmoid"), 2049),
        make_case("leaky slope 0", (4, 5, 1), ("leaky_relu", "sigmoid"), 6,
                  leaky_slope=0.0),
        make_case("40 steps", (3, 4, 1), ("tanh", "sigmoid"), 12, l2=0.3,
                  learning_rate=0.3, steps=40),
        make_case("a learning rate of 1e-11", (3, 4, 1), ("tanh", "sigmoid"),
                  12, learning_rate=1e-11, steps=4),
    )
}  # fmt: skip
