"""The checks: what each quantity of the contract is held against.

A check takes an implementation, and most a case too, and yields its
Comparisons. The tests require each of them; the report tabulates the worst.
The truth is the reference's own page, run on arrays with error bars.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

import reference
from parity_tests.cases import Case, make_case
from parity_tests.comparison import (
    Check,
    Comparison,
    arithmetic_of,
    compare,
    compare_exactly,
    proves,
    truth,
)
from parity_tests.examples import HARD_Z
from reference.rounding import Arithmetic, lift
from reference.specification import ACTIVATIONS, Contract

__all__ = [
    "CASE_CHECKS",
    "CHECKS",
    "activations",
    "cost",
    "forward",
    "gradients",
    "normalization",
    "prediction",
    "purity",
    "split",
    "train",
]

PAGES: Any = reference
"""The reference, as it runs on arrays with error bars."""


def lifted(case: Case, arithmetic: Arithmetic) -> Any:
    """Parameters, X, Y and lambda of the case with error bars, all exact."""
    return lift((*case.cast(arithmetic.dtype), case.l2), arithmetic)


def kind(what: str, case: Case) -> str:
    """What is compared, and with which regularization."""
    l2 = " + L2" if case.l2 else ""
    return what + l2 + (" + dropout" if case.dropout else "")


@proves(
    "1.2-sigmoid",
    "2.2-tanh",
    "2.2-relu",
    "2.2-leaky-relu",
    "2.2-identity",
    "2.3-derivatives",
    "2.4",
)
def activations(implementation: Contract) -> Iterator[Comparison]:
    """g and g' of every activation, at 0, in both tails and between."""
    arithmetic = arithmetic_of(implementation)
    page = PAGES.activations
    between = np.random.default_rng(0).normal(size=200) * 3
    Z = np.append(HARD_Z, between).astype(arithmetic.dtype).reshape(2, -1)
    for name in ACTIVATIONS:
        for slope in (0.01, 0.25):
            with truth():
                A = page.activation(name, lift(Z, arithmetic), slope)
                dA = page.activation_derivative(
                    name, lift(Z, arithmetic), slope
                )
            got = implementation.activation(name, Z, slope)
            yield compare("activation", name, got, A)
            got = implementation.activation_derivative(name, Z, slope)
            yield compare("activation derivative", f"{name}'", got, dA)


@proves("2.3", "2.4")
def forward(implementation: Contract, case: Case) -> Iterator[Comparison]:
    """Every A[l]."""
    arithmetic = arithmetic_of(implementation)
    parameters, X, *_ = lifted(case, arithmetic)
    with truth():
        page = PAGES.network
        A = page.forward(case.network, parameters, X, case.dropout)
    got = implementation.forward(
        case.network, case.parameters, case.X, case.dropout
    )
    yield compare_exactly("forward", "layers", len(got), len(A))
    for l, (A_got, A_due) in enumerate(zip(got, A, strict=False), start=1):
        yield compare(kind("forward", case), f"A[{l}]", A_got, A_due)


@proves("1.2-loss", "1.2-cost", "3.1-frobenius", "3.1-l2")
def cost(implementation: Contract, case: Case) -> Iterator[Comparison]:
    """J."""
    arithmetic = arithmetic_of(implementation)
    with truth():
        J = PAGES.network.cost(
            case.network, *lifted(case, arithmetic), case.dropout
        )
    got = implementation.cost(
        case.network, case.parameters, case.X, case.Y, case.l2, case.dropout
    )
    yield compare(kind("cost", case), "J", got, J)


@proves("2.9", "2.10", "2.11", "2.12", "3.1-l2", "3.1-dropout")
def gradients(implementation: Contract, case: Case) -> Iterator[Comparison]:
    """Every dW[l] and db[l]."""
    arithmetic = arithmetic_of(implementation)
    with truth():
        due = PAGES.backpropagation.gradients(
            case.network, *lifted(case, arithmetic), case.dropout
        )
    got = implementation.gradients(
        case.network, case.parameters, case.X, case.Y, case.l2, case.dropout
    )
    yield from layers(kind("gradients", case), ("dW", "db"), got, due)


