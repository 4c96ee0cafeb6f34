"""reference/network.py, its sums over examples taken rank by rank."""

import numpy as np
from jaxtyping import Float
from numpy import floating as Scalar
from numpy import ndarray as Array

from reference import network as networks
from reference.data_parallel.dropout import shard_dropout
from reference.data_parallel.sharding import (
    Ranks,
    all_gather,
    all_reduce,
    shard,
)
from reference.losses import loss
from reference.network import propagate
from reference.regularization import l2_cost
from reference.specification import Dropout, Network, Parameters

__all__ = ["forward", "cost_share", "cost"]


def forward(
    ranks: Ranks,
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    dropout: Dropout | None = None,
) -> tuple[Array, ...]:
    """A[l] = [A[l]_0 ... A[l]_(R-1)]                            (2.3, 2.4)"""
    shards = zip(shard(ranks, X), shard_dropout(ranks, dropout), strict=True)
    parts = [networks.forward(network, parameters, *r) for r in shards]
    return tuple(all_gather(list(A)) for A in zip(*parts, strict=True))


def cost_share(
    network: Network,
    parameters: Parameters,
    X_r: Float[Array, "n_x m_r"],
    Y_r: Float[Array, "n_y m_r"],
    m: int,
    dropout: Dropout | None = None,
) -> Float[Scalar, ""]:
    """1/m sum_(i on r) L(i), by the m of all ranks              (1.2-cost)"""
    Z, _ = propagate(network, parameters, X_r, dropout)
    return np.sum(loss(network.activations[-1], Z[-1], Y_r)) / m


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
    m = X.shape[1]
    parts = [
        cost_share(network, parameters, X_r, Y_r, m, D_r)
        for X_r, Y_r, D_r in zip(
            shard(ranks, X), shard(ranks, Y), shard_dropout(ranks, dropout),
            strict=True,
        )
    ]  # fmt: skip
    return all_reduce(parts) + l2_cost(parameters, l2, m)
