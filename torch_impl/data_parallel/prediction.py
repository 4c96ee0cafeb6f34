"""The accuracy on everybody's examples."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor as Array
from torch import Tensor as Scalar

from torch_impl.data_parallel.sharding import Ranks, all_reduce, shard

__all__ = ["accuracy"]


def accuracy(
    ranks: Ranks, predicted: Bool[Array, "n m"], Y: Float[Array, "n m"]
) -> Float[Scalar, ""]:
    """1/m sum_r (examples on r with every class right)       (1.2-predict)"""
    right = torch.all(shard(ranks, predicted) == (shard(ranks, Y) > 0.5), dim=0)
    return all_reduce(ranks, torch.sum(right, dtype=Y.dtype)) / Y.shape[1]