@proves("A1.1")
def train(implementation: Contract, case: Case) -> Iterator[Comparison]:
    """Parameters and costs after a few steps, all in one call."""
    arithmetic = arithmetic_of(implementation)
    settings: dict[str, Any] = {
        "learning_rate": case.learning_rate,
        "steps": case.steps,
        "l2": case.l2,
    }
    parameters, X, Y, l2 = lifted(case, arithmetic)
    with truth():
        due, J = PAGES.gradient_descent.train(
            case.network,
            parameters,
            X,
            Y,
            learning_rate=lift(case.learning_rate, arithmetic),
            steps=case.steps,
            l2=l2,
        )
    got, costs = implementation.train(
        case.network, case.parameters, case.X, case.Y, **settings
    )
    what = "training + L2" if case.l2 else "training"
    yield from layers(what, ("W", "b"), got, due)
    yield compare(what, "costs", costs, J)


def layers(
    quantity: str, names: tuple[str, str], got: Any, due: Any
) -> Iterator[Comparison]:
    yield compare_exactly(quantity, "layers", len(got), len(due))
    for l, (got_layer, due_layer) in enumerate(
        zip(got, due, strict=False), start=1
    ):
        for name, a, b in zip(names, got_layer, due_layer, strict=True):
            yield compare(quantity, f"{name}[{l}]", a, b)


@proves("3.2.1-normalize")
def normalization(implementation: Contract) -> Iterator[Comparison]:
    """mu, sigma, and another set normalized by them; a constant feature."""
    arithmetic = arithmetic_of(implementation)
    rng = np.random.default_rng(1)
    X = rng.normal([[0.0], [1000.0], [-3.0], [0.1]], [[1], [1], [50], [0]],
                   size=(4, 37)).astype(arithmetic.dtype)  # fmt: skip
    page = PAGES.normalization
    for name, X_train in (("", X), (", m = 1", X[:, :1])):
        with truth():
            mu, sigma = page.fit_normalization(lift(X_train, arithmetic))
        with warnings.catch_warnings():
            # The contract warns of the constant feature, which is meant.
            warnings.simplefilter("ignore", UserWarning)
            got = implementation.fit_normalization(X_train)
        yield compare("normalization", "mu" + name, got[0], mu)
        yield compare("normalization", "sigma" + name, got[1], sigma)
        for set_name, X_any in (("X", X_train), ("X_dev", X + 1)):
            with truth():
                # By the same mu and sigma: each step has its own bound.
                due = page.normalize(*lift((X_any, got[0], got[1]), arithmetic))
            normalized = implementation.normalize(X_any, *got)
            yield compare("normalization", set_name + name, normalized, due)
        constant = implementation.normalize(X_train, *got)[3]
        exact = bool(np.all(constant == 0))
        what = "constant feature" + name
        yield compare_exactly("normalization", what, exact, True)


@proves("1.2-predict")
def prediction(implementation: Contract) -> Iterator[Comparison]:
    """Class 1 when y_hat > 1/2, the tie as class 0; the share of right ones."""
    case = make_case("prediction", (2, 1), ("identity",), 6)
    parameters = [(np.array([[1.0, 0.0]]), np.zeros((1, 1)))]
    y_hat = [0.0, 0.5, np.nextafter(np.float32(0.5), 1), 0.75, 1.0, 0.25]
    X = np.array([y_hat, y_hat])
    Y = np.array([[0, 0, 1, 1, 1, 1]])
    got = implementation.predict(case.network, parameters, X)
    due = [False, False, True, True, True, False]
    yield compare_exactly("prediction", "class", got[0].tolist(), due)
    share = implementation.accuracy(case.network, parameters, X, Y)
    with truth():
        right = lift(np.array(got == Y, float), arithmetic_of(implementation))
        yield compare("prediction", "accuracy", share, np.mean(right))


