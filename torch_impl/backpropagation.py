"""Backpropagation, mirrored from reference/backpropagation.py.

Differs from the reference:
- nothing is derived by hand: autograd records cost, and walks back.

PyTorch's own: J.backward(), which adds to what .grad already holds;
torch.autograd.grad, used here, returns the gradients and keeps nothing.
"""

import torch
from jaxtyping import Float
from torch import Tensor as Array
from torch import Tensor as Scalar

from reference.specification import Dropout, Layer, Network, Parameters
from torch_impl.network import cost

__all__ = ["gradients", "cost_and_gradients"]


def gradients(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    l2: float | Scalar = 0.0,
    dropout: Dropout | None = None,
) -> Parameters:
    """dJ/dW[l], dJ/db[l] for l = 1 ... L          (2.9, 2.10, 2.11, 2.12)"""
    return cost_and_gradients(network, parameters, X, Y, l2, dropout)[1]


def cost_and_gradients(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    l2: float | Scalar = 0.0,
    dropout: Dropout | None = None,
) -> tuple[Float[Scalar, ""], Parameters]:
    """J, and dJ/dW[l], dJ/db[l], from one forward pass
    (A1.1, 2.9, 2.10, 2.11, 2.12)"""
    leaves = tuple(
        Layer(W.detach().requires_grad_(), b.detach().requires_grad_())
        for W, b in parameters
    )
    J = cost(network, leaves, X, Y, l2, dropout)
    flat = torch.autograd.grad(
        J, [array for layer in leaves for array in layer]
    )
    layers = zip(flat[::2], flat[1::2], strict=True)
    return J.detach(), tuple(Layer(dW, db) for dW, db in layers)
