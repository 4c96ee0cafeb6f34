"""The structure of residuals: what it sees, and what it leaves alone."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from parity_tests.cases import HARD_CASES
from parity_tests.checks.backpropagation import true_gradients
from parity_tests.comparison import Departure, arithmetic_of, compare
from parity_tests.structure import SAMPLES, critical, structure
from reference.rounding import FLOAT32, FLOAT64, RoundedArray
from reference.specification import Contract

U = 2.0**-24


def due(value: np.ndarray, spread: float) -> RoundedArray:
    """A truth whose computations err by that much, each in its own way."""
    draws = np.random.default_rng(0).standard_normal((SAMPLES, *value.shape))
    arithmetic = replace(FLOAT32, samples=SAMPLES)
    far = np.ones(value.shape)
    return RoundedArray(value, far, arithmetic, spread * draws)


Q = np.random.default_rng(1).standard_normal((40, 30))
NOISE = np.random.default_rng(2).standard_normal((40, 30))


def ratios(got: np.ndarray, **named: Any) -> dict[str, float]:
    return {f.kind: f.ratio for f in structure(got, due(Q, U), **named)}


def test_rounding_is_left_alone() -> None:
    assert all(ratio < 0.6 for ratio in ratios(Q + U * NOISE).values())


def test_each_kind_of_error_is_found_by_its_own_statistic() -> None:
    """Each far below the rounding of one entry, or in one entry alone."""
    one = np.zeros_like(Q)
    one[3, 4] = 20 * U
    wrong = {
        "factor": Q * (1 + 0.7 * U),
        "offset": Q + 0.7 * U,
        "sign": Q + 0.7 * U * np.sign(Q),
        "size": Q + 12 * U * NOISE,
        "entry": Q + one,
    }
    for kind, got in wrong.items():
        found = ratios(got + U * NOISE)
        assert found[kind] > 1, kind
    assert ratios(Q + one + U * NOISE)["factor"] < 1


def test_a_share_of_the_way_is_found() -> None:
    start = Q - 1e-3 * np.abs(np.random.default_rng(3).standard_normal(Q.shape))
    wrong = Q + 2e-3 * (Q - start) * 0.5
    found = ratios(wrong + U * NOISE, start=start)
    assert found["way"] > 1
    assert found["way"] > found["factor"]


def test_the_critical_value() -> None:
    """Student's t with 32 degrees of freedom, two-sided, at 1e-9."""
    assert 8.4 < critical(32) < 8.6
    assert critical(32, 1000) > critical(32)


def test_nothing_is_said_where_nothing_is_known() -> None:
    exact = RoundedArray(Q, np.zeros(Q.shape), FLOAT64)
    assert list(structure(Q, exact)) == []
    unknown = due(Q, U)
    unknown.deviations = np.full((SAMPLES, *Q.shape), np.nan)
    assert list(structure(Q, unknown)) == []


def test_the_message_says_what_and_how_much() -> None:
    wrong = compare("gradients", "dW[1]", (Q * 1.001).astype("f4"), due(Q, U))
    with pytest.raises(Departure, match=r"dW\[1\] is off by 0.001 of its size"):
        wrong.require()


AIM = {"float64": 1e-12, "float32": 1e-5}


@pytest.mark.parametrize("name", ["ordinary", "smooth", "L2", "n_L = 4"])
def test_resolution(implementation: Contract, name: str) -> None:
    """The aim: so small a relative error in dW of one layer is seen."""
    case, arithmetic = HARD_CASES[name], arithmetic_of(implementation)
    dJ = implementation.gradients(
        case.network, case.parameters, case.X, case.Y, case.l2
    )
    epsilon = AIM[str(arithmetic.dtype)]
    truths = true_gradients(case, arithmetic)
    for l, (layer, true) in enumerate(zip(dJ, truths, strict=True), start=1):
        right = compare("gradients", f"dW[{l}]", layer.W, true.W)
        right.require()
        got = (layer.W * (1 + epsilon)).astype(layer.W.dtype)
        assert compare("gradients", f"dW[{l}]", got, true.W).ratio > 1
