"""Initialization: its law, and why the weights are random and small."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator

import numpy as np

from parity_tests.cases import Case, make_case
from parity_tests.checks.lifting import PAGES, lifted
from parity_tests.comparison import (
    Comparison,
    arithmetic_of,
    compare,
    compare_exactly,
    proves,
    truth,
)
from parity_tests.data import FEW, breast_cancer
from parity_tests.law import normal_statistic, shared, standard_normal_law
from reference import Layer, Network
from reference.rounding import lift
from reference.specification import Contract

__all__ = [
    "NETWORK_OF_LAW",
    "SEEDS",
    "VARIANCE",
    "initialization_law",
    "small_random",
    "symmetry",
]

VARIANCE: dict[str, Callable[[int, int], float]] = {
    "small": lambda n, n_prev: 0.01**2,
    "xavier": lambda n, n_prev: 1 / n_prev,
    "xavier_average": lambda n, n_prev: 2 / (n_prev + n),
    "he": lambda n, n_prev: 2 / n_prev,
}


NETWORK_OF_LAW = Network((25, 20, 60, 8), ("tanh", "tanh", "sigmoid"))
"""Small, and with fans that are as good as equal and far from it."""
SEEDS = 60


@proves(
    "2.4-symmetry",
    "2.4-small-random",
    "2.5-shapes",
    "3.2.2-xavier",
    "3.2.2-he",
    "3.2.2-xavier-average",
)
def initialization_law(implementation: Contract) -> Iterator[Comparison]:
    """Mean, variance, normality and independence of W; b = 0; the seed."""
    network, seeds = NETWORK_OF_LAW, range(SEEDS)
    for rule in ("zeros", *VARIANCE):
        draws = [implementation.initialize(network, rule, s) for s in seeds]
        quantity = "initialization"
        biases = max(float(np.max(np.abs(b))) for d in draws for _, b in d)
        yield compare_exactly(quantity, f"{rule}: b", biases, 0.0)
        W = [np.stack([d[l].W for d in draws]) for l in range(network.L)]
        if rule == "zeros":
            yield compare_exactly(
                quantity, "zeros: W", float(np.max(np.abs(W[0]))), 0.0
            )
            continue
        for seed in (0, 1):
            again = implementation.initialize(network, rule, seed)
            same = np.array_equal(again[0].W, draws[seed][0].W)
            name = f"{rule}: same seed, {seed}"
            yield compare_exactly(quantity, name, same, True)
        others = len({d[0].W.tobytes() for d in draws})
        yield compare_exactly(quantity, f"{rule}: seeds", others, SEEDS)
        for l, (shape, draw) in enumerate(
            zip(network.shapes, W, strict=True), 1
        ):
            name = f"{rule}: W[{l}]"
            z = draw.astype(float) / math.sqrt(VARIANCE[rule](*shape))
            yield from standard_normal_law(quantity, name, z)
        for k, l in itertools.combinations(range(network.L), 2):
            name = f"{rule}: W[{k + 1}] and W[{l + 1}]"
            yield normal_statistic(quantity, name, shared(W[k], W[l]))


@proves("2.4-symmetry", "2.5-shapes")
def symmetry(implementation: Contract) -> Iterator[Comparison]:
    """From equal weights, training leaves the rows of each W[l] equal."""
    case = make_case("symmetry", (4, 5, 3, 2), ("tanh", "relu", "sigmoid"), 9,
                     steps=3)  # fmt: skip
    network, start = case.network, []
    page = implementation.pages.initialization
    for shape in network.shapes:
        W = implementation.call(page.constant, shape, 0.5, on_host=True)
        start.append(Layer(W, np.zeros((shape[0], 1))))
    Y = np.repeat(case.Y[:1], 2, axis=0)
    equal = Case("symmetry", network, tuple(start), case.X, Y, steps=3)
    # The true rows are equal, and each entry is within its bar of them.
    arithmetic = arithmetic_of(implementation)
    parameters, X, Y, _ = lifted(equal, arithmetic)
    with truth():
        due, _ = PAGES.gradient_descent.train(
            network, parameters, X, Y,
            learning_rate=lift(equal.learning_rate, arithmetic), steps=3,
        )  # fmt: skip
    got, _ = implementation.train(
        network, equal.parameters, equal.X, equal.Y,
        learning_rate=equal.learning_rate, steps=3,
    )  # fmt: skip
    for l, (layer, W) in enumerate(zip(got, due, strict=True), start=1):
        first = W.W[:1] + 0 * W.W
        first.error, first.deviations = W.W.error, W.W.deviations
        yield compare("symmetry", f"rows of W[{l}]", layer.W, first)
    shapes = [tuple(a.shape for a in layer) for layer in got]
    wanted = [((n, k), (n, 1)) for n, k in network.shapes]
    yield compare_exactly("symmetry", "shapes", shapes, wanted)


@proves("2.4-small-random")
def small_random(implementation: Contract) -> Iterator[Comparison]:
    """Large weights make tanh flat, and the gradient of W[1] small."""
    X, Y = breast_cancer()
    X, Y = X[:, :FEW], Y[:, :FEW]
    network = Network((len(X), 10, 1), ("tanh", "sigmoid"))
    slopes = []
    for scale in (0.01, 1.0, 100.0):
        parameters = implementation.initialize(network, "small", 0, scale)
        Z = parameters[0].W @ X
        slopes.append(float(np.mean(
            implementation.activation_derivative("tanh", Z))))  # fmt: skip
    falling = slopes[0] > slopes[1] > slopes[2]
    yield compare_exactly("small random", f"tanh' {slopes}", falling, True)
    yield compare_exactly("small random", "flat", slopes[2] < 0.05, True)
    # dZ[1] = W[2]^T dZ[2] * tanh'(Z[1]): per unit of W[2], it has fallen.
    moves = []
    for scale in (1.0, 100.0):
        parameters = implementation.initialize(network, "small", 0, scale)
        dW = implementation.gradients(network, parameters, X, Y)[0].W
        size_of_W = float(np.linalg.norm(parameters[1].W))
        moves.append(float(np.linalg.norm(dW)) / size_of_W)
    smaller = moves[1] < moves[0] / 10
    yield compare_exactly("small random", f"dW[1] {moves}", smaller, True)
