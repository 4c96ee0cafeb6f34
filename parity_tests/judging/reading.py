"""A stranger's answers, read in the contract's terms.

Arrays may be NumPy's, torch's, JAX's or lists, layers pairs or a dict that
names them; what cannot be read is a Misfit, which says what is due.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference.specification import Dropout, Layer, Network

__all__ = ["Misfit", "Unanswered", "first_of", "is_number", "reading"]


class Misfit(TypeError):
    """The guest's answer cannot be read, or its function not be called."""


class Unanswered:
    """In place of an array that the guest leaves out, and may."""


def reading(method: str, answer: Any, arguments: Any, dtype: np.dtype) -> Any:
    """The answer in the contract's terms; Misfit if it has no such."""
    kind = READ.get(method, plain)
    try:
        return kind(Reader(method, dtype), answer, arguments)
    except (TypeError, ValueError, KeyError, IndexError) as error:
        if isinstance(error, Misfit):
            raise
        raise Misfit(
            f"{method} must answer {DUE.get(method, 'arrays')}, "
            f"got {told(answer)}"
        ) from None


@dataclass(frozen=True)
class Reader:
    """Reads the arrays of one method's answers, lists in this dtype."""

    method: str
    dtype: np.dtype

    def array(self, value: Any) -> np.ndarray:
        """An array of whatever they have: NumPy's, torch's, JAX's, a list."""
        if hasattr(value, "detach"):
            value = value.detach().cpu().numpy()
        array = np.asarray(value)
        if array.dtype.kind not in "fiub":
            kind = f" of {array.dtype}" * isinstance(value, np.ndarray)
            raise Misfit(
                f"{self.method} must answer numbers, got {told(value)}{kind}"
            )
        # A list of Python's numbers has no dtype of its own.
        lists = isinstance(value, list | tuple | float | int)
        return array.astype(self.dtype) if lists else array

    def costs(self, value: Any) -> np.ndarray:
        """J of each step: numbers in float64 are right in float32 too."""
        return self.array(value).astype(self.dtype)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number)


def first_of(value: Any) -> Any:
    """The first that is no list, inside of lists."""
    while isinstance(value, list | tuple) and value:
        value = value[0]
    return value


def depth(value: Any) -> int:
    """How deep lists are nested, down to arrays of two axes or numbers."""
    if isinstance(value, list | tuple):
        return 1 + max(map(depth, value), default=0)
    return len(getattr(value, "shape", ()))


def told(value: Any) -> str:
    """What came, in a few words."""
    name = type(value).__name__
    if hasattr(value, "shape"):
        return f"{name} of shape {tuple(value.shape)}"
    if isinstance(value, list | tuple):
        inner = ", ".join(type(item).__name__ for item in value[:4])
        return f"{name} of {len(value)} ({inner}{', ...' * (len(value) > 4)})"
    if isinstance(value, dict):
        return f"dict with {', '.join(map(repr, list(value)[:6]))}"
    return name


def plain(r: Reader, answer: Any, _: Any) -> Any:
    """Whatever it is: arrays as arrays, tuples as tuples."""
    if isinstance(answer, tuple):
        parts = [plain(r, item, _) for item in answer]
        named = hasattr(answer, "_fields")
        return type(answer)(*parts) if named else tuple(parts)
    if answer is None or isinstance(
        answer, bool | int | float | str | np.number
    ):
        return answer
    if hasattr(answer, "dtype") or isinstance(answer, list):
        return r.array(answer)
    return answer


def number(r: Reader, answer: Any, _: Any) -> float:
    """One number, however it is wrapped."""
    array = r.array(answer)
    if array.size != 1:
        raise Misfit(f"{r.method} must answer a number, got {told(answer)}")
    return float(array.reshape(()))


def activations(r: Reader, answer: Any, arguments: Any) -> tuple[Any, ...]:
    """(A[1], ..., A[L]) of those, of A[0] to A[L], of A[L] alone, or of a
    dict that names them."""
    network: Network = arguments[0]
    L = network.L
    if isinstance(answer, dict):
        return tuple(r.array(answer[f"A{l}"]) for l in range(1, L + 1))
    if depth(answer) <= 2:
        return (*(Unanswered(),) * (L - 1), r.array(answer))
    arrays = tuple(r.array(item) for item in answer)
    # A[0] = X in front of them is no layer.
    return arrays[1:] if len(arrays) == L + 1 else arrays


