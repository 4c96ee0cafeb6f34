"""One neuron that predicts a price, mirrored from
reference/price_model.py.

Differs from the reference:
- nothing.
"""

from jaxtyping import Float
from torch import Tensor as Array

from torch_impl.activations import relu

__all__ = ["price"]


def price(
    w: Float[Array, "n_x 1"],
    b: Float[Array, "1 1"],
    X: Float[Array, "n_x m"],
) -> Float[Array, "1 m"]:
    """y_hat = max(0, w^T x + b)                            (1-relu-neuron)"""
    return relu(w.T @ X + b)
