"""What a split, dropout, augmentation and a search have to be."""

from __future__ import annotations

from typing import Any

import numpy as np

from reference.validation import (
    check_array,
    check_choice,
    check_entries,
    check_keep_prob,
    check_number,
    check_range,
)
from reference.vocabulary import (
    AUGMENTATIONS,
    Dropout,
    Network,
)

__all__ = [
    "check_classes",
    "check_candidates",
    "check_dropout",
    "check_dropouts",
    "check_augmentation",
]


def check_classes(labels: Any, m: int) -> np.ndarray:
    """The class of each example as 0, 1, ..., of numbers or of words."""
    words = np.asarray(labels)
    if words.dtype == object and all(isinstance(w, str) for w in words.flat):
        words = words.astype(str)  # as pandas hands them over
    flat = words[0] if words.shape == (1, m) else words
    if flat.dtype.kind in "US" and flat.shape == (m,):
        flat = np.unique(flat, return_inverse=True)[1]
    rule = f"({m},) or (1, {m})"
    numbers = check_array("labels", flat, None, (m,), rule)
    return np.unique(numbers, return_inverse=True)[1]


def check_candidates(
    candidates: Any, dtype: np.dtype
) -> list[tuple[float, float, float]]:
    """(learning_rate, l2, keep_prob) of each, at least one."""
    if not isinstance(candidates, list | tuple):
        kind = type(candidates).__name__
        raise TypeError(f"candidates must be a sequence, got {kind}")
    if not candidates:
        raise ValueError("candidates must hold at least one, got none")
    checked = []
    for candidate in candidates:
        if not isinstance(candidate, list | tuple) or len(candidate) != 3:
            raise TypeError(
                "candidates must be (learning_rate, l2, keep_prob) each, "
                f"got {candidate!r}"
            )
        rate, l2, keep_prob = candidate
        checked.append((
            check_range("learning_rate", rate, dtype=dtype),
            check_range("l2", l2, dtype=dtype),
            check_keep_prob(keep_prob),
        ))  # fmt: skip
    return checked


def check_dropout(
    network: Network, dropout: Any, m: int, dtype: Any
) -> Dropout | None:
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
    least = float(np.min(probabilities, initial=1.0))
    tiny = float(np.finfo(dtype).tiny)
    if least < tiny:  # A / keep_prob would overflow
        raise ValueError(
            f"keep_prob must be at least {tiny:.2g} in {dtype}, got {least:g}"
        )
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


def check_dropouts(
    network: Network, dropouts: Any, m: int, dtype: Any
) -> tuple[Dropout, ...]:
    """One Dropout a step, if each fits the network."""
    if not isinstance(dropouts, list | tuple):
        kind = type(dropouts).__name__
        raise TypeError(f"dropouts must be a sequence, got {kind}")
    checked = [check_dropout(network, D, m, dtype) for D in dropouts]
    given = [D for D in checked if D is not None]
    if not given or len(given) < len(checked):
        raise ValueError("dropouts must hold one Dropout a step, at least 1")
    return tuple(given)


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
    check_range(name, setting, dtype=dtype)
    return checked, setting
