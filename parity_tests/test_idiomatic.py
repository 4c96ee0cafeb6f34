"""The same training as a practitioner writes it, in each framework."""

from typing import Any

import numpy as np
import pytest

from parity_tests.cases import HARD_CASES
from parity_tests.checks.lifting import PAGES
from parity_tests.comparison import arithmetic_of, compare, truth
from reference import Layer
from reference.rounding import lift
from reference.specification import OUTPUTS


def test_module_and_losses_are_the_networks() -> None:
    """MultilayerPerceptron and sum_of_losses against forward and cost."""
    torch = pytest.importorskip("torch")
    import torch_impl

    implementation = torch_impl.implementation()
    for name in ("every activation", "ReLU output", "ordinary"):
        case = HARD_CASES[name]
        parameters, X, Y = case.cast(implementation.dtype)
        arithmetic = arithmetic_of(implementation)
        with truth():
            lifted = lift((parameters, X, Y), arithmetic)
            Z = PAGES.network.propagate(case.network, *lifted[:2])[0][-1]
            J = PAGES.network.cost(case.network, *lifted)
        native = tuple(
            Layer(torch.tensor(W), torch.tensor(b)) for W, b in parameters
        )
        page: Any = torch_impl.idiomatic
        model = page.MultilayerPerceptron(case.network, native)
        logits = model(torch.tensor(X.T))
        compare(name, "Z", logits.detach().numpy().T, Z).require()
        output = case.network.activations[-1]
        total = page.sum_of_losses(output, logits, torch.tensor(Y.T))
        compare(name, "J", float(total.detach()) / case.m, J).require()
        same = model.parameters_of_layers()
        assert all(
            np.array_equal(a.W.numpy(), b.W)
            for a, b in zip(same, parameters, strict=True)
        )
    assert {HARD_CASES[n].network.activations[-1]
            for n in ("every activation", "ReLU output", "ordinary")
            } == set(OUTPUTS)  # fmt: skip


def test_train_step_gives_its_parameters_away() -> None:
    """train_step donates; train does not take its caller's arrays."""
    jax = pytest.importorskip("jax")
    import jax_impl

    implementation = jax_impl.implementation(mode="idiomatic")
    case = HARD_CASES["ordinary"]
    with implementation.scope():
        native = jax.tree.map(jax.numpy.array, case.cast(implementation.dtype))
        page: Any = jax_impl.idiomatic
        page.train(case.network, *native, learning_rate=0.5, steps=2)
        assert not native[0][0].W.is_deleted()
        page.train_step(case.network, *native, 0.5, 0.0)
        assert native[0][0].W.is_deleted()
