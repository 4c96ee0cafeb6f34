"""Gradient checking: the notes' and one to be trusted."""

import re
from typing import Any

import numpy as np
import pytest

import reference
from parity_tests.cases import HARD_CASES, Case
from parity_tests.checks.gradient_checking import (
    STRANGE,
    gradient_check,
    order_of_accuracy,
)
from parity_tests.comparison import require
from parity_tests.examples import examples_of
from parity_tests.pages import page_parity
from parity_tests.witnesses import judged
from reference import Layer, Network
from reference.certificate import judge
from reference.evidence import gather
from reference.specification import Contract
from reference.stable_forms import replaced

SMOOTH = HARD_CASES["smooth"]
DATA: tuple[Any, ...] = (SMOOTH.network, SMOOTH.parameters, SMOOTH.X, SMOOTH.Y)


@pytest.mark.clause("3.2.3-two-sided", "3.2.3-check")
@pytest.mark.parametrize("example", examples_of("gradient_checking"))
def test_page(implementation: Contract, example: str) -> None:
    require(page_parity(implementation, example))


@pytest.mark.clause("3.2.3-two-sided")
def test_order_of_accuracy(implementation: Contract) -> None:
    require(order_of_accuracy(implementation))


@pytest.mark.clause("3.2.3-check")
def test_parity(implementation: Contract) -> None:
    require(gradient_check(implementation))


def problem(layers: int, g: str, m: int) -> tuple[Any, ...]:
    """A network of so many layers of 4 nodes, and m random examples."""
    network = Network((4,) * layers + (1,), (g,) * (layers - 1) + ("sigmoid",))
    rng = np.random.default_rng(m)
    start = reference.implementation().initialize(network, "xavier", 1)
    X = rng.normal(size=(4, m))
    Y = (rng.uniform(size=(1, m)) < 0.5).astype(float)
    return network, start, X, Y


LARGE = pytest.mark.slow


@pytest.mark.clause("3.2.3-check")
@pytest.mark.parametrize(
    ("layers", "g", "m"),
    [(2, "tanh", 10), (2, "tanh", 1000), (5, "sigmoid", 100),
     (9, "sigmoid", 300), (3, "relu", 30),
     pytest.param(9, "sigmoid", 100_000, marks=LARGE),
     pytest.param(2, "sigmoid", 1_000_000, marks=LARGE)],
)  # fmt: skip
def test_wrong_layers_are_rejected(
    implementation: Contract, layers: int, g: str, m: int
) -> None:
    """Zero, of the other sign, 1 % off, in any layer, m = 10 to 1 000 000."""
    dtype = implementation.dtype
    if dtype == np.float32:
        m = min(m, 2000)  # beyond, too few digits are left to tell
    if implementation.name != "reference":
        m = min(m, 100_000)  # seconds each
    network, start, X, Y = problem(layers, g, m)
    start, X, Y = Case("", network, start, X, Y).cast(dtype)
    evidence = gather(implementation, network, start, X, Y, 0.0, None)
    dJ = implementation.gradients(network, start, X, Y)
    found = judge(evidence, dJ)
    assert found.worst.ratio <= 1
    # Long sums in float32 may leave no two digits to certify.
    sure = found.digits >= 2
    assert found.verdict == ("correct" if sure else "undecided")
    assert sure or (dtype == np.float32 and m >= 1000)
    for l in range(layers):
        for how, change in STRANGE.items():
            wrong = list(dJ)
            wrong[l] = Layer(*map(change, dJ[l]))
            told = judge(evidence, tuple(wrong))
            if sure:
                assert told.verdict == "wrong", (l, how, told)
                assert told.worst.name[2:] == f"[{l + 1}]"
            else:
                assert told.verdict in ("wrong", "undecided")


@pytest.mark.clause("3.2.3-check")
@pytest.mark.parametrize(
    "name", ["smooth", "soft labels", "strong L2 at m = 1", "overfitted"]
)
def test_witnesses_agree(name: str) -> None:
    """Eight ways to a gradient, entry by entry within the derived bars; and
    each alone rejects one that is zero, turned or 1 % off in a layer."""
    case = HARD_CASES[name]
    dJ = reference.implementation().gradients(
        case.network, case.parameters, case.X, case.Y, case.l2
    )
    flatten = reference.gradient_checking.flatten
    found = list(judged(flatten(dJ), case))
    assert len(found) >= 4
    require(found)
    for l in range(case.network.L):
        for change in STRANGE.values():
            wrong = list(dJ)
            wrong[l] = Layer(*map(change, dJ[l]))
            for comparison in judged(flatten(tuple(wrong)), case):
                assert comparison.ratio > 1, comparison.name


@pytest.mark.clause("3.2.3-check")
def test_the_notes_difference_passes_what_is_wrong() -> None:
    """Why there is more: the first of 9 layers may be zero unnoticed."""
    implementation = reference.implementation()
    data = problem(9, "sigmoid", 1000)
    dJ = implementation.gradients(*data)
    wrong = (Layer(0 * dJ[0].W, 0 * dJ[0].b), *dJ[1:])
    found = implementation.gradient_check(*data, gradients=wrong)
    page = reference.gradient_checking
    assert page.verdict(found.relative_difference) == "acceptable"
    assert found.verdict == "wrong"
    assert found.worst.claimed == 0


