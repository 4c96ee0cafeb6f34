"""One example, and one node, at a time, mirrored from
reference/one_example.py.

Differs from the reference:
- the gradients are those of the loss of one example, by jax.grad;
- layer_by_nodes and gradients_by_example are jax.vmap, with no loop.

JAX's own: jax.vmap of jax.grad: gradients of each example apart.
"""

import jax
import jax.numpy as jnp
from jax import Array
from jax import Array as Scalar
from jaxtyping import Float

from jax_impl.activations import activation
from jax_impl.losses import loss
from reference.specification import Network, Parameters

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

    def of_row(w: Array, b: Array) -> tuple[Array, Array]:
        return node(w[None], b[None], a_prev, name, leaky_slope)

    z, a = jax.vmap(of_row)(W, b)
    return z[:, 0], a[:, 0]


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
        return jnp.sum(loss(network.activations[-1], z[-1], y))

    return jax.grad(L)(parameters)


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

    return jax.vmap(of_one, in_axes=1)(X, Y)
