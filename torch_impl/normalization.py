"""Normalization of the input features, mirrored from
reference/normalization.py.

PyTorch's own: torch.std and torch.var divide by m - 1 unless correction=0.
"""

import torch
from jaxtyping import Float
from torch import Tensor as Array
from torch import Tensor as Scalar

__all__ = [
    "mean",
    "variance",
    "fit_normalization",
    "normalize",
    "condition_number",
]


def mean(X: Float[Array, "n_x m"]) -> Float[Array, "n_x 1"]:
    """mu = 1/m sum_i x(i)                                (3.2.1-normalize)"""
    return torch.mean(X, dim=1, keepdim=True)


def variance(
    X: Float[Array, "n_x m"], mu: Float[Array, "n_x 1"]
) -> Float[Array, "n_x 1"]:
    """sigma2 = 1/m sum_i (x(i) - mu)^2                   (3.2.1-normalize)"""
    return torch.mean((X - mu) * (X - mu), dim=1, keepdim=True)


def fit_normalization(
    X: Float[Array, "n_x m"],
) -> tuple[Float[Array, "n_x 1"], Float[Array, "n_x 1"]]:
    """mu and sigma = sqrt(sigma2) of the training set    (3.2.1-normalize)"""
    constant = torch.all(X[:, :1] == X, dim=1, keepdim=True)
    mu = torch.where(constant, X[:, :1], mean(X))
    return mu, torch.sqrt(variance(X, mu))


def normalize(
    X: Float[Array, "n_x m"],
    mu: Float[Array, "n_x 1"],
    sigma: Float[Array, "n_x 1"],
) -> Float[Array, "n_x m"]:
    """x := (x - mu) / sigma                              (3.2.1-normalize)"""
    return (X - mu) / torch.where(sigma == 0, 1, sigma)


def condition_number(X: Float[Array, "n_x m"]) -> Float[Scalar, ""]:
    """kappa = lambda_max / lambda_min of 1/m X X^T       (3.2.1-normalize)"""
    singular = torch.linalg.svdvals(X)
    rounding = max(X.shape) * torch.finfo(X.dtype).eps * singular[0]
    ratio = singular[0] / singular[-1]
    return torch.where(singular[-1] > rounding, ratio * ratio, torch.inf)
