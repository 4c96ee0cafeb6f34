"""reference/prediction.py: the accuracy on everybody's examples."""

import numpy as np
from jaxtyping import Bool, Float
from numpy import floating as Scalar
from numpy import ndarray as Array

from reference.data_parallel.sharding import Ranks, all_reduce, shard

__all__ = ["accuracy"]


def accuracy(
    ranks: Ranks, predicted: Bool[Array, "n m"], Y: Float[Array, "n m"]
) -> Float[Scalar, ""]:
    """1/m sum_r (examples on r with every class right)       (1.2-predict)"""
    shards = zip(shard(ranks, predicted), shard(ranks, Y), strict=True)
    right = [np.all(p_r == (Y_r > 0.5), axis=0) for p_r, Y_r in shards]
    return all_reduce([np.sum(r, dtype=Y.dtype) for r in right]) / Y.shape[1]
