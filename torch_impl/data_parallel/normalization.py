"""mu and sigma of everybody's examples."""

import torch
from jaxtyping import Float
from torch import Tensor as Array

from torch_impl.data_parallel.sharding import Ranks, all_reduce, shard

__all__ = ["fit_normalization"]


def fit_normalization(
    ranks: Ranks, X: Float[Array, "n_x m"]
) -> tuple[Float[Array, "n_x 1"], Float[Array, "n_x 1"]]:
    """mu = sum_r 1/m sum_(i on r) x(i),
    sigma = sqrt(sum_r 1/m sum_(i on r) (x(i) - mu)^2)    (3.2.1-normalize)"""
    m, x_1, X_r = X.shape[1], X[:, :1], shard(ranks, X)
    other = all_reduce(ranks, torch.sum(X_r != x_1, dim=1, keepdim=True))
    mean = all_reduce(ranks, torch.sum(X_r, dim=1, keepdim=True) / m)
    mu = torch.where(other == 0, x_1, mean)
    squares = (X_r - mu) * (X_r - mu)
    sigma2 = all_reduce(ranks, torch.sum(squares, dim=1, keepdim=True) / m)
    return mu, torch.sqrt(sigma2)
