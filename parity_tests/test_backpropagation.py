"""The gradients of the cost: by hand against autograd against grad."""

import numpy as np
import pytest
from hypothesis import given, settings

from parity_tests.cases import HARD_CASES, Case
from parity_tests.checks import cost, forward, gradients
from parity_tests.comparison import require
from parity_tests.examples import examples_of
from parity_tests.pages import page_parity
from parity_tests.strategies import cases
from reference import Layer, Network
from reference.specification import Contract


@pytest.mark.clause("2.9", "2.10", "2.11", "2.12", "A1.1")
@pytest.mark.parametrize("example", examples_of("backpropagation"))
def test_page(implementation: Contract, example: str) -> None:
    require(page_parity(implementation, example))


@pytest.mark.clause("2.9", "2.10", "2.11", "2.12")
@pytest.mark.parametrize("name", HARD_CASES)
def test_parity(implementation: Contract, name: str) -> None:
    for comparison in gradients(implementation, HARD_CASES[name]):
        comparison.require()


@pytest.mark.compiles
@pytest.mark.clause("2.9", "2.10", "2.11", "2.12")
@pytest.mark.parametrize(
    "examples", [20, pytest.param(40, marks=pytest.mark.slow)]
)
def test_random_networks(implementation: Contract, examples: int) -> None:
    """Whatever network, values and regularization hypothesis comes up with."""
    few_shapes = implementation.name == "jax"

    @settings(
        max_examples=examples, deadline=None, derandomize=True, database=None
    )
    @given(cases(few_shapes))
    def agree(case: Case) -> None:
        for check in (forward, cost, gradients):
            for comparison in check(implementation, case):
                comparison.require()

    agree()


@pytest.mark.clause("2.9", "2.10", "2.11")
def test_worked_example(implementation: Contract) -> None:
    """Logistic regression from zero, two examples: A = 1/2 for both."""
    network = Network((2, 1), ("sigmoid",))
    zero = [(np.zeros((1, 2)), np.zeros((1, 1)))]
    X, Y = np.array([[1.0, 2.0], [4.0, 8.0]]), np.array([[1, 0]])
    ((dW, db),) = implementation.gradients(network, zero, X, Y)
    # dZ = (-1/2, 1/2), dW = dZ X^T / 2, db = 0
    assert dW.tolist() == [[0.25, 1.0]]
    assert db.tolist() == [[0.0]]


@pytest.mark.clause("3.1-dropout")
def test_dropped_nodes_do_not_learn(implementation: Contract) -> None:
    case = HARD_CASES["dropout"]
    assert case.dropout is not None
    nothing = tuple(np.zeros_like(D) for D in case.dropout.masks)
    dropout = case.dropout._replace(masks=nothing)
    got = implementation.gradients(
        case.network, case.parameters, case.X, case.Y, 0.0, dropout
    )
    assert all(not np.any(layer.W) for layer in got)
    assert isinstance(got[0], Layer)
