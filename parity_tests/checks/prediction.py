"""Prediction: the classes, and the share of right ones."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from parity_tests.cases import make_case
from parity_tests.comparison import (
    Comparison,
    arithmetic_of,
    compare,
    compare_exactly,
    proves,
    truth,
)
from reference import Network
from reference.rounding import lift
from reference.specification import Contract

__all__ = ["BESIDE_THE_TIE", "prediction"]

BESIDE_THE_TIE = "class from Z, where sigmoid(Z) rounds to 1/2"
"""What who looks at Z gets right, and who looks at A cannot."""


@proves("1.2-predict")
def prediction(implementation: Contract) -> Iterator[Comparison]:
    """Class 1 when y_hat > 1/2, the tie as class 0; the share of right ones."""
    neuron = [(np.ones((1, 1)), np.zeros((1, 1)))]
    network = Network((1, 1), ("sigmoid",))
    Z = np.array([[-1.0, -1e-3, 0.0, 1e-3, 1.0]])
    classes = implementation.predict(network, neuron, Z).tolist()
    due = [False, False, False, True, True]
    yield compare_exactly("prediction", "class from Z", classes, [due])
    tiny = float(np.finfo(implementation.dtype).eps) / 8
    classes = implementation.predict(network, neuron, Z * tiny).tolist()
    yield compare_exactly("prediction", BESIDE_THE_TIE, classes, [due])
    case = make_case("prediction", (2, 1), ("identity",), 7)
    parameters = [(np.array([[1.0, 0.0]]), np.zeros((1, 1)))]
    y_hat = [0.0, 0.5, np.nextafter(np.float32(0.5), 1), 0.75, 1.0, 0.25, -2.0]
    X = np.array([y_hat, y_hat])
    Y = np.array([[0, 0, 1, 1, 1, 1, 0]])
    got = implementation.predict(case.network, parameters, X)
    due = [False, False, True, True, True, False, False]
    yield compare_exactly("prediction", "class", got[0].tolist(), due)
    share = implementation.accuracy(case.network, parameters, X, Y)
    with truth():
        right = lift(np.array(got == Y, float), arithmetic_of(implementation))
        yield compare("prediction", "accuracy", share, np.mean(right))
    # Two outputs: an example is right if both are.
    two = Network((2, 2), ("identity",))
    each = [(np.eye(2), np.zeros((2, 1)))]
    X = np.array([[0.0, 1, 1, 0, 1, 1], [0, 0, 1, 1, 1, 0]])
    Y = np.array([[0, 1, 0, 1, 1, 1], [0, 0, 1, 0, 1, 1]])
    share = implementation.accuracy(two, each, X, Y)
    with truth():
        right = lift(
            np.all(X == Y, axis=0) * 1.0, arithmetic_of(implementation)
        )
        yield compare(
            "prediction", "accuracy of two outputs", share, np.mean(right)
        )
