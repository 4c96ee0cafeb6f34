"""mu and sigma of everybody's examples."""

import jax.numpy as jnp
from jax import Array
from jaxtyping import Float

from jax_impl.data_parallel.sharding import (
    Ranks,
    everywhere,
    examples,
    jitted,
    shard,
)

__all__ = ["fit_normalization"]


def fit_normalization(
    ranks: Ranks, X: Float[Array, "n_x m"]
) -> tuple[Float[Array, "n_x 1"], Float[Array, "n_x 1"]]:
    """mu = sum_r 1/m sum_(i on r) x(i),
    sigma = sqrt(sum_r 1/m sum_(i on r) (x(i) - mu)^2)    (3.2.1-normalize)"""
    return sharded_normalization(shard(ranks, X), ranks=ranks, m=X.shape[1])


@jitted
def sharded_normalization(
    X: Array, ranks: Ranks, m: int
) -> tuple[Array, Array]:
    real, x_1 = examples(X, m), X[:, :1]
    constant = jnp.all((x_1 == X) | ~real, axis=1, keepdims=True)
    mean = jnp.sum(jnp.where(real, X, 0), axis=1, keepdims=True) / m
    mu = jnp.where(constant, x_1, mean)
    squares = jnp.where(real, (X - mu) * (X - mu), 0)
    sigma2 = jnp.sum(squares, axis=1, keepdims=True) / m
    return everywhere(ranks, (mu, jnp.sqrt(sigma2)))
