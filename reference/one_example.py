"""One example, and one node, at a time: as the notes first write it.

Symbol     Shape             Meaning
w_i, b_i   (1, n_prev), (1, 1)
                             row i of W[l] and of b[l]: one node
a_prev     (n[l-1], 1)       a[l-1], with a[0] = x
z, a       (n[l], 1)         one column of Z[l] and A[l]
dz         (n[l], 1)         dL/dz[l] of the example
dW, db     (n[l], n[l-1]), (n[l], 1)
                             dL/dW[l] and dL/db[l] of the example, without 1/m

Source: notes, section 2.1, (2.1), (2.2), and 2.3, (2.5) to (2.8). Errata:
the node form is printed with W_1^T, but W already holds a row for each
node; (2.5) is true of the first two output activations of losses.py alone;
(2.6) is one example's share, and (2.10) the mean of those.
"""

import numpy as np
from jaxtyping import Float
from numpy import floating as Scalar
from numpy import ndarray as Array

from reference.activations import activation, activation_derivative
from reference.losses import loss_gradient
from reference.specification import Layer, Network, Parameters

__all__ = [
    "node",
    "layer_by_nodes",
    "forward_example",
    "gradients_example",
    "gradients_by_example",
]


def node(
    w_i: Float[Array, "1 n_prev"],
    b_i: Float[Array, "1 1"],
    a_prev: Float[Array, "n_prev 1"],
    name: str,
    leaky_slope: float | Scalar,
) -> tuple[Float[Array, "1 1"], Float[Array, "1 1"]]:
    """z_i = w_i a_prev + b_i,  a_i = g(z_i)                     (2.1, 2.2)"""
    z_i = w_i @ a_prev + b_i
    return z_i, activation(name, z_i, leaky_slope)


def layer_by_nodes(
    W: Float[Array, "n n_prev"],
    b: Float[Array, "n 1"],
    a_prev: Float[Array, "n_prev 1"],
    name: str,
    leaky_slope: float | Scalar,
) -> tuple[Float[Array, "n 1"], Float[Array, "n 1"]]:
    """z_i and a_i for the nodes i = 1 ... n of one layer        (2.1, 2.2)"""
    nodes = [
        node(W[i : i + 1], b[i : i + 1], a_prev, name, leaky_slope)
        for i in range(W.shape[0])
    ]
    z, a = zip(*nodes, strict=True)
    return np.concatenate(z), np.concatenate(a)


def forward_example(
    network: Network, parameters: Parameters, x: Float[Array, "n_x 1"]
) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
    """z[l] and a[l] for l = 1 ... L, node by node, a[0] = x     (2.1, 2.2)"""
    z: list[Array] = []
    a = [x]
    for (W, b), g in zip(parameters, network.activations, strict=True):
        z_l, a_l = layer_by_nodes(W, b, a[-1], g, network.leaky_slope)
        z, a = [*z, z_l], [*a, a_l]
    return tuple(z), tuple(a[1:])


def gradients_example(
    network: Network,
    parameters: Parameters,
    x: Float[Array, "n_x 1"],
    y: Float[Array, "n_y 1"],
) -> Parameters:
    """dz[L] = a[L] - y,  dW = dz a_prev^T,  db = dz,
    dz[l] = W[l+1]^T dz[l+1] * g'(z[l])               (2.5, 2.6, 2.7, 2.8)
    """
    z, a = forward_example(network, parameters, x)
    g, slope = network.activations, network.leaky_slope
    dz = loss_gradient(g[-1], z[-1], y)
    layers: list[Layer] = []
    for l in range(network.L, 0, -1):
        a_prev = a[l - 2] if l > 1 else x
        layers.insert(0, Layer(dz @ a_prev.T, dz))
        if l > 1:
            W, _ = parameters[l - 1]
            dz = (W.T @ dz) * activation_derivative(g[l - 2], z[l - 2], slope)
    return tuple(layers)


def gradients_by_example(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
) -> Parameters:
    """dL(i)/dW[l], dL(i)/db[l] of each example, stacked along a first axis
    (2.5, 2.6, 2.7, 2.8)

    Their mean over the first axis is (2.10) and (2.11).
    """
    examples = [
        gradients_example(network, parameters, X[:, i : i + 1], Y[:, i : i + 1])
        for i in range(X.shape[1])
    ]
    return tuple(
        Layer(
            np.stack([dW for dW, _ in layer]), np.stack([d for _, d in layer])
        )
        for layer in zip(*examples, strict=True)
    )
