"""One neuron that predicts a price: linear, and never below zero.

Symbol   Shape      Meaning
w        (n_x, 1)   weights of the features
b        (1, 1)     bias, the price where all features are 0
X        (n_x, m)   features of the houses, one column each
y_hat    (1, m)     predicted prices, >= 0

Source: notes, chapter 1, figure 1.1. The neuron is the network with
layer_sizes (n_x, 1) and a ReLU; its loss is half the squared error.
"""

from jaxtyping import Float
from numpy import ndarray as Array

from reference.activations import relu

__all__ = ["price"]


def price(
    w: Float[Array, "n_x 1"],
    b: Float[Array, "1 1"],
    X: Float[Array, "n_x m"],
) -> Float[Array, "1 m"]:
    """y_hat = max(0, w^T x + b)                            (1-relu-neuron)"""
    return relu(w.T @ X + b)
