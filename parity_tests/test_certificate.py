"""The gradient check to be trusted: what it rejects, and what it accepts."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import reference
from parity_tests.cases import HARD_CASES, Case
from parity_tests.checks.gradient_checking import STRANGE
from parity_tests.comparison import require
from parity_tests.implementations import Choice
from parity_tests.witnesses import judged
from reference import Layer, Network
from reference.certificate import judge
from reference.evidence import gather
from reference.specification import Contract
from reference.stable_forms import replaced

EXACT = reference.implementation()


def drawn(
    sizes: tuple[int, ...], activations: tuple[str, ...], m: int,
    rule: str = "xavier",
) -> tuple[Any, ...]:  # fmt: skip
    """A network, its start, and m random examples."""
    network, rng = Network(sizes, activations), np.random.default_rng(m)
    X = rng.normal(size=(sizes[0], m))
    Y = (rng.uniform(size=(sizes[-1], m)) < 0.5).astype(float)
    return network, EXACT.initialize(network, rule, 1), X, Y


def problem(layers: int, g: str, m: int) -> tuple[Any, ...]:
    """So many layers of 4 nodes."""
    activations = (*(g,) * (layers - 1), "sigmoid")
    return drawn((4,) * layers + (1,), activations, m)


def spoiled(
    dJ: Any, l: int, change: Callable[[np.ndarray], np.ndarray]
) -> tuple[Layer, ...]:
    """The gradients with layer l changed."""
    return (*dJ[:l], Layer(*map(change, dJ[l])), *dJ[l + 1 :])


LARGE = pytest.mark.slow
MILLION = [
    choice
    for choice in (
        Choice("reference", "eager", "float64", "cpu"),
        Choice("torch_impl", "eager", "float32", "cpu"),
        Choice("jax_impl", "jit", "float32", "cpu"),
    )
    if not choice.absent()
]
"""What is asked about so many examples."""


@pytest.mark.compiles
@pytest.mark.clause("3.2.3-check")
@pytest.mark.parametrize(
    ("layers", "g", "m"),
    [(2, "tanh", 10), (2, "tanh", 1000), (3, "relu", 30),
     *(pytest.param(*deep, marks=pytest.mark.compiles) for deep in (
         (5, "sigmoid", 100), (9, "sigmoid", 300), (9, "sigmoid", 3000)))],
)  # fmt: skip
def test_wrong_layers_are_rejected(
    implementation: Contract, layers: int, g: str, m: int
) -> None:
    """Zero, of the other sign, 1 % off, in any layer; and the right one is
    correct, in float32 too."""
    assert not misjudged(implementation, layers, g, m)


@pytest.mark.slow
@pytest.mark.clause("3.2.3-check")
@pytest.mark.parametrize("choice", MILLION, ids=str)
def test_wrong_layers_of_a_million(choice: Choice) -> None:
    """Examples, whose sums are the longest."""
    assert not misjudged(choice.build(), 2, "sigmoid", 1_000_000)


def misjudged(
    implementation: Contract, layers: int, g: str, m: int
) -> list[Any]:
    """What is called right and is not, or the other way round."""
    network, start, X, Y = problem(layers, g, m)
    start, X, Y = Case("", network, start, X, Y).cast(implementation.dtype)
    evidence = gather(implementation, network, start, X, Y, 0.0, None)
    dJ = implementation.gradients(network, start, X, Y)
    found = judge(evidence, dJ)
    right = found.verdict == "correct" and found.digits > 2.3
    faults: list[Any] = [] if right and found.worst.ratio <= 1 else [found]
    for l in range(layers):
        for how, change in STRANGE.items():
            told = judge(evidence, spoiled(dJ, l, change))
            there = told.worst.name[2:] == f"[{l + 1}]"
            if told.verdict != "wrong" or not there or told.worst.ratio <= 1:
                faults.append((l, how, told))
    return faults


@pytest.mark.compiles
@pytest.mark.clause("3.2.3-check")
@pytest.mark.parametrize(
    ("sizes", "activations"),
    [((784, 64, 10), ("relu", "sigmoid")),
     ((784, 256, 128, 10), ("tanh", "tanh", "sigmoid"))],
)  # fmt: skip
def test_wide_networks(
    implementation: Contract,
    sizes: tuple[int, ...],
    activations: tuple[str, ...],
) -> None:
    """Where the worst case of float32 leaves no digit; by directions."""
    network, start, X, Y = drawn(sizes, activations, 16, "he")
    start, X, Y = Case("", network, start, X, Y).cast(implementation.dtype)
    evidence = gather(implementation, network, start, X, Y, 0.0, None)
    dJ = implementation.gradients(network, start, X, Y)
    found = judge(evidence, dJ)
    assert (found.verdict, found.worst.at) == ("correct", ())
    for l in range(network.L):
        for change in STRANGE.values():
            told = judge(evidence, spoiled(dJ, l, change))
            assert (told.verdict, told.worst.name[2:]) == (
                "wrong", f"[{l + 1}]"
            )  # fmt: skip


@pytest.mark.clause("3.2.3-check")
@pytest.mark.parametrize(
    "name", ["smooth", "soft labels", "strong L2 at m = 1", "overfitted"]
)
def test_witnesses_agree(name: str) -> None:
    """Eight ways to a gradient, entry by entry within the derived bars; and
    each alone rejects one that is zero, turned or 1 % off in a layer."""
    case = HARD_CASES[name]
    dJ = EXACT.gradients(case.network, case.parameters, case.X, case.Y, case.l2)
    flatten = reference.gradient_checking.flatten
    found = list(judged(flatten(dJ), case))
    assert len(found) >= 4
    require(found)
    for l in range(case.network.L):
        for change in STRANGE.values():
            wrong = flatten(spoiled(dJ, l, change))
            for comparison in judged(wrong, case):
                assert comparison.ratio > 1, comparison.name


@pytest.mark.clause("3.2.3-check")
def test_the_notes_difference_passes_what_is_wrong() -> None:
    """Why there is more: the first of 9 layers may be zero unnoticed."""
    data = problem(9, "sigmoid", 1000)
    wrong = spoiled(EXACT.gradients(*data), 0, lambda a: 0 * a)
    found = EXACT.gradient_check(*data, gradients=wrong)
    page = reference.gradient_checking
    assert page.verdict(found.relative_difference) == "acceptable"
    assert found.verdict == "wrong"
    assert found.worst.claimed == 0


def steep(Z: np.ndarray, leaky_slope: float = 0.0) -> np.ndarray:
    """g'(Z) of (leaky) ReLU, at the kink from the right."""
    return np.where(Z >= 0, np.ones_like(Z), leaky_slope)


