"""An L-layer network: forward propagation and cost, mirrored from
reference/network.py.

Differs from the reference:
- each *_gradient is the pullback of linear by jax.vjp. It is linear in each
  argument, so what the other two hold does not matter: zeros serve;
- those of cost, in backpropagation.py, do not use them: they are found
  from the whole of cost.

JAX's own: jnp.matmul, whose float32 products are TensorFloat-32 on NVIDIA
GPUs unless the precision is set; backend.py sets it.
"""

import jax
import jax.numpy as jnp
from jax import Array
from jax import Array as Scalar
from jaxtyping import Float

from jax_impl.activations import activation
from jax_impl.dropout import layer_dropout
from jax_impl.losses import loss, mean_over_examples
from jax_impl.regularization import l2_cost
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
    """dW = 1/m dZ A_prev^T                                          (2.10)"""
    W = jnp.zeros((len(dZ), len(A_prev)), dZ.dtype)
    b = jnp.zeros((len(dZ), 1), dZ.dtype)
    pullback = jax.vjp(lambda W: linear(W, A_prev, b), W)[1]
    return pullback(dZ)[0] / dZ.shape[1]


def bias_gradient(dZ: Float[Array, "n m"]) -> Float[Array, "n 1"]:
    """db = 1/m sum_i dZ(i)                                          (2.11)"""
    b = jnp.zeros((len(dZ), 1), dZ.dtype)
    pullback = jax.vjp(lambda b: jnp.zeros_like(dZ) + b, b)[1]
    return pullback(dZ)[0] / dZ.shape[1]


def input_gradient(
    W: Float[Array, "n n_prev"], dZ: Float[Array, "n m"]
) -> Float[Array, "n_prev m"]:
    """dA_prev = W^T dZ                                              (2.12)"""
    A_prev = jnp.zeros((W.shape[1], dZ.shape[1]), dZ.dtype)
    b = jnp.zeros((len(W), 1), dZ.dtype)
    pullback = jax.vjp(lambda A_prev: linear(W, A_prev, b), A_prev)[1]
    return pullback(dZ)[0]


def propagate(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    dropout: Dropout | None = None,
) -> tuple[list[Array], list[Array]]:
    """Z[l] = W[l] A[l-1] + b[l],  A[l] = g[l](Z[l]),  A[0] = X  (2.3, 2.4)"""
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