def layers(r: Reader, answer: Any, arguments: Any) -> tuple[Layer, ...]:
    """(W, b) of each layer, or (dW, db), as pairs or in a dict."""
    if isinstance(answer, dict):
        network: Network = arguments[0]
        d = "d" if any(str(k).startswith("d") for k in answer) else ""
        answer = [
            (answer[f"{d}W{l}"], answer[f"{d}b{l}"])
            for l in range(1, network.L + 1)
        ]
    return tuple(Layer(r.array(W), r.array(b)) for W, b in list(answer))


def layer(r: Reader, answer: Any, _: Any) -> Layer:
    """W and b."""
    W, b = answer
    return Layer(r.array(W), r.array(b))


def neuron(r: Reader, answer: Any, arguments: Any) -> Any:
    """w and b after training, and J before each step."""
    trained, costs = answer
    return layer(r, trained, arguments), r.costs(costs)


def pair(r: Reader, answer: Any, _: Any) -> tuple[np.ndarray, ...]:
    """mu and sigma."""
    mu, sigma = answer
    return r.array(mu), r.array(sigma)


def training(r: Reader, answer: Any, arguments: Any) -> Any:
    """The parameters, and J before each step."""
    trained, costs = answer
    return layers(r, trained, arguments), r.costs(costs)


def early_stopping(r: Reader, answer: Any, arguments: Any) -> Any:
    """The best parameters, costs, dev costs, and the best step."""
    best, costs, dev_costs, step = answer
    return (
        layers(r, best, arguments),
        r.costs(costs),
        r.costs(dev_costs),
        int(step),
    )


def masks(r: Reader, answer: Any, arguments: Any) -> Dropout:
    """The masks of the hidden layers, with or without keep_prob, which else
    is as it was asked for."""
    network, keep_prob, m, *_ = arguments
    drawn = answer
    if hasattr(answer, "masks"):
        keep_prob, drawn = getattr(answer, "keep_prob", keep_prob), answer.masks
    elif len(answer) == 2 and is_number(answer[0]):
        keep_prob, drawn = answer
    # None is a layer that keeps all its nodes.
    shapes = [(n, m) for n in network.layer_sizes[1:-1]]
    return Dropout(keep_prob, tuple(
        np.ones(shape, bool) if D is None else r.array(D).astype(bool)
        for D, shape in zip(drawn, shapes, strict=True)
    ))  # fmt: skip


def parts(r: Reader, answer: Any, _: Any) -> tuple[np.ndarray, ...]:
    """The numbers of the examples of each part."""
    return tuple(r.array(part).astype(int) for part in answer)


READ: dict[str, Callable[[Reader, Any, Any], Any]] = {
    "forward": activations,
    "cost": number,
    "gradients": layers,
    "gradients_by_example": layers,
    "numerical_gradients": layers,
    "exact_gradients": layers,
    "unflatten": layers,
    "train": training,
    "train_dropout": training,
    "train_looped": neuron,
    "train_vectorized": neuron,
    "collapse": layer,
    "fit_normalization": pair,
    "train_early_stopping": early_stopping,
    "initialize": layers,
    "sample_dropout": masks,
    "split": parts,
    "accuracy": number,
    "condition_number": number,
    "directional_derivative": number,
    "midpoint_gap": number,
}
DUE = {
    "forward": "(A[1], ..., A[L]), or A[L] alone",
    "gradients": "(dW[l], db[l]) of each layer",
    "gradients_by_example": "(dW[l], db[l]) of each layer",
    "numerical_gradients": "(dW[l], db[l]) of each layer",
    "exact_gradients": "(dW[l], db[l]) of each layer",
    "unflatten": "(W[l], b[l]) of each layer",
    "train": "the parameters, and J before each step",
    "train_dropout": "the parameters, and J before each step",
    "train_early_stopping": "the best parameters, costs, dev costs and the "
    "best step",
    "train_looped": "(w, b), and J before each step",
    "train_vectorized": "(w, b), and J before each step",
    "collapse": "W' and b'",
    "fit_normalization": "mu and sigma",
    "initialize": "(W[l], b[l]) of each layer",
    "sample_dropout": "the masks of the hidden layers",
    "split": "the numbers of the examples of each part",
}
