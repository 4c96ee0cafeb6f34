"""The checks of chapter 3: selection, augmentation, early stopping, signals
by depth, gradient checking.

Each brings its own inputs, and claims the clauses that it proves.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import numpy as np

import reference
from parity_tests.cases import HARD_CASES
from parity_tests.checks import PAGES, layers
from parity_tests.comparison import (
    Check,
    Comparison,
    arithmetic_of,
    compare,
    compare_exactly,
    proves,
    truth,
)
from parity_tests.data import breast_cancer, photographs, sounds
from reference import Layer, Network, Parameters
from reference.rounding import lift
from reference.specification import THRESHOLDS, Contract

__all__ = ["CHECKS"]

STRANGE = {
    "zero": lambda a: 0 * a,
    "of the other sign": lambda a: -a,
    "1 % off": lambda a: 1.01 * a,
}
"""What a wrong layer of a gradient looks like."""


@proves("3-dev-selection")
def dev_selection(implementation: Contract) -> Iterator[Comparison]:
    """The same candidate is chosen by all, on real data, by the dev error."""
    network, start, (X, Y, X_dev, Y_dev) = study()
    candidates = [
        (0.001, 0.0, 1.0), (0.5, 0.0, 1.0), (0.5, 30.0, 1.0),
        (0.5, 0.0, 0.7), (0.5, 3.0, 0.7),
    ]  # fmt: skip
    best, errors, _ = implementation.search(
        network, start, X, Y, X_dev, Y_dev, candidates, steps=12
    )
    due, due_errors, due_costs = chosen(tuple(candidates))
    yield compare_exactly("dev selection", "chosen", best, due)
    lowest = [k for k, e in enumerate(due_errors) if e == min(due_errors)]
    least = min(lowest, key=lambda k: due_costs[k])
    yield compare_exactly("dev selection", "rule", best, least)
    # Shares of 114 examples: equal, or one example and more apart.
    m = Y_dev.shape[1]
    wrong = [round(float(e) * m) for e in errors]
    yield compare_exactly(
        "dev selection", "wrong", wrong, [round(e * m) for e in due_errors]
    )


@functools.cache
def study() -> tuple[Network, Parameters, Any]:
    """A small network, its start, and training and dev set."""
    X, Y = breast_cancer()
    numpy = reference.implementation()
    train, dev, _ = numpy.split(X.shape[1], (0.6, 0.2, 0.2), 1, Y)
    network = Network((30, 6, 1), ("tanh", "sigmoid"))
    start = numpy.initialize(network, "xavier", 1)
    return network, start, (X[:, train], Y[:, train], X[:, dev], Y[:, dev])


@functools.cache
def chosen(candidates: tuple[Any, ...]) -> tuple[int, list[float], list[float]]:
    """What the reference chooses, in float64."""
    network, start, (X, Y, X_dev, Y_dev) = study()
    best, errors, costs = reference.implementation().search(
        network, start, X, Y, X_dev, Y_dev, candidates, steps=12
    )
    return best, errors.tolist(), costs.tolist()


@proves("3.1-l2")
def weight_decay(implementation: Contract) -> Iterator[Comparison]:
    """Shrinking W in each update is the penalty in the cost."""
    case = HARD_CASES["L2"]
    arithmetic = arithmetic_of(implementation)
    parameters, X, Y = case.cast(arithmetic.dtype)
    dJ = implementation.gradients(case.network, parameters, X, Y)
    page = implementation.pages.regularization
    rate = case.learning_rate
    with truth():
        due, _ = PAGES.gradient_descent.step(
            case.network, *lift((parameters, X, Y, rate, case.l2), arithmetic)
        )
    for l, (layer, slope) in enumerate(zip(parameters, dJ, strict=True)):
        W = implementation.call(
            page.weight_decay, layer.W, slope.W, rate, case.l2, case.m
        )
        yield compare("weight decay", f"W[{l + 1}]", W, due[l].W)


@proves("3.1-augmentation")
def augmentation(implementation: Contract) -> Iterator[Comparison]:
    """What each operation leaves as it was, on photographs and on sound."""
    arithmetic, quantity = arithmetic_of(implementation), "augmentation"
    images = photographs()[:, 100:124, 200:232].astype(arithmetic.dtype)
    strings = sounds(2, 400).astype(arithmetic.dtype)
    plane = np.full((1, 9, 7, 3), 0.25, arithmetic.dtype)

    def augment(operation: str, batch: Any, **setting: float) -> np.ndarray:
        return implementation.augment(operation, batch, 3, **setting)

    with truth():
        page, one = PAGES.augmentation, np.ones(2)
        coloured = page.desaturate(*lift((images, one), arithmetic))
        kernel = np.array(page.gaussian(2.0), arithmetic.dtype)
        flat = page.blur(*lift((plane, kernel), arithmetic))
    coloured.value, flat.value = (
        a.astype(arithmetic.truth) for a in (images, plane)
    )
    got = augment("desaturate", images, least=1)
    yield compare(quantity, "saturation 1", got, coloured)
    got = augment("blur", plane, sigma=2)
    yield compare(quantity, "blurred plane", got, flat)
    blurred, gray = augment("blur", images), augment("desaturate", images)
    facts = {
        "flipped": same(
            augment("flip", images, probability=1), images[:, :, ::-1]
        ),
        "not flipped": same(augment("flip", images, probability=0), images),
        "less colour": np.ptp(gray, -1).sum() < np.ptp(images, -1).sum(),
        "smoother": roughness(blurred) < roughness(images),
        "gain 1": same(augment("louder", strings, most=1), strings),
        "louder": np.abs(augment("louder", strings)).sum()
        > np.abs(strings).sum(),
        "no noise": same(augment("noise", strings, scale=0), strings),
        "silence": np.all(
            np.sum(augment("suppress", np.ones((5, 200)), share=0.25) == 0, 1)
            == 50
        ),
    }
    for operation in ("louder", "noise", "suppress"):
        heard = augment(operation, strings)
        again = augment(operation, strings)
        other = implementation.augment(operation, strings, 4)
        facts[f"{operation}: one seed"] = same(heard, again)
        facts[f"{operation}: another"] = not same(heard, other)
        facts[f"{operation}: range"] = np.all(np.abs(heard) <= 1)
    for fact, holds in facts.items():
        yield compare_exactly(quantity, fact, bool(holds), True)


def same(a: np.ndarray, b: np.ndarray) -> bool:
    return np.array_equal(a, b)


def roughness(images: np.ndarray) -> float:
    """The sum of the steps from pixel to pixel."""
    return float(np.abs(np.diff(images, axis=2)).sum())


@proves("3.1-early-stopping")
def early_stopping(implementation: Contract) -> Iterator[Comparison]:
    """It stops patience updates after the least dev cost, and goes back."""
    arithmetic, quantity = arithmetic_of(implementation), "early stopping"
    for name, opposed, steps, patience in (
        ("overfitted", True, 9, 1), ("overfitted", True, 9, 3),
        ("smooth", False, 4, 2), ("overfitted", True, 0, 1),
    ):  # fmt: skip
        case = HARD_CASES[name]
        dev = case.X + 0.5, (1 - case.Y) if opposed else case.Y
        parameters, X, Y = case.cast(arithmetic.dtype)
        X_dev, Y_dev = (np.array(a, arithmetic.dtype) for a in dev)
        settings: Any = {"learning_rate": 0.25, "l2": case.l2}
        with truth():
            best, costs, dev_costs, step = (
                PAGES.early_stopping.train_early_stopping(
                    case.network,
                    *lift((parameters, X, Y, X_dev, Y_dev), arithmetic),
                    **{k: lift(x, arithmetic) for k, x in settings.items()},
                    steps=steps, patience=patience,
                )
            )  # fmt: skip
        got = implementation.train_early_stopping(
            case.network, parameters, X, Y, X_dev, Y_dev,
            **settings, steps=steps, patience=patience,
        )  # fmt: skip
        yield compare_exactly(quantity, "best step", got[3], step)
        yield from layers(quantity, ("W", "b"), got[0], best)
        yield compare(quantity, "costs", got[1], costs)
        yield compare(quantity, "dev costs", got[2], dev_costs)


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


def cube(theta: Any) -> Any:
    """f(theta) = theta^3 of a vector of one."""
    return theta[0] * theta[0] * theta[0]


@proves("3.2.3-two-sided")
def order_of_accuracy(implementation: Contract) -> Iterator[Comparison]:
    """The error falls as epsilon^2: for theta^3 it is exactly epsilon^2.

    theta and all epsilon are powers of 2, so that nothing is rounded.
    """
    page = implementation.pages.gradient_checking
    theta = np.array([1.0], implementation.dtype)
    for k in range(1, 7):
        epsilon = 2.0**-k
        slope = implementation.call(page.two_sided, cube, theta, epsilon)
        error = float(slope[0]) - 3.0
        yield compare_exactly("two-sided", f"at 2^-{k}", error, epsilon**2)


@proves("3.2.3-check")
def gradient_check(implementation: Contract) -> Iterator[Comparison]:
    """The right gradient passes, and one that is wrong in a layer does not."""
    for name in ("smooth", "ordinary", "leaky slope 0.3", "L2"):
        case = HARD_CASES[name]
        network, X, Y = case.network, case.X, case.Y
        data: Any = (network, case.parameters, X, Y)
        found = implementation.gradient_check(*data, l2=case.l2)
        good = found.verdict in ("correct", "kink")
        yield compare_exactly("gradient check", f"right, {name}", good, True)
        yield Comparison("gradient check", f"{found.worst.name}, {name}",
                         found.worst.ratio)  # fmt: skip
        dJ = implementation.gradients(network, case.parameters, X, Y, case.l2)
        for l in range(case.network.L):
            for how, change in STRANGE.items():
                wrong = list(dJ)
                wrong[l] = Layer(*map(change, dJ[l]))
                told = implementation.gradient_check(
                    *data, l2=case.l2, gradients=wrong
                ).verdict
                what = f"layer {l + 1} {how}, {name}"
                yield compare_exactly("gradient check", what, told, "wrong")
    page = implementation.pages.gradient_checking
    for x, word in (
        *((x / 2, word) for word, x in THRESHOLDS.items()),
        (1e-3, "wrong"),
        (float("nan"), "wrong"),
    ):
        told = implementation.call(page.verdict, x, on_host=True)
        yield compare_exactly("gradient check", f"{x}", told, word)


CHECKS: dict[str, Check] = {
    "dev_selection": dev_selection,
    "weight_decay": weight_decay,
    "augmentation": augmentation,
    "early_stopping": early_stopping,
    "conditioning": conditioning,
    "vanishing": vanishing,
    "order_of_accuracy": order_of_accuracy,
    "gradient_check": gradient_check,
}
