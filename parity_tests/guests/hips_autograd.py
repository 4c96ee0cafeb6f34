"""HIPS autograd: the cost in NumPy's functions, differentiated."""

from typing import Any

import autograd.numpy as np
from autograd import grad

G: Any = {"tanh": np.tanh, "relu": lambda Z: np.where(Z > 0, Z, 0)}


def linear_outputs(network: Any, parameters: Any, X: Any) -> Any:
    """Z[L]."""
    A, Z = X, X
    for l, (W, b) in enumerate(parameters, start=1):
        Z = np.dot(W, A) + b
        if l < network.L:
            A = G[network.activations[l - 1]](Z)
    return Z


def cost(network: Any, parameters: Any, X: Any, Y: Any, l2: float = 0) -> Any:
    """J."""
    if not {*network.activations[:-1]} <= {*G}:
        raise NotImplementedError(f"only {', '.join(G)}")
    if network.activations[-1] != "sigmoid":
        raise NotImplementedError("another output than a sigmoid")
    Z, m = linear_outputs(network, parameters, X), X.shape[1]
    losses = np.logaddexp(0, Z) - Y * Z
    return np.sum(losses) / m + l2 / (2 * m) * sum(
        np.sum(W**2) for W, _ in parameters
    )


def gradients(
    network: Any, parameters: Any, X: Any, Y: Any, l2: float = 0
) -> Any:
    """dW[l], db[l] of each layer."""
    pairs = [tuple(layer) for layer in parameters]
    return grad(lambda theta: cost(network, theta, X, Y, l2))(pairs)
