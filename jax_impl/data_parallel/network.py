"""The network's passes, of which each device takes its columns."""

from typing import Any

import jax.numpy as jnp
from jax import Array
from jax import Array as Scalar
from jaxtyping import Float

from jax_impl.activations import activation
from jax_impl.data_parallel.dropout import shard_dropout
from jax_impl.data_parallel.sharding import (
    Ranks,
    everywhere,
    examples,
    jitted,
    own_rows,
    shard,
    shard_weights,
)
from jax_impl.losses import loss
from jax_impl.network import propagate
from jax_impl.regularization import l2_cost
from reference.specification import Dropout, Network, Parameters

__all__ = ["forward", "cost", "sharded_cost"]


def forward(
    ranks: Ranks,
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    dropout: Dropout | None = None,
) -> tuple[Array, ...]:
    """A[l] = [A[l]_0 ... A[l]_(R-1)]                            (2.3, 2.4)"""
    return sharded_forward(
        ranks, network, shard_weights(ranks, parameters), shard(ranks, X),
        shard_dropout(ranks, dropout), m=X.shape[1],
    )  # fmt: skip


@jitted
def sharded_forward(
    ranks: Ranks, network: Network, parameters: Parameters, X: Array,
    dropout: Dropout | None, m: int,
) -> tuple[Array, ...]:  # fmt: skip
    kept = own_rows(network, parameters)
    Z, A = propagate(network, kept, X, dropout)
    A.append(activation(network.activations[-1], Z[-1], network.leaky_slope))
    return tuple(everywhere(ranks, A_l)[:, :m] for A_l in A[1:])


def cost(
    ranks: Ranks,
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    l2: float | Scalar = 0.0,
    dropout: Dropout | None = None,
) -> Float[Scalar, ""]:
    """J = sum_r 1/m sum_(i on r) L(i) + lambda/(2m) sum_l ||W[l]||^2
    (1.2-cost, 3.1-l2)"""
    return cost_of(
        shard_weights(ranks, parameters), shard(ranks, X), shard(ranks, Y),
        l2, shard_dropout(ranks, dropout),
        ranks=ranks, network=network, m=X.shape[1],
    )  # fmt: skip


@jitted
def cost_of(
    parameters: Parameters, X: Array, Y: Array, l2: Any, dropout: Any,
    ranks: Ranks, network: Network, m: int,
) -> Array:  # fmt: skip
    J = sharded_cost(network, parameters, X, Y, m, l2, dropout)
    return everywhere(ranks, J)


def sharded_cost(
    network: Network, parameters: Parameters, X: Array, Y: Array, m: int,
    l2: float | Scalar, dropout: Dropout | None = None,
) -> Scalar:  # fmt: skip
    """J, of the m examples alone."""
    kept = own_rows(network, parameters)
    Z, _ = propagate(network, kept, X, dropout)
    losses = loss(network.activations[-1], Z[-1], Y)
    total = jnp.sum(jnp.where(examples(losses, m), losses, 0))
    return total / m + l2_cost(kept, l2, m)
