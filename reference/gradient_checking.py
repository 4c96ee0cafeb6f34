"""Gradient checking: backpropagation held against J alone.

Symbol      Shape    Meaning
theta       (k,)     all W[l] and b[l] in one vector, row by row
epsilon     scalar   half of the distance of a two-sided difference
dtheta      (k,)     the gradient that is checked, flattened
dtheta_num  (k,)     its approximation by differences of J

Source: notes, section 3.2.3. The thresholds are the notes'. They judge a
whole vector, and a layer with a tiny gradient can be wrong unnoticed; the
contract's gradient_check goes on to judge entry by entry, by exact_gradients.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy import floating as Scalar
from numpy import ndarray as Array

from reference.activations import activation
from reference.complex_step import complex_step, imaginary
from reference.losses import loss
from reference.network import propagate
from reference.regularization import l2_cost
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

AT_ONCE = 2**18
"""Numbers in one layer of the stacked perturbations: what a cache holds."""


def flatten(parameters: Parameters) -> Float[Array, " k"]:
    """theta = (W[1], b[1], ..., W[L], b[L]) as one vector    (3.2.3-check)"""
    return np.concatenate(
        [a.reshape(-1) for layer in parameters for a in layer]
    )


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
    (3.2.3-two-sided)

    The error of the difference falls as eps^2, and that of its rounding
    grows as 1/eps: least near eps = cbrt(u), 5e-6 in float64.
    """
    differences = []
    for i in range(theta.shape[0]):
        step = np.where(np.arange(theta.shape[0]) == i, epsilon, 0 * theta)
        differences.append(f(theta + step) - f(theta - step))
    return np.stack(differences) / (2 * epsilon)


def numerical_gradients(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    epsilon: float | Scalar,
    l2: float | Scalar = 0.0,
) -> Parameters:
    """dtheta_i = (J(.., theta_i + eps, ..) - J(.., theta_i - eps, ..))
    / (2 eps)                                             (3.2.3-two-sided)

    All perturbations of a layer at once, stacked as more examples, and only
    from that layer on: what lies before it does not change.
    """
    layers = []
    for l in range(1, network.L + 1):
        data = network, parameters, X, Y, l2, l
        rise = stacked_costs(*data, epsilon) - stacked_costs(*data, -epsilon)
        slopes = rise / (2 * epsilon)
        layers.append(Layer(slopes[:, :-1], slopes[:, -1:]))
    return tuple(layers)


def exact_gradients(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    l2: float | Scalar = 0.0,
) -> Parameters:
    """dtheta_i, by no difference and no backpropagation      (3.2.3-check)

    Im J(theta + i h e_i) / h, stacked likewise: exact but for rounding.
    """
    layers = []
    for l in range(1, network.L + 1):
        with complex_step(X.dtype) as i_h:
            J = stacked_costs(network, parameters, X, Y, l2, l, i_h)
        slopes = imaginary(J, i_h)
        layers.append(Layer(slopes[:, :-1], slopes[:, -1:]))
    return tuple(layers)


def relative_difference(
    dtheta_num: Float[Array, " k"], dtheta: Float[Array, " k"]
) -> Float[Scalar, ""]:
    """||dtheta_num - dtheta|| / (||dtheta_num|| + ||dtheta||) (3.2.3-check)

    0 where both are 0, as at a stationary point, and not 0 / 0.
    """
    apart = np.sqrt(np.sum((dtheta_num - dtheta) * (dtheta_num - dtheta)))
    sizes = np.sqrt(np.sum(dtheta_num * dtheta_num))
    sizes = sizes + np.sqrt(np.sum(dtheta * dtheta))
    return apart / np.where(sizes == 0, np.ones_like(sizes), sizes)


def verdict(difference: float | Scalar) -> str:
    """correct below 1e-7, acceptable below 1e-5, suspect below 1e-3, and
    wrong from there on                                       (3.2.3-check)

    NaN is below nothing, and wrong.
    """
    for word, threshold in THRESHOLDS.items():
        if difference < threshold:
            return word
    return "wrong"


def stacked_costs(
    network: Network,
    parameters: Parameters,
    X: Array,
    Y: Array,
    l2: float | Scalar,
    l: int,
    step: Any,
) -> Any:
    """J for a step in each entry of (W[l] b[l]) alone: (n[l], n[l-1] + 1)."""
    m, (n, n_prev) = X.shape[1], network.shapes[l - 1]
    Z, A = propagate(network, parameters, X)
    # b is the weight of an input that is 1
    inputs = np.concatenate([A[l - 1], np.ones_like(X[:1])])
    rows, columns = np.divmod(np.arange(n * (n_prev + 1)), n_prev + 1)
    at_once = max(1, AT_ONCE // (m * max(network.layer_sizes[l:])))
    sums = []
    for k in range(0, len(rows), at_once):
        row, column = rows[k : k + at_once], columns[k : k + at_once]
        z = Z[l][row] + step * inputs[column]
        sums.append(moved_losses(network, parameters, Z, A, Y, l, row, z))
    W, b = parameters[l - 1]
    is_weight = np.concatenate([np.ones_like(W), 0 * b], axis=1)
    grown = 2 * np.concatenate([W, 0 * b], axis=1) * step
    penalty = l2 / (2 * m) * (grown + is_weight * (step * step))
    data = np.concatenate(sums).reshape(n, n_prev + 1) / m
    return data + l2_cost(parameters, l2, m) + penalty


def moved_losses(
    network: Network,
    parameters: Parameters,
    Z: list[Any],
    A: list[Any],
    Y: Array,
    l: int,
    row: Array,
    z: Any,
) -> Any:
    """sum_i L(i) with z[j] in place of row[j] of Z[l], for each j: (k,)

    To layer l + 1 the one row that moved is a correction of rank one.
    """
    g, slope = network.activations, network.leaky_slope
    if l == network.L:
        losses = loss(g[-1], Z[l], Y)
        moved = loss(g[-1], z, Y[row]) - losses[row]
        return np.sum(losses) + np.sum(moved, axis=1)
    moved = activation(g[l - 1], z, slope) - A[l][row]
    column = parameters[l].W[:, row]
    Z_next = Z[l + 1][:, None, :] + column[:, :, None] * moved
    k, (n, m) = len(row), Z[l + 1].shape
    Z_next = Z_next.reshape(n, k * m)
    if l + 1 < network.L:
        rest = Network(network.layer_sizes[l + 1 :], g[l + 1 :], slope)
        A_next = activation(g[l], Z_next, slope)
        Z_next = propagate(rest, parameters[l + 1 :], A_next)[0][-1]
    losses = loss(g[-1], Z_next, np.tile(Y, (1, k)))
    return np.sum(losses.reshape(-1, k, m), axis=(0, 2))
