"""Training: every rank takes the same steps."""

import torch
from jaxtyping import Float
from torch import Tensor as Array
from torch import Tensor as Scalar

from reference.specification import Dropout, Network, Parameters
from torch_impl.data_parallel.dropout import shard_dropout
from torch_impl.data_parallel.sharding import Ranks
from torch_impl.data_parallel.training import Training

__all__ = ["train", "train_dropout"]


def train(
    ranks: Ranks,
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    *,
    learning_rate: float | Scalar,
    steps: int,
    l2: float | Scalar = 0.0,
) -> tuple[Parameters, Float[Array, " steps"]]:
    """Repeat { W := W - alpha dW,  b := b - alpha db }              (A1.1)"""
    training = Training(
        ranks, network, parameters, X, Y, learning_rate=learning_rate, l2=l2
    )
    costs = [training.step() for _ in range(steps)]
    history = torch.stack(costs) if costs else X.new_zeros(0)
    return training.parameters(), history


def train_dropout(
    ranks: Ranks,
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    dropouts: tuple[Dropout, ...],
    *,
    learning_rate: float | Scalar,
    l2: float | Scalar = 0.0,
) -> tuple[Parameters, Float[Array, " steps"]]:
    """For each D: W := W - alpha dW,  b := b - alpha db, under the masks D
    (A1.1, 3.1-dropout)"""
    training = Training(
        ranks, network, parameters, X, Y, learning_rate=learning_rate, l2=l2
    )
    costs = [training.step(shard_dropout(ranks, D)) for D in dropouts]
    return training.parameters(), torch.stack(costs)