def test_too_few_digits_are_no_verdict(implementation: Contract) -> None:
    """float32 sums of 10 000 examples leave nothing to certify 1 % by."""
    data = problem(9, "sigmoid", 10_000)
    found = implementation.gradient_check(*data)
    if implementation.dtype == np.float32:
        assert found.verdict == "undecided"
        assert found.digits < 2
    else:
        assert found.verdict == "correct"


def steep(Z: np.ndarray, leaky_slope: float = 0.0) -> np.ndarray:
    """g'(Z) of (leaky) ReLU, at the kink from the right."""
    return np.where(Z >= 0, np.ones_like(Z), leaky_slope)


@pytest.mark.clause("3.2.3-check")
def test_a_kink_is_no_bug(implementation: Contract) -> None:
    """At Z = 0 differences straddle ReLU's kink; so does ReLU'(0) = 1."""
    case = HARD_CASES["Z = 0 everywhere, leaky"]
    data: Any = (case.network, case.parameters, case.X, case.Y)
    found = implementation.gradient_check(*data)
    assert found.verdict == "kink"
    assert found.relative_difference > 1e-3
    assert found.worst.ratio <= 1
    # The derivative from the right, where the notes' is from the left.
    with (
        replaced("activations", "relu_derivative", steep),
        replaced("activations", "leaky_relu_derivative", steep),
    ):
        one_sided = reference.implementation().gradients(*data)
    told = implementation.gradient_check(*data, gradients=one_sided)
    assert told.verdict == "kink"
    assert told.worst.ratio > 1
    # No one-sided derivative is twice that.
    twice = [Layer(2 * dW, 2 * db) for dW, db in one_sided]
    told = implementation.gradient_check(*data, gradients=twice)
    assert told.verdict == "wrong"


def test_large_networks_take_directions() -> None:
    """235 146 parameters, by a direction in each W[l] and b[l]."""
    implementation = reference.implementation()
    network = Network((784, 256, 128, 10), ("tanh", "tanh", "sigmoid"))
    rng = np.random.default_rng(0)
    X = rng.normal(size=(784, 16))
    Y = (rng.uniform(size=(10, 16)) < 0.5).astype(float)
    start = implementation.initialize(network, "xavier", 0)
    found = implementation.gradient_check(network, start, X, Y)
    assert found.verdict == "correct"
    assert found.worst.at == ()
    dJ = list(implementation.gradients(network, start, X, Y))
    dJ[1] = Layer(1.01 * dJ[1].W, dJ[1].b)
    told = implementation.gradient_check(network, start, X, Y, gradients=dJ)
    assert (told.verdict, told.worst.name) == ("wrong", "dW[2]")


@pytest.mark.clause("3.2.3-check")
def test_worked_example() -> None:
    """||(3, 4) - (0, 0)|| / (5 + 0) = 1, and 0 / 0 is 0."""
    page, zero = reference.gradient_checking, np.zeros(2)
    assert page.relative_difference(np.array([3.0, 4.0]), zero) == 1
    assert page.relative_difference(zero, zero) == 0
    words = [page.verdict(x) for x in (0.0, 9e-8, 1e-7, 1e-5, 1e-3, np.nan)]
    assert words == ["correct", "correct", "acceptable", "suspect", "wrong",
                     "wrong"]  # fmt: skip


@pytest.mark.clause("3.2.3-check")
def test_theta_and_back(implementation: Contract) -> None:
    theta = implementation.flatten(*DATA[:2])
    assert theta.shape == (69,)
    again = implementation.unflatten(SMOOTH.network, theta)
    start = SMOOTH.cast(implementation.dtype)[0]
    assert all(
        np.array_equal(a, b)
        for p, q in zip(again, start, strict=True)
        for a, b in zip(p, q, strict=True)
    )


def test_bad_input(implementation: Contract) -> None:
    dtype = implementation.dtype
    for epsilon, message in (
        (0, "epsilon must be in (0, inf), got 0"),
        (-1e-5, "epsilon must be in (0, inf), got -1e-05"),
        (float("nan"), "epsilon must be in (0, inf), got nan"),
        (1e-20, "epsilon must be at least"),
    ):
        with pytest.raises(ValueError, match=re.escape(message)):
            implementation.numerical_gradients(*DATA, epsilon=epsilon)
    due = rf"in {dtype}, got 1e-20; [\d.e-]+ would do"
    with pytest.raises(ValueError, match=due):
        implementation.numerical_gradients(*DATA, epsilon=1e-20)
    message = "theta must have shape (k,) = (69,), got (50,)"
    with pytest.raises(ValueError, match=re.escape(message)):
        implementation.unflatten(SMOOTH.network, np.ones(50))
    message = "dW[1] must have shape (n[1], n[0]) = (5, 6), got (6, 5)"
    wrong = [Layer(W.T, b) for W, b in SMOOTH.parameters]
    with pytest.raises(ValueError, match=re.escape(message)):
        implementation.gradient_check(*DATA, gradients=wrong)


def test_nan_is_wrong(implementation: Contract) -> None:
    dJ = implementation.gradients(*DATA)
    dJ[1].W[0, 0] = np.nan
    found = implementation.gradient_check(*DATA, gradients=dJ)
    assert found.verdict == "wrong"
    assert (found.worst.name, found.worst.at) == ("dW[2]", (0, 0))