def even(Z: np.ndarray, leaky_slope: float = 0.0) -> np.ndarray:
    """g'(Z) of (leaky) ReLU, at the kink the mean of both."""
    return (steep(Z, leaky_slope) + np.where(Z > 0, 1.0, leaky_slope)) / 2


@pytest.mark.clause("3.2.3-check")
def test_a_kink_is_no_bug(implementation: Contract) -> None:
    """At Z = 0 differences straddle ReLU's kink; so does ReLU'(0) = 1."""
    case = HARD_CASES["Z = 0 everywhere, leaky"]
    data: Any = (case.network, case.parameters, case.X, case.Y)
    found = implementation.gradient_check(*data)
    assert found.verdict == "kink"
    assert found.relative_difference > 1e-3
    assert found.worst.ratio <= 1
    conventions: Any = (steep, even)
    for convention in conventions:
        with (
            replaced("activations", "relu_derivative", convention),
            replaced("activations", "leaky_relu_derivative", convention),
        ):
            other = EXACT.gradients(*data)
        told = implementation.gradient_check(*data, gradients=other)
        assert told.verdict == "kink"
        assert told.worst.ratio > 1
    # No convention gives these; twice the mean is from the right.
    for wrong in (3.0, 0.7, -1.0):
        bad = [Layer(wrong * dW, wrong * db) for dW, db in other]
        told = implementation.gradient_check(*data, gradients=bad)
        assert told.verdict == "wrong"


@pytest.mark.compiles
@pytest.mark.clause("3.2.3-check")
def test_a_kink_excuses_no_other_layer(implementation: Contract) -> None:
    """ReLU layers with b = 0, some nodes dead: Z = 0 behind them."""
    data = drawn((6, 6, 6, 6, 6, 2), ("relu",) * 4 + ("sigmoid",), 10, "he")
    dJ = implementation.gradients(*data)
    Z = reference.network.propagate(*data[:3])[0]
    assert any(np.any(z == 0) for z in Z[1:])
    network, start, X, Y = data
    start, X, Y = Case("", network, start, X, Y).cast(implementation.dtype)
    evidence = gather(implementation, network, start, X, Y, 0.0, None)
    for l, (dW, db) in enumerate(dJ):
        for change in STRANGE.values():
            for wrong in (Layer(change(dW), db), Layer(dW, change(db))):
                claim = (*dJ[:l], wrong, *dJ[l + 1 :])
                assert judge(evidence, claim).verdict == "wrong"


@pytest.mark.clause("3.2.3-check")
def test_a_kink_where_rounding_decides() -> None:
    """Z = 1 - 1: right by any convention, and the bar has all of them in."""
    network = Network((2, 1, 1), ("relu", "identity"))
    start = (
        Layer(np.array([[1.0, -1.0]]), np.zeros((1, 1))),
        Layer(np.ones((1, 1)), np.zeros((1, 1))),
    )
    data = network, start, np.array([[1.0, 3], [1, 1]]), np.array([[1.0, 0]])
    found = EXACT.gradient_check(*data)
    assert found.verdict == "kink"
    assert found.worst.bound > 0.1
    wrong = spoiled(EXACT.gradients(*data), 0, lambda a: 1.1 * a)
    told = EXACT.gradient_check(*data, gradients=wrong)
    assert told.verdict == "undecided"


