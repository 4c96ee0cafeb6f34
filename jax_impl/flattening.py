"""Images as columns of the input matrix X, mirrored from
reference/flattening.py.

Differs from the reference:
- nothing.
"""

from jax import Array
from jaxtyping import Float

__all__ = ["flatten_images"]


def flatten_images(images: Float[Array, "m ..."]) -> Float[Array, "n_x m"]:
    """X = (x(1) x(2) ... x(m)), x(i) the pixels of image i  (1.1-notation)"""
    return images.reshape(images.shape[0], -1).T
