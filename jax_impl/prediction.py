"""The predicted class, and the share of right ones, mirrored from
reference/prediction.py.

Differs from the reference:
- nothing.
"""

import jax.numpy as jnp
from jax import Array
from jax import Array as Scalar
from jaxtyping import Bool, Float

__all__ = ["predict", "accuracy"]


def predict(A: Float[Array, "n m"]) -> Bool[Array, "n m"]:
    """the class is 1 if y_hat > 1/2, else 0                  (1.2-predict)"""
    return A > 0.5


def accuracy(
    A: Float[Array, "n m"], Y: Float[Array, "n m"]
) -> Float[Scalar, ""]:
    """share of the examples with every class right           (1.2-predict)"""
    return jnp.mean(jnp.all(predict(A) == (Y > 0.5), axis=0), dtype=A.dtype)
