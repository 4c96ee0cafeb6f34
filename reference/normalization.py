"""Normalization of the input features.

Symbol   Shape      Meaning
X        (n_x, m)   one row per feature, one column per example
mu       (n_x, 1)   mean of each feature over the training set
sigma2   (n_x, 1)   variance over the training set, divided by m, not m - 1
sigma    (n_x, 1)   its square root; 0 for a constant feature
kappa    scalar     condition number, longest over shortest axis of the bowl

Source: notes, section 3.2.1. Erratum: the notes print sigma2 = 1/m sum of
x^2, true only once the mean is subtracted. mu and sigma of the training
set are applied to every set.
"""

from typing import Any

import numpy as np
from jaxtyping import Float
from numpy import floating as Scalar
from numpy import ndarray as Array

__all__ = [
    "mean",
    "variance",
    "fit_normalization",
    "normalize",
    "condition_number",
]


def mean(X: Float[Array, "n_x m"]) -> Float[Array, "n_x 1"]:
    """mu = 1/m sum_i x(i)                                (3.2.1-normalize)"""
    return np.mean(X, axis=1, keepdims=True)


def variance(
    X: Float[Array, "n_x m"], mu: Float[Array, "n_x 1"]
) -> Float[Array, "n_x 1"]:
    """sigma2 = 1/m sum_i (x(i) - mu)^2                   (3.2.1-normalize)

    In two passes: mean(x^2) - mu^2 cancels, and goes negative in float32.
    """
    return np.mean((X - mu) * (X - mu), axis=1, keepdims=True)


def fit_normalization(
    X: Float[Array, "n_x m"],
) -> tuple[Float[Array, "n_x 1"], Float[Array, "n_x 1"]]:
    """mu and sigma = sqrt(sigma2) of the training set    (3.2.1-normalize)

    A constant feature has exactly its value as mu and exactly 0 as sigma;
    the rounding of its mean would else pass for a spread.
    """
    constant = np.all(X[:, :1] == X, axis=1, keepdims=True)
    mu = np.where(constant, X[:, :1], mean(X))
    return mu, np.sqrt(variance(X, mu))


def normalize(
    X: Float[Array, "n_x m"],
    mu: Float[Array, "n_x 1"],
    sigma: Float[Array, "n_x 1"],
) -> Float[Array, "n_x m"]:
    """x := (x - mu) / sigma                              (3.2.1-normalize)

    Where sigma is 0, it counts as 1: a constant feature becomes 0, not nan.
    """
    return (X - mu) / np.where(sigma == 0, 1, sigma)


def condition_number(X: Float[Array, "n_x m"]) -> Float[Scalar, ""]:
    """kappa = lambda_max / lambda_min of 1/m X X^T       (3.2.1-normalize)

    That matrix is the Hessian of a linear model: its bowl is circular where
    kappa is 1. From the singular values of X, whose squares they are: X X^T
    would square the rounding too. inf if a feature is 0 or repeats others,
    which leaves a singular value below the rounding of the largest.
    """
    singular = np.linalg.svd(X, compute_uv=False)
    # As NumPy's matrix_rank has it.
    rounding = max(X.shape) * float(np.finfo(X.dtype).eps) * singular[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = singular[0] / singular[-1]
    kappa: Any = np.where(singular[-1] > rounding, ratio * ratio, np.inf)
    return kappa[()]
