"""Equinox with Optax: a jitted step on a module, examples mapped over."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax

from parity_tests.cases import Case
from reference import Parameters
from reports.speed.contenders import Contender
from reports.speed.contenders.jax_scope import JaxScope

__all__ = ["EquinoxOptax", "build"]


class EquinoxOptax(JaxScope):
    """eqx.nn.Linear layers, optax.sgd."""

    def __init__(self, case: Case, dtype: str, device: str) -> None:
        super().__init__(dtype, device)
        _, X, Y = case.cast(np.dtype(dtype))
        m = case.m
        self.rows, self.labels = jnp.array(X.T), jnp.array(Y.T)
        self.g = [
            {"tanh": jnp.tanh, "relu": jax.nn.relu}[name]
            for name in case.network.activations[:-1]
        ]
        self.optimizer = optax.sgd(case.learning_rate)

        def cost(layers: Any, rows: Any, labels: Any) -> Any:
            def logits(x: Any) -> Any:
                for layer, g in zip(layers, self.g, strict=False):
                    x = g(layer(x))
                return layers[-1](x)

            losses = optax.sigmoid_binary_cross_entropy(
                jax.vmap(logits)(rows), labels
            )
            penalty = sum(jnp.sum(layer.weight**2) for layer in layers)
            return jnp.sum(losses) / m + case.l2 / (2 * m) * penalty

        @eqx.filter_jit(donate="all-except-first")
        def step(data: Any, layers: Any, state: Any) -> Any:
            J, gradients = eqx.filter_value_and_grad(cost)(layers, *data)
            updates, state = self.optimizer.update(gradients, state)
            return eqx.apply_updates(layers, updates), state, J

        self.step = step

    def fresh(self, start: Parameters, steps: int) -> Any:
        layers = []
        for W, b in start:
            n, n_prev = W.shape
            linear = eqx.nn.Linear(n_prev, n, key=jax.random.key(0))
            layers.append(
                eqx.tree_at(
                    lambda layer: (layer.weight, layer.bias),
                    linear,
                    (jnp.array(W), jnp.array(b[:, 0])),
                )
            )
        state = self.optimizer.init(eqx.filter(layers, eqx.is_array))
        return jax.block_until_ready((layers, state))

    def train(self, start: Any, steps: int) -> Any:
        (layers, state), costs = start, []
        for _ in range(steps):
            layers, state, J = self.step(
                (self.rows, self.labels), layers, state
            )
            costs.append(J)
        return layers, costs

    def theta(self, trained: Any) -> np.ndarray:
        return np.concatenate([
            np.ravel(a) for f in trained[0] for a in (f.weight, f.bias)
        ])  # fmt: skip

    def costs(self, trained: Any) -> np.ndarray:
        return np.array(trained[1])


def build(
    contender: Contender, case: Case, dtype: str, device: str
) -> EquinoxOptax:
    """The peer at work."""
    return EquinoxOptax(case, dtype, device)
