"""Normalization of the input features, mirrored from
reference/normalization.py.

JAX's own: jnp.std and jnp.var, which divide by m as the notes do.
"""

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax import Array as Scalar
from jaxtyping import Float

__all__ = [
    "mean",
    "variance",
    "fit_normalization",
    "normalize",
    "condition_number",
]


def mean(X: Float[Array, "n_x m"]) -> Float[Array, "n_x 1"]:
    """mu = 1/m sum_i x(i)                                (3.2.1-normalize)"""
    return jnp.mean(X, axis=1, keepdims=True)


def variance(
    X: Float[Array, "n_x m"], mu: Float[Array, "n_x 1"]
) -> Float[Array, "n_x 1"]:
    """sigma2 = 1/m sum_i (x(i) - mu)^2                   (3.2.1-normalize)"""
    return jnp.mean((X - mu) * (X - mu), axis=1, keepdims=True)


def fit_normalization(
    X: Float[Array, "n_x m"],
) -> tuple[Float[Array, "n_x 1"], Float[Array, "n_x 1"]]:
    """mu and sigma = sqrt(sigma2) of the training set    (3.2.1-normalize)"""
    constant = jnp.all(X[:, :1] == X, axis=1, keepdims=True)
    mu = jnp.where(constant, X[:, :1], mean(X))
    return mu, jnp.sqrt(variance(X, mu))


def normalize(
    X: Float[Array, "n_x m"],
    mu: Float[Array, "n_x 1"],
    sigma: Float[Array, "n_x 1"],
) -> Float[Array, "n_x m"]:
    """x := (x - mu) / sigma                              (3.2.1-normalize)"""
    return (X - mu) / jnp.where(sigma == 0, 1, sigma)


def condition_number(X: Float[Array, "n_x m"]) -> Float[Scalar, ""]:
    """kappa = lambda_max / lambda_min of 1/m X X^T       (3.2.1-normalize)"""
    singular = jnp.linalg.svd(X, compute_uv=False)
    u = np.finfo(X.dtype).eps
    rounding = max(X.shape) * u * singular[0]
    ratio = singular[0] / singular[-1]
    return jnp.where(singular[-1] > rounding, ratio * ratio, jnp.inf)
