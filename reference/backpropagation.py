"""Backpropagation: the gradients of the cost with respect to W[l] and b[l].

Symbol   Shape             Meaning
dZ       (n[l], m)         m times dJ/dZ[l]; the 1/m enters with dW and db
dA       (n[l], m)         m times dJ/dA[l]
dW, db   (n[l], n[l-1]), (n[l], 1)
                           dJ/dW[l] and dJ/db[l], of the shapes of W and b

Source: notes, section 2.3, (2.9) to (2.12), and 3.1 for the penalty.
"""

from jaxtyping import Float
from numpy import floating as Scalar
from numpy import ndarray as Array

from reference.activations import activation_derivative
from reference.dropout import layer_dropout_gradient
from reference.losses import loss, loss_gradient, mean_over_examples
from reference.network import (
    bias_gradient,
    input_gradient,
    propagate,
    weight_gradient,
)
from reference.regularization import l2_cost, l2_penalty_gradient
from reference.specification import Dropout, Layer, Network, Parameters

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
    m, g = X.shape[1], network.activations
    Z, A = propagate(network, parameters, X, dropout)
    losses = loss(g[-1], Z[-1], Y)
    dZ = loss_gradient(g[-1], Z[-1], Y)
    layers: list[Layer] = []
    for l in range(network.L, 0, -1):
        W, _ = parameters[l - 1]
        dW = weight_gradient(dZ, A[l - 1]) + l2_penalty_gradient(W, l2, m)
        layers.insert(0, Layer(dW, bias_gradient(dZ)))
        if l > 1:
            dA = layer_dropout_gradient(input_gradient(W, dZ), l - 1, dropout)
            slope = network.leaky_slope
            dZ = dA * activation_derivative(g[l - 2], Z[l - 1], slope)
    J = mean_over_examples(losses) + l2_cost(parameters, l2, m)
    return J, tuple(layers)
