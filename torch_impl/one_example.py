"""One example, and one node, at a time, mirrored from
reference/one_example.py.

Differs from the reference:
- the gradients are those of the loss of one example, by torch.func.grad;
- gradients_by_example maps it over the examples, with no loop.

PyTorch's own: torch.func.vmap of torch.func.grad: the gradients of each
example apart.
"""

import torch
from jaxtyping import Float
from torch import Tensor as Array
from torch import Tensor as Scalar

from reference.specification import Network, Parameters
from torch_impl.activations import activation
from torch_impl.losses import loss

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
    return torch.cat(z), torch.cat(a)


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
    dz[l] = W[l+1]^T dz[l+1] * g'(z[l])               (2.5, 2.6, 2.7, 2.8)"""

    def L(parameters: Parameters) -> Array:
        z, _ = forward_example(network, parameters, x)
        return torch.sum(loss(network.activations[-1], z[-1], y))

    return torch.func.grad(L)(parameters)


def gradients_by_example(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
) -> Parameters:
    """dL(i)/dW[l], dL(i)/db[l] of each example, stacked along a first axis
    (2.5, 2.6, 2.7, 2.8)"""

    def of_one(x: Array, y: Array) -> Parameters:
        return gradients_example(network, parameters, x[:, None], y[:, None])

    return torch.func.vmap(of_one, in_dims=1)(X, Y)
