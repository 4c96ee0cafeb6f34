"""The checks of chapters 1 and 2: what one neuron, one layer, one step is.

Each brings its own inputs, and claims the clauses that it proves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from parity_tests.cases import HARD_CASES, Case, make_case
from parity_tests.checks import PAGES, layers, lifted, train
from parity_tests.comparison import (
    Check,
    Comparison,
    arithmetic_of,
    compare,
    compare_exactly,
    proves,
    truth,
)
from parity_tests.data import breast_cancer, diabetes, digits
from reference import Layer, Network
from reference.rounding import lift
from reference.specification import Contract

__all__ = ["CHECKS"]

FEW = 40
"""Examples of the real data: a bar per operation, and all run in seconds."""


@proves("1.1-notation")
def notation(implementation: Contract) -> Iterator[Comparison]:
    """Real digits as columns: column i is image i, row by row."""
    images, _ = digits()
    X = implementation.flatten_images(images[:FEW])
    due = [image.ravel().tolist() for image in images[:FEW]]
    yield compare_exactly("notation", "columns", X.T.tolist(), due)
    A = implementation.forward(*constant_network((64, 3, 1)), X)
    yield compare_exactly("notation", "A[1]", A[0].shape, (3, FEW))


def constant_network(sizes: tuple[int, ...]) -> tuple[Network, Any]:
    """A tanh network with a sigmoid output, all of whose weights are 1/8."""
    hidden = ("tanh",) * (len(sizes) - 2)
    network = Network(sizes, (*hidden, "sigmoid"))
    return network, tuple(
        Layer(np.full(shape, 0.125), np.zeros((shape[0], 1)))
        for shape in network.shapes
    )


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


@proves("P1.1")
def steepest_ascent(implementation: Contract) -> Iterator[Comparison]:
    """J rises along the gradient by its length, and along no other more."""
    case = HARD_CASES["smooth"]
    data = case.network, case.parameters, case.X, case.Y
    arithmetic, quantity = arithmetic_of(implementation), "steepest ascent"
    dJ = implementation.gradients(*data, case.l2)
    page = implementation.pages.steepest_ascent
    up = implementation.call(page.steepest_direction, dJ)
    with truth():
        g = PAGES.gradient_checking.flatten(
            PAGES.backpropagation.gradients(
                case.network, *lifted(case, arithmetic)
            )
        )
        v = lift(np.concatenate([a.ravel() for p in up for a in p]), arithmetic)
        due, length = np.sum(g * v), np.sqrt(np.sum(g * g))
    slope = implementation.directional_derivative(*data, up, case.l2)
    yield compare(quantity, "slope along dJ / ||dJ||", slope, due)
    highest = float(length.value + length.error)
    rng = np.random.default_rng(0)
    for k in range(20):
        random = [
            Layer(rng.normal(size=W.shape), rng.normal(size=b.shape))
            for W, b in dJ
        ]
        aside = implementation.call(page.steepest_direction, as_dtype(
            random, implementation.dtype))  # fmt: skip
        got = implementation.directional_derivative(*data, aside, case.l2)
        yield Comparison(quantity, f"direction {k}", abs(got) / highest,
                         got, "no more than", highest)  # fmt: skip


def as_dtype(parameters: Any, dtype: np.dtype) -> tuple[Layer, ...]:
    """The parameters in that dtype."""
    return tuple(Layer(W.astype(dtype), b.astype(dtype)) for W, b in parameters)


@proves("1.2-convex")
def convexity(implementation: Contract) -> Iterator[Comparison]:
    """J never lies above the chord between two points of (w, b)."""
    X, Y = breast_cancer()
    X, Y, n_x = X[:, :FEW], Y[:, :FEW], len(X)
    network, rng = Network((n_x, 1), ("sigmoid",)), np.random.default_rng(0)
    arithmetic = arithmetic_of(implementation)
    for k in range(10):
        ends: Any = [
            (Layer(rng.normal(size=(1, n_x)), rng.normal(size=(1, 1))),)
            for _ in range(2)
        ]
        with truth():
            due = PAGES.convexity.midpoint_gap(
                network, *lift((*ends, X, Y), arithmetic)
            )
        got = implementation.midpoint_gap(network, ends[0], ends[1], X, Y)
        yield compare("convexity", f"gap {k}", got, due)
        below = max(0.0, -got)
        ratio = 0.0 if below == 0 else below / float(due.error)
        yield Comparison("convexity", f"gap {k} >= 0", ratio, got, ">= 0")


@proves("2.1", "2.2", "2.5", "2.6", "2.7", "2.8")
def one_example(implementation: Contract) -> Iterator[Comparison]:
    """Node by node as all at once, and the mean of the shares is dW, db."""
    for name in ("every activation", "ReLU output", "Z = 0 everywhere, leaky"):
        case = HARD_CASES[name]
        arithmetic = arithmetic_of(implementation)
        parameters, X, Y = case.cast(arithmetic.dtype)
        with truth():
            A = PAGES.network.forward(
                case.network, *lift((parameters, X), arithmetic)
            )
            dJ = PAGES.backpropagation.gradients(
                case.network, *lift((parameters, X, Y), arithmetic)
            )
        page, last = implementation.pages.one_example, case.m - 1
        _, a = implementation.call(
            page.forward_example, case.network, parameters, X[:, last:]
        )
        for l, (got, due) in enumerate(zip(a, A, strict=True), start=1):
            yield compare("one example", f"a[{l}]", got, due[:, last:])
        shares = implementation.gradients_by_example(
            case.network, parameters, X, Y
        )
        means = [
            Layer(*(np.mean(a, 0, np.longdouble).astype(a.dtype) for a in p))
            for p in shares
        ]
        yield from layers("one example", ("dW", "db"), means, dJ)


@proves("2.2-tanh")
def shifted_sigmoid(implementation: Contract) -> Iterator[Comparison]:
    """tanh and 2 sigma(2Z) - 1 are one number, within the bars of both."""
    arithmetic = arithmetic_of(implementation)
    Z = np.linspace(-9, 9, 91).astype(arithmetic.dtype).reshape(7, 13)
    with truth():
        due = PAGES.activations.shifted_sigmoid(lift(Z, arithmetic))
        due.error = (
            due.error + PAGES.activations.tanh(lift(Z, arithmetic)).error
        )
    got = implementation.activation("tanh", Z)
    yield compare("activation", "tanh as a shifted sigmoid", got, due)


@proves("2.2-linear-collapse")
def linear_collapse(implementation: Contract) -> Iterator[Comparison]:
    """A deep network with identity layers, and the one layer that it is."""
    case = make_case("collapse", (5, 4, 6, 3),
                     ("identity", "identity", "sigmoid"), 7)  # fmt: skip
    arithmetic = arithmetic_of(implementation)
    one = Network((5, 3), ("sigmoid",))
    parameters, X, _ = case.cast(arithmetic.dtype)
    with truth():
        lifted_layers = lift(parameters, arithmetic)
        layer = PAGES.linear_collapse.collapse(lifted_layers)
        due = PAGES.network.forward(one, (layer,), lift(X, arithmetic))[0]
        deep = PAGES.network.forward(
            case.network, lifted_layers, lift(X, arithmetic)
        )[-1]
    got_layer = implementation.collapse(case.network, parameters)
    got = implementation.forward(one, (got_layer,), X)[0]
    yield compare("linear collapse", "one layer", got, due)
    # The same number by another way: within both bars.
    due.error = due.error + deep.error
    got = implementation.forward(case.network, parameters, X)[-1]
    yield compare("linear collapse", "three layers", got, due)


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
        first.error = W.W.error
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


CHECKS: dict[str, Check] = {
    "notation": notation,
    "price_model": price_model,
    "logistic_regression": logistic_regression,
    "steepest_ascent": steepest_ascent,
    "convexity": convexity,
    "one_example": one_example,
    "shifted_sigmoid": shifted_sigmoid,
    "linear_collapse": linear_collapse,
    "symmetry": symmetry,
    "small_random": small_random,
}
