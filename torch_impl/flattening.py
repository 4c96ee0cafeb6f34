"""Images as columns of the input matrix X, mirrored from
reference/flattening.py.

Differs from the reference:
- nothing.

PyTorch's own: torch.flatten(images, start_dim=1) gives rows, as nn.Linear
wants them.
"""

from jaxtyping import Float
from torch import Tensor as Array

__all__ = ["flatten_images"]


def flatten_images(images: Float[Array, "m ..."]) -> Float[Array, "n_x m"]:
    """X = (x(1) x(2) ... x(m)), x(i) the pixels of image i  (1.1-notation)"""
    return images.flatten(start_dim=1).T
