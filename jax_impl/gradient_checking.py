"""Gradient checking, mirrored from
reference/gradient_checking.py.

Differs from the reference:
- the perturbations are mapped over by jax.lax.map, a batch at a time;
- exact_gradients is forward mode, jax.jvp: no step at all.

JAX's own: jax.test_util.check_grads, by differences along a random direction;
it accepts a zero derivative of a mean over many entries.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import Array
from jax import Array as Scalar
from jaxtyping import Float

from jax_impl.network import cost
from reference.specification import THRESHOLDS, Layer, Network, Parameters

__all__ = [
    "flatten",
    "unflatten",
    "two_sided",
    "numerical_gradients",
    "exact_gradients",
    "relative_difference",
    "verdict",
]

AT_ONCE = 64
"""Perturbations of theta that are mapped over at a time."""


def flatten(parameters: Parameters) -> Float[Array, " k"]:
    """theta = (W[1], b[1], ..., W[L], b[L]) as one vector    (3.2.3-check)"""
    return jnp.concatenate([a.reshape(-1) for a in jax.tree.leaves(parameters)])


def unflatten(network: Network, theta: Float[Array, " k"]) -> Parameters:
    """W[l] and b[l] cut from theta                           (3.2.3-check)"""
    layers, k = [], 0
    for n, n_prev in network.shapes:
        W = theta[k : k + n * n_prev].reshape(n, n_prev)
        k = k + n * n_prev
        layers.append(Layer(W, theta[k : k + n].reshape(n, 1)))
        k = k + n
    return tuple(layers)


def two_sided(
    f: Callable[[Array], Scalar],
    theta: Float[Array, " k"],
    epsilon: float | Scalar,
) -> Float[Array, " k"]:
    """g_i = (f(theta + eps e_i) - f(theta - eps e_i)) / (2 eps)
    (3.2.3-two-sided)"""

    entries = jnp.arange(len(theta))

    def difference(i: Array) -> Array:
        step = epsilon * (entries == i).astype(theta.dtype)
        return f(theta + step) - f(theta - step)

    rise = jax.lax.map(difference, entries, batch_size=AT_ONCE)
    return rise / (2 * epsilon)


def numerical_gradients(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    epsilon: float | Scalar,
    l2: float | Scalar = 0.0,
) -> Parameters:
    """dtheta_i = (J(.., theta_i + eps, ..) - J(.., theta_i - eps, ..))
    / (2 eps)                                             (3.2.3-two-sided)"""

    def J(theta: Array) -> Array:
        return cost(network, unflatten(network, theta), X, Y, l2)

    return unflatten(network, two_sided(J, flatten(parameters), epsilon))


def exact_gradients(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    l2: float | Scalar = 0.0,
) -> Parameters:
    """dtheta_i, by no difference and no backpropagation      (3.2.3-check)"""

    def J(theta: Array) -> Array:
        return cost(network, unflatten(network, theta), X, Y, l2)

    theta = flatten(parameters)
    entries = jnp.arange(len(theta))

    def slope(i: Array) -> Array:
        e_i = (entries == i).astype(theta.dtype)
        return jax.jvp(J, (theta,), (e_i,))[1]

    slopes = jax.lax.map(slope, entries, batch_size=AT_ONCE)
    return unflatten(network, slopes)


def relative_difference(
    dtheta_num: Float[Array, " k"], dtheta: Float[Array, " k"]
) -> Float[Scalar, ""]:
    """||dtheta_num - dtheta|| / (||dtheta_num|| + ||dtheta||) (3.2.3-check)"""
    apart = jnp.linalg.norm(dtheta_num - dtheta)
    sizes = jnp.linalg.norm(dtheta_num) + jnp.linalg.norm(dtheta)
    return apart / jnp.where(sizes == 0, 1, sizes)


def verdict(difference: float | Scalar) -> str:
    """correct below 1e-7, acceptable below 1e-5, suspect below 1e-3, and
    wrong from there on                                       (3.2.3-check)"""
    for word, threshold in THRESHOLDS.items():
        if difference < threshold:
            return word
    return "wrong"