@pytest.mark.compiles
@pytest.mark.clause("3.2.3-check")
@pytest.mark.parametrize(
    "seed", [0, 4, *(pytest.param(k, marks=LARGE) for k in (1, 2, 3, 5))]
)
def test_rounding_may_decide_at_a_kink(
    implementation: Contract, seed: int
) -> None:
    """Z within rounding of 0: a sum in another order falls on either side,
    and is right."""
    n, m = 20, 3
    network, start, X, Y = drawn(
        (n, 5, 4, 1), ("relu", "leaky_relu", "sigmoid"), m, "he"
    )
    W, b, order = start[0].W, start[0].b, np.random.default_rng(seed)
    b = b - (W @ X[:, :1] + b) * (np.arange(5) <= seed % 5)[:, None]
    start = (Layer(W, b), *start[1:])
    p = order.permutation(n)
    dJ = implementation.gradients(
        network, (Layer(W[:, p], b), *start[1:]), X[p], Y
    )
    claim = (Layer(dJ[0].W[:, np.argsort(p)], dJ[0].b), *dJ[1:])
    found = implementation.gradient_check(network, start, X, Y, gradients=claim)
    assert found.verdict in ("correct", "kink", "undecided")
    wrong = spoiled(claim, 2, lambda a: 0 * a)
    told = implementation.gradient_check(network, start, X, Y, gradients=wrong)
    assert told.verdict == "wrong"


@pytest.mark.compiles
def test_no_kink_is_seen_where_there_is_none(implementation: Contract) -> None:
    """A cost of 1e9 leaves the differences few digits, far from a kink."""
    network, start, X, _ = drawn((2, 3, 1), ("relu", "identity"), 5)
    start = (Layer(start[0].W, start[0].b + 9), start[1])
    found = implementation.gradient_check(
        network, start, X, np.full((1, 5), 1e5)
    )
    assert found.verdict == "correct"
    assert found.digits > 2.3


@pytest.mark.compiles
def test_slopes_that_cancel_are_not_wrong(implementation: Contract) -> None:
    """Pairs of examples with errors +1 and -1: in one order the sum is 0 to
    the last bit, in another it is not, and both are right."""
    for seed in (16, 25, 48, 57):
        rng = np.random.default_rng(seed)
        network = Network((3, 4, 1), ("relu", "identity"))
        start = EXACT.initialize(network, "he", seed)
        X = np.repeat(rng.normal(size=(3, 8)), 2, axis=1)
        Y = EXACT.forward(network, start, X)[-1] + np.tile([1.0, -1.0], 8)
        p = rng.permutation(16)
        claim = implementation.gradients(network, start, X[:, p], Y[:, p])
        found = implementation.gradient_check(
            network, start, X, Y, gradients=claim
        )
        assert found.verdict in ("correct", "kink", "undecided")


@pytest.mark.compiles
def test_what_overflows_is_not_wrong(implementation: Contract) -> None:
    """Times in seconds, unnormalized: the bars are infinite, J is not."""
    network, start, X, Y = drawn(
        (2, 4, 4, 1), ("relu", "relu", "sigmoid"), 20, "he"
    )
    X[0] = 1.7e9 + 1e6 * X[0]
    found = implementation.gradient_check(network, start, X, Y)
    assert found.verdict in ("correct", "kink")
    wrong = spoiled(
        implementation.gradients(network, start, X, Y), 0, lambda a: 0 * a
    )
    told = implementation.gradient_check(network, start, X, Y, gradients=wrong)
    assert told.verdict == "wrong"


def test_a_claim_in_float32_is_judged_as_one() -> None:
    """By the checker in float64, at the arguments as float32 has them."""
    data = problem(3, "tanh", 40)
    mine = reference.implementation(dtype="float32")
    claim = mine.gradients(*data)
    found = EXACT.gradient_check(*data, gradients=claim)
    assert found == mine.gradient_check(*data, gradients=claim)
    assert found.verdict == "correct"
    # The same numbers, claimed to be float64, are off.
    in_double = [Layer(*(a.astype(float) for a in layer)) for layer in claim]
    told = EXACT.gradient_check(*data, gradients=in_double)
    assert told.verdict == "wrong"


def test_large_networks_take_directions() -> None:
    """235 146 parameters, by a direction in each W[l] and b[l]."""
    data = drawn((784, 256, 128, 10), ("tanh", "tanh", "sigmoid"), 16)
    found = EXACT.gradient_check(*data)
    assert found.verdict == "correct"
    assert found.worst.at == ()
    dJ = list(EXACT.gradients(*data))
    dJ[1] = Layer(1.01 * dJ[1].W, dJ[1].b)
    told = EXACT.gradient_check(*data, gradients=dJ)
    assert (told.verdict, told.worst.name) == ("wrong", "dW[2]")


def test_nan_is_wrong(implementation: Contract) -> None:
    data = problem(2, "tanh", 10)
    dJ = implementation.gradients(*data)
    dJ[1].W[0, 0] = np.nan
    found = implementation.gradient_check(*data, gradients=dJ)
    assert found.verdict == "wrong"
    assert (found.worst.name, found.worst.at) == ("dW[2]", (0, 0))
