"""reference/normalization.py: mu and sigma of everybody's examples."""

from typing import Any

import numpy as np
from jaxtyping import Bool, Float
from numpy import ndarray as Array

from reference.data_parallel.sharding import Ranks, all_reduce, shard

__all__ = ["fit_normalization"]


def fit_normalization(
    ranks: Ranks, X: Float[Array, "n_x m"]
) -> tuple[Float[Array, "n_x 1"], Float[Array, "n_x 1"]]:
    """mu = sum_r 1/m sum_(i on r) x(i),
    sigma = sqrt(sum_r 1/m sum_(i on r) (x(i) - mu)^2)    (3.2.1-normalize)

    The mu of all ranks is there before a rank looks at the distance to it:
    variances of their own would leave out how their means differ.
    """
    m, x_1 = X.shape[1], X[:, :1]
    shards = shard(ranks, X)
    other = all_reduce([count(X_r != x_1) for X_r in shards])
    mean = all_reduce([total(X_r) / m for X_r in shards])
    mu = np.where(other == 0, x_1, mean)
    sigma2 = all_reduce([total((X_r - mu) * (X_r - mu)) / m for X_r in shards])
    return mu, np.sqrt(sigma2)


def total(X: Float[Array, "n_x m_r"]) -> Float[Array, "n_x 1"]:
    return np.sum(X, axis=1, keepdims=True)


def count(X: Bool[Array, "n_x m_r"]) -> Any:
    return np.sum(X, axis=1, keepdims=True)
