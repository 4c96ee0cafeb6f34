"""Flax NNX with Optax: a jitted step on a live module."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from parity_tests.cases import Case
from reference import Parameters
from reports.speed.contenders import Contender
from reports.speed.contenders.jax_scope import JaxScope

__all__ = ["FlaxNnx", "build"]


class Perceptron(nnx.Module):
    """nnx.Linear layers, up to Z[L]."""

    def __init__(self, case: Case, dtype: str) -> None:
        rngs = nnx.Rngs(0)
        self.linears = nnx.List([
            nnx.Linear(n_prev, n, param_dtype=dtype, rngs=rngs)
            for n, n_prev in case.network.shapes
        ])  # fmt: skip
        self.g = case.network.activations

    def __call__(self, rows: Any) -> Any:
        for linear, name in zip(self.linears[:-1], self.g, strict=False):
            Z = linear(rows)
            rows = jnp.tanh(Z) if name == "tanh" else jax.nn.relu(Z)
        return self.linears[-1](rows)


class FlaxNnx(JaxScope):
    """nnx.jit of a step, nnx.Optimizer of optax.sgd."""

    def __init__(self, case: Case, dtype: str, device: str) -> None:
        super().__init__(dtype, device)
        self.case, self.dtype, m = case, dtype, case.m
        _, X, Y = case.cast(np.dtype(dtype))
        self.rows, self.labels = jnp.array(X.T), jnp.array(Y.T)

        def cost(model: Any, rows: Any, labels: Any) -> Any:
            losses = optax.sigmoid_binary_cross_entropy(model(rows), labels)
            penalty = sum(jnp.sum(f.kernel**2) for f in model.linears)
            return jnp.sum(losses) / m + case.l2 / (2 * m) * penalty

        @nnx.jit
        def step(model: Any, optimizer: Any, rows: Any, labels: Any) -> Any:
            J, gradients = nnx.value_and_grad(cost)(model, rows, labels)
            optimizer.update(model, gradients)
            return J

        self.step = step
        # Once: to a jitted function another optimizer is another program.
        self.sgd = optax.sgd(case.learning_rate)

    def fresh(self, start: Parameters, steps: int) -> Any:
        model = Perceptron(self.case, self.dtype)
        for linear, (W, b) in zip(model.linears, start, strict=True):
            linear.kernel[...] = jnp.array(W.T)
            linear.bias[...] = jnp.array(b[:, 0])
        optimizer = nnx.Optimizer(model, self.sgd, wrt=nnx.Param)
        jax.block_until_ready(nnx.state(model))
        return model, nnx.cached_partial(self.step, model, optimizer)

    def train(self, start: Any, steps: int) -> Any:
        model, step = start
        return model, [step(self.rows, self.labels) for _ in range(steps)]

    def wait(self, trained: Any) -> None:
        jax.block_until_ready((nnx.state(trained[0]), trained[1]))

    def theta(self, trained: Any) -> np.ndarray:
        return np.concatenate([
            np.ravel(a)
            for f in trained[0].linears
            for a in (f.kernel[...].T, f.bias[...])
        ])  # fmt: skip

    def costs(self, trained: Any) -> np.ndarray:
        return np.array(trained[1])


def build(contender: Contender, case: Case, dtype: str, device: str) -> FlaxNnx:
    """The peer at work."""
    return FlaxNnx(case, dtype, device)
