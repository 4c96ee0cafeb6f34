"""Early stopping, mirrored from
reference/early_stopping.py.

Differs from the reference:
- the loop is lax.while_loop: the decision is made on the device, and the
  costs are cut to their length after it. train_early_stopping compiles it
  once for a network, its shapes and steps.

JAX's own: jax.lax.while_loop, whose carry holds the best parameters too.
"""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import jax
import jax.numpy as jnp
from jax import Array
from jax import Array as Scalar
from jaxtyping import Float

from jax_impl.gradient_descent import step
from jax_impl.network import cost
from reference.specification import Network, Parameters

__all__ = ["stop_early", "train_early_stopping"]

P = TypeVar("P")


def stop_early(
    step: Callable[[P], tuple[P, Scalar]],
    dev_cost: Callable[[P], Scalar],
    parameters: P,
    steps: int,
    patience: int,
) -> tuple[P, Float[Array, " K"], Float[Array, " K"], int]:
    """Repeat { step } until J_dev(k) >= J_dev(best) for k = best + 1 ...
    best + patience                                    (3.1-early-stopping)"""
    return cut(*descend(step, dev_cost, parameters, steps, patience))


def train_early_stopping(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    X_dev: Float[Array, "n_x m_dev"],
    Y_dev: Float[Array, "n_y m_dev"],
    *,
    learning_rate: float | Scalar,
    steps: int,
    patience: int,
    l2: float | Scalar = 0.0,
) -> tuple[Parameters, Float[Array, " K"], Float[Array, " K"], int]:
    """(best parameters, costs, dev costs, best step)  (3.1-early-stopping)"""
    data, dev = (X, Y, learning_rate, l2), (X_dev, Y_dev)
    return cut(*descend_on(network, parameters, data, dev, steps, patience))


@functools.partial(jax.jit, static_argnames=("network", "steps"))
def descend_on(
    network: Network,
    parameters: Parameters,
    data: tuple[Any, ...],
    dev: tuple[Array, Array],
    steps: int,
    patience: int | Array,
) -> Any:
    """descend, compiled; a closure as its step would be compiled anew."""
    return descend(
        lambda theta: step(network, theta, *data),
        lambda theta: cost(network, theta, *dev),
        parameters,
        steps,
        patience,
    )


def descend(
    step: Callable[[P], tuple[P, Scalar]],
    dev_cost: Callable[[P], Scalar],
    parameters: P,
    steps: int,
    patience: int | Array,
) -> Any:
    """(best parameters, costs, dev costs, how many there are, best step)"""

    def proceed(state: Any) -> Array:
        _, k, _, best_step, _, _ = state
        return (k <= steps) & (k - 1 - best_step < patience)

    def once(state: Any) -> Any:
        parameters, k, best, best_step, costs, dev_costs = state
        after, J = step(parameters)
        J_dev = dev_cost(parameters)
        better = (k == 0) | (J_dev < dev_costs[best_step])
        best = jax.tree.map(
            lambda new, old: jnp.where(better, new, old), parameters, best
        )
        best_step = jnp.where(better, k, best_step)
        costs, dev_costs = costs.at[k].set(J), dev_costs.at[k].set(J_dev)
        return after, k + 1, best, best_step, costs, dev_costs

    room = jnp.zeros(steps + 1)
    state = (parameters, 0, parameters, 0, room, room)
    _, k, best, best_step, costs, dev_costs = jax.lax.while_loop(
        proceed, once, state
    )
    return best, costs, dev_costs, k, best_step


def cut(
    best: P, costs: Array, dev_costs: Array, k: Array, best_step: Array
) -> tuple[P, Array, Array, int]:
    """The costs that there are; the host has to know how many."""
    return best, costs[:k], dev_costs[:k], int(best_step)
