"""Images as columns of the input matrix X.

Symbol   Shape          Meaning
images   (m, ...)       m images, e.g. (m, height, width, 3), in [0, 1]
X        (n_x, m)       one column an image, n_x = height * width * 3

Source: notes, section 1.1. Erratum: it prints that X is (m, n); the matrix
that it draws has examples as columns, and is (n, m).
"""

from jaxtyping import Float
from numpy import ndarray as Array

__all__ = ["flatten_images"]


def flatten_images(images: Float[Array, "m ..."]) -> Float[Array, "n_x m"]:
    """X = (x(1) x(2) ... x(m)), x(i) the pixels of image i  (1.1-notation)

    reshape(n_x, m) in one step has the right shape and mixes the images:
    each must become a row before rows become columns.
    """
    return images.reshape(images.shape[0], -1).T
