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
    """train_step and take_steps donate; train does not take its caller's
    arrays."""
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
        again = jax.tree.map(jax.numpy.array, case.cast(implementation.dtype))
        page.take_steps(case.network, *again, 0.5, 2, 0.0)
        assert again[0][0].W.is_deleted()


def test_training_goes_on_where_it_is() -> None:
    """Training holds the module: what it has run is where it goes on."""
    torch = pytest.importorskip("torch")
    import torch_impl

    page: Any = torch_impl.idiomatic
    case = HARD_CASES["L2"]
    native = [
        tuple(
            Layer(torch.tensor(W), torch.tensor(b)) for W, b in case.parameters
        ),
        torch.tensor(case.X),
        torch.tensor(case.Y),
    ]
    settings: Any = {"learning_rate": 0.5, "l2": case.l2}
    training = page.Training(case.network, *native, steps=2, **settings)
    first, second = training.run(), training.run()
    whole, costs = page.train(case.network, *native, steps=4, **settings)
    assert torch.equal(torch.cat([first[1], second[1]]), costs)
    assert all(map(torch.equal, second[0][0], whole[0]))
