"""An L-layer network: forward propagation and cost.

Symbol        Shape             Meaning
A_prev        (n[l-1], m)       A[l-1], with A[0] = X
W, b          (n[l], n[l-1]), (n[l], 1)
Z             (n[l], m)         linear part of layer l
dZ            (n[l], m)         m times dJ/dZ, as the notes write it
J             scalar            cost with its L2 penalty

Source: notes, sections 2.1, 2.3 and 3.1.
"""

import numpy as np
from jaxtyping import Float
from numpy import floating as Scalar
from numpy import ndarray as Array

from reference.activations import activation
from reference.dropout import layer_dropout
from reference.losses import loss, mean_over_examples
from reference.regularization import l2_cost
from reference.specification import Dropout, Network, Parameters

__all__ = [
    "linear",
    "weight_gradient",
    "bias_gradient",
    "input_gradient",
    "propagate",
    "forward",
    "cost",
]


def linear(
    W: Float[Array, "n n_prev"],
    A_prev: Float[Array, "n_prev m"],
    b: Float[Array, "n 1"],
) -> Float[Array, "n m"]:
    """Z = W A_prev + b                                               (2.3)"""
    return W @ A_prev + b


def weight_gradient(
    dZ: Float[Array, "n m"], A_prev: Float[Array, "n_prev m"]
) -> Float[Array, "n n_prev"]:
    """dW = 1/m dZ A_prev^T                                          (2.10)

    Erratum: (2.6) prints dW without 1/m, the share of one example.
    """
    return dZ @ A_prev.T / dZ.shape[1]


def bias_gradient(dZ: Float[Array, "n m"]) -> Float[Array, "n 1"]:
    """db = 1/m sum_i dZ(i)                                          (2.11)

    keepdims, or db loses the shape (n, 1) of b and broadcasts as a row.
    """
    return np.sum(dZ, axis=1, keepdims=True) / dZ.shape[1]


def input_gradient(
    W: Float[Array, "n n_prev"], dZ: Float[Array, "n m"]
) -> Float[Array, "n_prev m"]:
    """dA_prev = W^T dZ                                              (2.12)"""
    return W.T @ dZ


def propagate(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    dropout: Dropout | None = None,
) -> tuple[list[Array], list[Array]]:
    """Z[l] = W[l] A[l-1] + b[l],  A[l] = g[l](Z[l]),  A[0] = X  (2.3, 2.4)

    Both lists are indexed by the layer's number; X stands in for Z[0], and
    A ends before the output, since the cost takes Z[L].
    """
    Z, A = [X], [X]
    for l in range(1, network.L + 1):
        W, b = parameters[l - 1]
        Z.append(linear(W, A[l - 1], b))
        if l < network.L:
            g = network.activations[l - 1]
            A_l = activation(g, Z[l], network.leaky_slope)
            A.append(layer_dropout(A_l, l, dropout))
    return Z, A


def forward(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    dropout: Dropout | None = None,
) -> tuple[Array, ...]:
    """(A[1], ..., A[L]), hidden ones after dropout              (2.3, 2.4)"""
    Z, A = propagate(network, parameters, X, dropout)
    g = network.activations[-1]
    return (*A[1:], activation(g, Z[-1], network.leaky_slope))


def cost(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    l2: float | Scalar = 0.0,
    dropout: Dropout | None = None,
) -> Float[Scalar, ""]:
    """J = 1/m sum_i L(i) + lambda/(2m) sum_l ||W[l]||^2 (1.2-cost, 3.1-l2)"""
    Z, _ = propagate(network, parameters, X, dropout)
    losses = loss(network.activations[-1], Z[-1], Y)
    return mean_over_examples(losses) + l2_cost(parameters, l2, X.shape[1])
