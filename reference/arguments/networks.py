"""What a network, its parameters and its data have to be."""

from __future__ import annotations

from typing import Any

import numpy as np

from reference.validation import (
    check_array,
    check_entries,
    check_number,
)
from reference.vocabulary import (
    OUTPUTS,
    Layer,
    Network,
    Parameters,
)

__all__ = [
    "check_network",
    "check_parameters",
    "check_neuron",
    "check_labels",
    "check_dev",
    "check_theta",
    "check_epsilon",
]


def check_network(network: Any) -> None:
    """Raise TypeError unless network is a Network."""
    if not isinstance(network, Network):
        kind = type(network).__name__
        raise TypeError(f"network must be a Network, got {kind}")


def check_parameters(
    network: Network,
    parameters: Any,
    dtype: Any,
    names: tuple[str, str] = ("W", "b"),
    argument: str = "parameters",
    finite: bool = True,
) -> Parameters:
    """The argument as arrays, if each W[l] and b[l] fits the network."""
    check_network(network)
    try:
        pairs = [(W, b) for W, b in parameters]
    except (TypeError, ValueError):
        kind = type(parameters).__name__
        raise TypeError(
            f"{argument} must be a sequence of ({names[0]}, {names[1]}), one a "
            f"layer, got {kind}"
        ) from None
    if len(pairs) != network.L:
        raise ValueError(
            f"{argument} must hold {network.L} layers, got {len(pairs)}"
        )
    layers = []
    for l, ((W, b), (n, n_prev)) in enumerate(
        zip(pairs, network.shapes, strict=True), start=1
    ):
        rule = f"(n[{l}], n[{l - 1}]) = ({n}, {n_prev})"
        W_l, b_l = (f"{name}[{l}]" for name in names)
        W = check_array(W_l, W, dtype, (n, n_prev), rule, finite)
        rule = f"(n[{l}], 1) = ({n}, 1)"
        b = check_array(b_l, b, dtype, (n, 1), rule, finite)
        layers.append(Layer(W, b))
    return tuple(layers)


def check_neuron(
    w: Any, b: Any, X: Any, dtype: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """w (n_x, 1), b (1, 1) or a number, and X (n_x, m) of one neuron."""
    X = check_array("X", X, dtype, (None, None), "(n_x, m)")
    n_x = len(X)
    w = check_array("w", w, dtype, (n_x, 1), f"(n_x, 1) = ({n_x}, 1)")
    number = isinstance(b, int | float | np.number) or (
        isinstance(b, np.ndarray) and b.ndim == 0
    )
    b = np.reshape(b, (1, 1)) if number else b
    return w, check_array("b", b, dtype, (1, 1), "(1, 1)"), X


def check_labels(
    network: Network, Y: Any, m: int, dtype: np.dtype, name: str = "Y"
) -> np.ndarray:
    """Y as an array, if the network's output has a cost and Y fits it."""
    output, shape = network.activations[-1], (network.layer_sizes[-1], m)
    if output not in OUTPUTS:
        words = ", ".join(map(repr, OUTPUTS))
        raise ValueError(
            f"a cost needs an output activation of {words}, got {output!r}"
        )
    labels = check_array(name, Y, dtype, shape, str(shape))
    if output == "sigmoid":
        # As they came: the cast would round 1 + 1e-9 to 1.
        given, rule = np.asarray(Y), "in [0, 1] for a sigmoid output"
        check_entries(name, given, (given >= 0) & (given <= 1), rule)
    return labels


def check_dev(
    network: Network, X_dev: Any, Y_dev: Any, dtype: np.dtype
) -> tuple[np.ndarray, np.ndarray]:
    """The dev set as arrays, if it fits the network."""
    n_x = network.layer_sizes[0]
    rule = f"({n_x}, m) with m >= 1"
    X_dev = check_array("X_dev", X_dev, dtype, (n_x, None), rule)
    return X_dev, check_labels(network, Y_dev, X_dev.shape[1], dtype, "Y_dev")


def check_theta(network: Network, theta: Any, dtype: Any) -> np.ndarray:
    """theta as an array, if it has as many entries as the network."""
    check_network(network)
    k = sum(n * n_prev + n for n, n_prev in network.shapes)
    return check_array("theta", theta, dtype, (k,), f"(k,) = ({k},)")


def check_epsilon(
    epsilon: Any, parameters: Parameters, dtype: np.dtype
) -> float:
    """epsilon as a float, if theta + epsilon is another number than theta.

    Its default, for None, is the power of 2 next to cbrt(machine epsilon),
    and no less than the spacing at the largest |theta|: theta + epsilon and
    theta - epsilon are then exact.
    """
    largest = max(float(np.max(np.abs(a))) for p in parameters for a in p)
    least = float(np.spacing(np.asarray(max(1.0, largest), dtype)))
    power = np.round(np.log2(np.cbrt(float(np.finfo(dtype).eps))))
    default = max(float(2.0**power), least)
    if epsilon is None:
        return default
    number = check_number("epsilon", epsilon)
    if not 0 < number < np.inf:
        raise ValueError(f"epsilon must be in (0, inf), got {number:g}")
    if number < least:
        raise ValueError(
            f"epsilon must be at least {least:.2g} to change theta in "
            f"{dtype}, got {number:g}; {default:.2g} would do"
        )
    return number
