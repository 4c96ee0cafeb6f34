"""Early stopping, on the dev cost of everybody's examples."""

from typing import Any

from jax import Array
from jax import Array as Scalar
from jaxtyping import Float

from jax_impl import early_stopping
from jax_impl.data_parallel.network import sharded_cost
from jax_impl.data_parallel.sharding import (
    Ranks,
    everywhere,
    jitted,
    own_rows,
    shard,
    shard_weights,
)
from jax_impl.data_parallel.training import sharded_step
from jax_impl.early_stopping import cut
from reference.specification import Network, Parameters

__all__ = ["train_early_stopping"]


def train_early_stopping(
    ranks: Ranks,
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
    return cut(
        *sharded_early_stopping(
            shard_weights(ranks, parameters),
            (shard(ranks, X), shard(ranks, Y), learning_rate, l2),
            (shard(ranks, X_dev), shard(ranks, Y_dev)),
            patience, X_dev.shape[1],
            ranks=ranks, network=network, m=X.shape[1], steps=steps,
        )
    )  # fmt: skip


@jitted
def sharded_early_stopping(
    parameters: Parameters, data: Any, dev: Any, patience: Any, m_dev: Any,
    ranks: Ranks, network: Network, m: int, steps: int,
) -> Any:  # fmt: skip
    (X, Y, rate, l2), (X_dev, Y_dev) = data, dev
    best, *told = early_stopping.descend(
        lambda theta: sharded_step(
            theta, X, Y, rate, l2, None, ranks, network, m
        ),
        lambda theta: sharded_cost(network, theta, X_dev, Y_dev, m_dev, 0.0),
        parameters,
        steps,
        patience,
    )
    whole = own_rows(network, everywhere(ranks, best))
    return (whole, *everywhere(ranks, told))
