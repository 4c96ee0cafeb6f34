"""A homework: a network of tanh, ReLU and sigmoid layers in plain NumPy."""

from typing import Any

import numpy as np

G: Any = {
    "tanh": (np.tanh, lambda A: 1 - A**2),
    "relu": (lambda Z: np.maximum(Z, 0), lambda A: A > 0),
    "sigmoid": (lambda Z: 1 / (1 + np.exp(-Z)), lambda A: A * (1 - A)),
}


def forward(network: Any, parameters: Any, X: Any) -> Any:
    """A[1], ..., A[L]."""
    if not set(network.activations) <= {*G}:
        raise NotImplementedError(f"only {', '.join(G)}")
    A = [X]
    for (W, b), g in zip(parameters, network.activations, strict=True):
        A.append(G[g][0](W @ A[-1] + b))
    return A[1:]


def gradients(
    network: Any, parameters: Any, X: Any, Y: Any, l2: float = 0.0
) -> Any:
    """dW[l], db[l] of each layer."""
    A, m = [X, *forward(network, parameters, X)], X.shape[1]
    found: list[Any] = []
    if network.activations[-1] != "sigmoid":
        raise NotImplementedError("a loss of tanh outputs")
    dZ = A[-1] - Y
    for l in range(network.L, 0, -1):
        W = parameters[l - 1][0]
        dW, db = dZ @ A[l - 1].T / m + l2 / m * W, dZ.sum(1, keepdims=True) / m
        found.insert(0, (dW, db))
        if l > 1:
            dZ = W.T @ dZ * G[network.activations[l - 2]][1](A[l - 1])
    return found
