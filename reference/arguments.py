"""What bad input gets, where it takes the network to tell.

W[l], b[l], Y and the masks have to fit the network; the error names the
layer. Each check returns the argument as new arrays of the right dtype.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from reference.validation import (
    check_array,
    check_choice,
    check_entries,
    check_keep_prob,
    check_number,
)
from reference.vocabulary import (
    AUGMENTATIONS,
    OUTPUTS,
    Dropout,
    Layer,
    Network,
    Parameters,
)

__all__ = [
    "check_network",
    "check_parameters",
    "check_neuron",
    "check_labels",
    "check_dropout",
    "check_classes",
    "check_theta",
    "check_epsilon",
    "check_augmentation",
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
    finite: bool = True,
) -> Parameters:
    """The parameters as arrays, if each W[l] and b[l] fits the network."""
    try:
        pairs = [(W, b) for W, b in parameters]
    except (TypeError, ValueError):
        kind = type(parameters).__name__
        raise TypeError(
            f"parameters must be a sequence of (W, b), one a layer, got {kind}"
        ) from None
    if len(pairs) != network.L:
        raise ValueError(
            f"parameters must hold {network.L} layers, got {len(pairs)}"
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
    if np.ndim(b) == 0:
        b = np.reshape(np.asarray(b), (1, 1))
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


def check_dropout(network: Network, dropout: Any, m: int) -> Dropout | None:
    """The masks as bool arrays, if they fit the hidden layers."""
    if dropout is None:
        return None
    if not isinstance(dropout, tuple | list) or len(dropout) != 2:
        kind = type(dropout).__name__
        raise TypeError(
            f"dropout must be a Dropout(keep_prob, masks), got {kind}"
        )
    keep_prob, masks = dropout
    if not isinstance(masks, tuple | list):
        kind = type(masks).__name__
        raise TypeError(
            f"masks must be a sequence, one a hidden layer, got {kind}"
        )
    masks = tuple(masks)
    hidden = network.layer_sizes[1:-1]
    if len(masks) != len(hidden):
        raise ValueError(
            f"dropout must hold {len(hidden)} masks, one a hidden layer, "
            f"got {len(masks)}"
        )
    probabilities = check_keep_probs(keep_prob, masks)
    checked = []
    for l, (D, n) in enumerate(zip(masks, hidden, strict=True), start=1):
        if D is not None:
            name, rule = f"masks[{l}]", f"(n[{l}], m) = ({n}, {m})"
            D = check_array(name, D, None, (n, m), rule)
            check_entries(name, D, (D == 0) | (D == 1), "0 or 1")
            D = D.astype(bool)
        checked.append(D)
    return Dropout(probabilities, tuple(checked))


def check_keep_probs(
    keep_prob: Any, masks: tuple[Any, ...]
) -> float | tuple[float, ...]:
    """keep_prob as a float, or as one float for each hidden layer."""
    hidden = len(masks)
    if not isinstance(keep_prob, list | tuple):
        return check_keep_prob(keep_prob)
    if len(keep_prob) != hidden:
        raise ValueError(
            f"keep_prob must be one number or {hidden}, one a hidden layer, "
            f"got {len(keep_prob)}"
        )
    # A layer without a mask may say None here as well.
    return tuple(
        1.0 if p is None and D is None else check_keep_prob(p)
        for p, D in zip(keep_prob, masks, strict=True)
    )


def check_classes(labels: Any, m: int) -> np.ndarray:
    """The class of each example as 0, 1, ..., of numbers or of words."""
    words = np.asarray(labels)
    flat = words[0] if words.shape == (1, m) else words
    if flat.dtype.kind in "US" and flat.shape == (m,):
        flat = np.unique(flat, return_inverse=True)[1]
    rule = f"({m},) or (1, {m})"
    numbers = check_array("labels", flat, None, (m,), rule)
    return np.unique(numbers, return_inverse=True)[1]


def check_theta(network: Network, theta: Any, dtype: Any) -> np.ndarray:
    """theta as an array, if it has as many entries as the network."""
    check_network(network)
    k = sum(n * n_prev + n for n, n_prev in network.shapes)
    return check_array("theta", theta, dtype, (k,), f"(k,) = ({k},)")


def check_epsilon(
    epsilon: Any, parameters: Parameters, dtype: np.dtype
) -> float:
    """epsilon as a float, if theta + epsilon is another number than theta.

    Its default, for None, is cbrt(machine epsilon) times the largest
    |theta|, and no less than that for 1.
    """
    largest = max(float(np.max(np.abs(a))) for p in parameters for a in p)
    default = float(np.cbrt(np.finfo(dtype).eps)) * max(1.0, largest)
    if epsilon is None:
        return default
    number = check_number("epsilon", epsilon)
    if not 0 < number < np.inf:
        raise ValueError(f"epsilon must be in (0, inf), got {number:g}")
    least = float(np.spacing(np.asarray(max(1.0, largest), dtype)))
    if number < least:
        raise ValueError(
            f"epsilon must be at least {least:.2g} to change theta in "
            f"{dtype}, got {number:g}; {default:.2g} would do"
        )
    return number


def check_augmentation(
    operation: Any, batch: Any, settings: dict[str, Any], dtype: Any
) -> tuple[np.ndarray, float]:
    """The batch as an array and the one setting, if both fit the operation."""
    operation = check_choice("operation", operation, AUGMENTATIONS)
    name, default = AUGMENTATIONS[operation]
    if unknown := set(settings) - {name}:
        raise TypeError(
            f"{operation} has the setting {name}, got {min(unknown)!r}"
        )
    if operation in ("flip", "desaturate", "blur"):
        what, rule, low = "images", "(m, height, width, 3)", 0
        shape: tuple[int | None, ...] = (None, None, None, 3)
    else:
        what, rule, low = "sounds", "(m, samples) with samples >= 1", -1
        shape = (None, None)
    checked = check_array(what, batch, dtype, shape, rule)
    given = np.asarray(batch)  # as they came, before the cast
    inside = (given >= low) & (given <= 1)
    check_entries(what, given, inside, f"in [{low}, 1]")
    setting = check_number(name, settings.get(name, default))
    if name in ("probability", "least", "share"):
        fits, interval = 0 <= setting <= 1, "[0, 1]"
    elif name == "most":
        fits, interval = 1 <= setting < np.inf, "[1, inf)"
    elif name == "sigma":
        fits, interval = 0 < setting <= 1000, "(0, 1000]"
    else:
        fits, interval = 0 <= setting < np.inf, "[0, inf)"
    if not fits:
        raise ValueError(f"{name} must be in {interval}, got {setting:g}")
    return checked, setting
