"""The same training as a practitioner writes it: a jitted, donated step.

JAX's own: one call a step, with the parameters donated, so that the update
reuses their memory; the costs are left on the device until the end.
"""

import functools

import jax
import jax.numpy as jnp
from jax import Array
from jax import Array as Scalar
from jaxtyping import Float

from jax_impl.network import cost
from reference.specification import Network, Parameters

__all__ = ["train_step", "take_steps", "train"]


@functools.partial(
    jax.jit, static_argnames="network", donate_argnames="parameters"
)
def train_step(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    learning_rate: float | Scalar,
    l2: float | Scalar,
) -> tuple[Parameters, Float[Scalar, ""]]:
    """J before the update, then the update                          (A1.1)"""
    J, dJ = jax.value_and_grad(cost, argnums=1)(network, parameters, X, Y, l2)
    return jax.tree.map(lambda p, dp: p - learning_rate * dp, parameters, dJ), J


def train(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    *,
    learning_rate: float,
    steps: int,
    l2: float = 0.0,
) -> tuple[Parameters, Float[Array, " steps"]]:
    """Repeat { W := W - alpha dW,  b := b - alpha db }              (A1.1)"""
    # The first step gives its parameters away; the caller's are kept.
    kept = jax.tree.map(jnp.copy, parameters)
    return take_steps(network, kept, X, Y, learning_rate, steps, l2)


def take_steps(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    learning_rate: float,
    steps: int,
    l2: float,
) -> tuple[Parameters, Float[Array, " steps"]]:
    """The same, and the parameters it is given are gone."""
    costs = []
    for _ in range(steps):
        parameters, J = train_step(network, parameters, X, Y, learning_rate, l2)
        costs.append(J)
    return parameters, jnp.stack(costs) if costs else jnp.zeros(0)