@proves("3-split")
def split(implementation: Contract) -> Iterator[Comparison]:
    """Disjoint, complete, of the right sizes, seeded; stratified on request."""
    rng = np.random.default_rng(2)
    labels = (rng.uniform(size=1003) < 0.3).astype(int) * 7
    for m, fractions, classes in (
        (569, (0.7, 0.3), None),
        (569, (0.6, 0.2, 0.2), labels[:569]),
        (1003, (0.98, 0.01, 0.01), None),
        (1003, (0.98, 0.01, 0.01), labels),
    ):
        stratified = "" if classes is None else ", stratified"
        name = f"m = {m}, {fractions}{stratified}"
        parts = implementation.split(m, fractions, 5, classes)
        again = implementation.split(m, fractions, 5, classes)
        other = implementation.split(m, fractions, 6, classes)
        sizes = reference.splitting.part_sizes(m, fractions)
        yield from split_facts(name, m, sizes, parts, again, other)
        if classes is not None:
            yield strata(name, classes, sizes, parts)


def split_facts(
    name: str, m: int, sizes: list[int], parts: Any, again: Any, other: Any
) -> Iterator[Comparison]:
    together = np.concatenate(parts).tolist()
    facts = {
        "disjoint and complete": (sorted(together), list(range(m))),
        "sizes": ([len(part) for part in parts], sizes),
        "same seed": (np.concatenate(again).tolist(), together),
        "another seed has other members": (
            set(other[0].tolist()) == set(parts[0].tolist()),
            False,
        ),
        "another seed differs": (
            np.concatenate(other).tolist() == together,
            False,
        ),
        "shuffled": (parts[0].tolist() == sorted(parts[0]), False),
    }
    for fact, (got, due) in facts.items():
        yield compare_exactly("split", f"{fact}, {name}", got, due)


def strata(name: str, classes: Any, sizes: list[int], parts: Any) -> Comparison:
    """How far a class's share of a part is from fair, in examples."""
    worst = 0.0
    for k, part in enumerate(parts):
        for label in np.unique(classes):
            fair = np.sum(classes == label) * sizes[k] / len(classes)
            worst = max(worst, abs(np.sum(classes[part] == label) - fair))
    return Comparison("split", f"strata, {name}", worst / 2, worst, "fair", 2)


@proves()
def purity(implementation: Contract, case: Case) -> Iterator[Comparison]:
    """No argument is changed, and no result is a view of one."""
    arrays = [case.X, case.Y, *(a for layer in case.parameters for a in layer)]
    before = [np.array(a, copy=True) for a in arrays]
    A = implementation.forward(case.network, case.parameters, case.X)
    dW = implementation.gradients(case.network, case.parameters, case.X, case.Y)
    trained, _ = implementation.train(
        case.network, case.parameters, case.X, case.Y,
        learning_rate=0.5, steps=1,
    )  # fmt: skip
    untrained, _ = implementation.train(
        case.network, case.parameters, case.X, case.Y,
        learning_rate=0.5, steps=0,
    )  # fmt: skip
    results = [*A, *(a for layer in (*dW, *trained, *untrained) for a in layer)]
    for result in results:
        result.fill(7)
    same = all(
        np.array_equal(a, b) for a, b in zip(arrays, before, strict=True)
    )
    yield compare_exactly("purity", "arguments unchanged", same, True)


CASE_CHECKS: dict[str, Check] = {
    "forward": forward,
    "cost": cost,
    "gradients": gradients,
    "train": train,
    "purity": purity,
}
"""The checks that run on a case each."""

CHECKS: dict[str, Check] = {
    "activations": activations,
    "normalization": normalization,
    "prediction": prediction,
    "split": split,
}
"""The checks that bring their own inputs; the laws join them in law.py."""
