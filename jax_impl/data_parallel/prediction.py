"""The accuracy on everybody's examples."""

import jax.numpy as jnp
from jax import Array
from jax import Array as Scalar
from jaxtyping import Bool, Float

from jax_impl.data_parallel.sharding import (
    Ranks,
    everywhere,
    examples,
    jitted,
    shard,
)

__all__ = ["accuracy"]


def accuracy(
    ranks: Ranks, predicted: Bool[Array, "n m"], Y: Float[Array, "n m"]
) -> Float[Scalar, ""]:
    """1/m sum_r (examples on r with every class right)       (1.2-predict)"""
    given = shard(ranks, predicted), shard(ranks, Y)
    return sharded_accuracy(*given, ranks=ranks, m=Y.shape[1])


@jitted
def sharded_accuracy(predicted: Array, Y: Array, ranks: Ranks, m: int) -> Array:
    right = jnp.all(predicted == (Y > 0.5), axis=0) & examples(Y, m)
    return everywhere(ranks, jnp.sum(right, dtype=Y.dtype) / m)
