"""The network's passes, of which each rank takes its columns."""

import torch
from jaxtyping import Float
from torch import Tensor as Array
from torch import Tensor as Scalar

from reference.specification import Dropout, Network, Parameters
from torch_impl.activations import activation
from torch_impl.data_parallel.dropout import shard_dropout
from torch_impl.data_parallel.engines import engine
from torch_impl.data_parallel.sharding import Ranks, all_gather, shard
from torch_impl.data_parallel.training import Training

__all__ = ["forward", "cost"]


def forward(
    ranks: Ranks,
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    dropout: Dropout | None = None,
) -> tuple[Array, ...]:
    """A[l] = [A[l]_0 ... A[l]_(R-1)]                            (2.3, 2.4)"""
    model = engine(ranks, network, parameters)
    with torch.no_grad():
        *A, Z = model(shard(ranks, X), shard_dropout(ranks, dropout))
    A.append(activation(network.activations[-1], Z, network.leaky_slope))
    return tuple(all_gather(ranks, A_r, X.shape[1]) for A_r in A)


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
    training = Training(ranks, network, parameters, X, Y, l2=l2)
    with torch.no_grad():
        losses = training.losses(shard_dropout(ranks, dropout))
    return training.cost(losses)
