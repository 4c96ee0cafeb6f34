"""The gradient is the direction of steepest ascent, mirrored from
reference/steepest_ascent.py.

Differs from the reference:
- the slope is a forward-mode derivative, which shares no pass with
  backpropagation.

PyTorch's own: torch.func.jvp. Times a Python number, the derivative of a
float32 scalar comes out in float64; it is cast back.
"""

import torch
from jaxtyping import Float
from torch import Tensor as Array
from torch import Tensor as Scalar

from reference.specification import Layer, Network, Parameters
from torch_impl.network import cost

__all__ = ["steepest_direction", "directional_derivative"]


def steepest_direction(dJ: Parameters) -> Parameters:
    """v = dJ / ||dJ||, of length 1                                  (P1.1)"""
    squares = [torch.sum(a * a) for layer in dJ for a in layer]
    length = torch.sqrt(torch.stack(squares).sum())
    return tuple(Layer(dW / length, db / length) for dW, db in dJ)


def directional_derivative(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    direction: Parameters,
    l2: float | Scalar = 0.0,
) -> Float[Scalar, ""]:
    """d/dt J(theta + t v) at t = 0, which is dJ . v                 (P1.1)"""
    slope = torch.func.jvp(
        lambda theta: cost(network, theta, X, Y, l2),
        (parameters,),
        (direction,),
    )[1]
    return slope.to(X.dtype)
