"""Flax NNX with Optax: nnx.Linear layers, and a decay of the kernels."""

from typing import Any

import jax
import jax.numpy as jnp
import optax
from flax import nnx

from parity_tests.judging.live import OfJax
from reference import Network

jax.config.update("jax_enable_x64", True)


class Perceptron(nnx.Module):
    """4-5-3-1, up to Z[L]; examples are rows."""

    def __init__(self) -> None:
        rngs, dtype = nnx.Rngs(0), jnp.float64
        self.hidden = nnx.Linear(4, 5, param_dtype=dtype, rngs=rngs)
        self.second = nnx.Linear(5, 3, param_dtype=dtype, rngs=rngs)
        self.third = nnx.Linear(3, 1, param_dtype=dtype, rngs=rngs)

    def __call__(self, rows: Any) -> Any:
        rows = jnp.tanh(self.hidden(rows))
        return self.third(jax.nn.relu(self.second(rows)))


graph, STATE = nnx.split(Perceptron())


@jax.jit
def outputs(state: Any, rows: Any) -> Any:
    """A[L]."""
    return jax.nn.sigmoid(nnx.merge(graph, state)(rows))


@jax.jit
def loss(state: Any, rows: Any, labels: Any) -> Any:
    """The mean of the examples' cross-entropies."""
    logits = nnx.merge(graph, state)(rows)
    return optax.sigmoid_binary_cross_entropy(logits, labels).mean()


def sgd(learning_rate: float, l2: float, m: int) -> Any:
    """The penalty of the notes: lambda / m, of the kernels alone."""
    kernels = jax.tree.map(lambda a: a.ndim == 2, STATE)
    decay = optax.add_decayed_weights(l2 / m, kernels)
    return optax.chain(decay, optax.sgd(learning_rate))


def guest() -> OfJax:
    """As the notes want it."""
    network = Network((4, 5, 3, 1), ("tanh", "relu", "sigmoid"))
    return OfJax(outputs, STATE, network, loss, sgd)
