"""The gradients: the compiler puts the sums over ranks in."""

from typing import Any

import jax
from jax import Array
from jax import Array as Scalar
from jaxtyping import Float

from jax_impl.data_parallel.dropout import shard_dropout
from jax_impl.data_parallel.network import sharded_cost
from jax_impl.data_parallel.sharding import (
    Ranks,
    everywhere,
    jitted,
    own_rows,
    shard,
    shard_weights,
)
from reference.specification import Dropout, Network, Parameters

__all__ = ["gradients"]


def gradients(
    ranks: Ranks,
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    l2: float | Scalar = 0.0,
    dropout: Dropout | None = None,
) -> Parameters:
    """dW = sum_r m_r/m dW_r + lambda/m W,  db = sum_r m_r/m db_r
    (2.10, 2.11, 3.1-l2)"""
    return gradients_of(
        shard_weights(ranks, parameters), shard(ranks, X), shard(ranks, Y),
        l2, shard_dropout(ranks, dropout),
        ranks=ranks, network=network, m=X.shape[1],
    )  # fmt: skip


@jitted
def gradients_of(
    parameters: Parameters, X: Array, Y: Array, l2: Any, dropout: Any,
    ranks: Ranks, network: Network, m: int,
) -> Parameters:  # fmt: skip
    dJ = jax.grad(sharded_cost, argnums=1)(
        network, parameters, X, Y, m, l2, dropout
    )
    return own_rows(network, everywhere(ranks, dJ))
