"""Equinox with Optax: eqx.nn.MLP, one example a call."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import optax

from parity_tests.judging.live import OfJax
from reference import Network

jax.config.update("jax_enable_x64", True)
KEY = jax.random.key(0)
MLP = eqx.nn.MLP(4, 1, 5, 2, jnp.tanh, key=KEY, dtype=jnp.float64)
PARAMS, REST = eqx.partition(MLP, eqx.is_array)


@jax.jit
def logits(params: Any, rows: Any) -> Any:
    """Z[L], an example a row."""
    return jax.vmap(eqx.combine(params, REST))(rows)


def outputs(params: Any, rows: Any) -> Any:
    """A[L]."""
    return jax.nn.sigmoid(logits(params, rows))


@jax.jit
def loss(params: Any, rows: Any, labels: Any) -> Any:
    """The mean of the examples' cross-entropies."""
    Z = logits(params, rows)
    return optax.sigmoid_binary_cross_entropy(Z, labels).mean()


def sgd(learning_rate: float, l2: float, m: int) -> Any:
    """The penalty of the notes: lambda / m, of the matrices alone."""
    matrices = jax.tree.map(lambda a: a.ndim == 2, PARAMS)
    decay = optax.add_decayed_weights(l2 / m, matrices)
    return optax.chain(decay, optax.sgd(learning_rate))


def guest() -> OfJax:
    """As the notes want it. Its matrices are W itself, not kernels."""
    network = Network((4, 5, 5, 1), ("tanh", "tanh", "sigmoid"))
    return OfJax(outputs, PARAMS, network, loss, sgd, kernels=False)
