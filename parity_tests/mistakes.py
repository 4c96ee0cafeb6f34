"""Mistakes people make: a wrong equation in place of the reference's.

Each names its clause, the page and function that it replaces, the check
that has to catch it, and what happened, in a sentence.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference import Dropout, Layer
from reference.specification import Contract
from reference.stable_forms import replaced

__all__ = ["MISTAKES", "Mistake", "Mistaken"]


@dataclass(frozen=True)
class Mistake:
    """wrong takes the place of reference.<page>.<function>."""

    name: str
    clause: str
    page: str
    function: str
    caught_by: str
    sentence: str
    wrong: Callable[..., Any]

    def in_force(self) -> AbstractContextManager[None]:
        """The scope in which every page of the reference is mistaken."""
        return replaced(self.page, self.function, self.wrong)


class Mistaken:
    """An implementation of the contract that makes one mistake."""

    def __init__(self, implementation: Contract, mistake: Mistake) -> None:
        self._implementation = implementation
        self._mistake = mistake

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._implementation, name)
        if not callable(value) or isinstance(value, type):
            return value

        @functools.wraps(value)
        def call(*arguments: Any, **named: Any) -> Any:
            with self._mistake.in_force():
                return value(*arguments, **named)

        return call


def sigmoid(Z: np.ndarray) -> np.ndarray:
    E = np.exp(-np.abs(Z))
    return np.where(Z >= 0, 1, E) / (1 + E)


def clipped_cross_entropy(Z: np.ndarray, Y: np.ndarray) -> np.ndarray:
    A = np.clip(sigmoid(Z), 1e-12, 1 - 1e-12)
    with np.errstate(divide="ignore"):
        return -Y * np.log(A) - (1 - Y) * np.log(1 - A)


def output_minus_labels(
    output: str, Z: np.ndarray, Y: np.ndarray
) -> np.ndarray:
    A = sigmoid(Z) if output == "sigmoid" else Z
    return (np.maximum(Z, 0) if output == "relu" else A) - Y


def l2_cost_with_biases(parameters: Any, l2: float, m: int) -> Any:
    squares = sum(np.sum(a * a) for layer in parameters for a in layer)
    return l2 / (2 * m) * squares


def update_weights_only(parameters: Any, gradients: Any, rate: float) -> Any:
    pairs = zip(parameters, gradients, strict=True)
    return tuple(Layer(W - rate * dW, b) for (W, b), (dW, _) in pairs)


def update_backwards(parameters: Any, gradients: Any, rate: float) -> Any:
    pairs = zip(parameters, gradients, strict=True)
    return tuple(Layer(W + rate * dW, b + rate * db)
                 for (W, b), (dW, db) in pairs)  # fmt: skip


def repeat_cost_after(step: Any, parameters: Any, steps: int) -> Any:
    costs = []
    for _ in range(steps):
        parameters, _ = step(parameters)
        costs.append(step(parameters)[1])
    return parameters, np.array(costs)


def repeat_once_less(step: Any, parameters: Any, steps: int) -> Any:
    costs = []
    start = parameters
    for _ in range(steps):
        # The gradient of the first step, used in all.
        after, J = step(start)
        moves = [
            (A - a, B - b) for (A, B), (a, b) in zip(after, start, strict=True)
        ]
        parameters = tuple(
            Layer(W + dW, b + db)
            for (W, b), (dW, db) in zip(parameters, moves, strict=True)
        )
        costs.append(J)
    return parameters, np.array(costs)


def scaled_normal(variance: Callable[[int, int], float]) -> Callable[..., Any]:
    def rule(rng: Any, shape: tuple[int, int]) -> np.ndarray:
        return rng.standard_normal(shape) * math.sqrt(variance(*shape))

    return rule


def uniform_he(rng: Any, shape: tuple[int, int]) -> np.ndarray:
    limit = math.sqrt(6 / shape[1])
    return rng.uniform(-limit, limit, shape)


def truncated_he(rng: Any, shape: tuple[int, int]) -> np.ndarray:
    draws = rng.standard_normal((8, *shape))
    inside = np.abs(draws) < 2
    first = np.argmax(inside, axis=0)
    kept = np.take_along_axis(draws, first[None], axis=0)[0]
    return kept / 0.87962566 * math.sqrt(2 / shape[1])


def one_mask_for_all(rng: Any, shape: tuple[int, int], keep_prob: float) -> Any:
    column = rng.random((shape[0], 1)) < keep_prob
    return np.broadcast_to(column, shape).copy()


def same_mask_in_all_layers(
    rng: Any, network: Any, keep_prob: float, m: int
) -> Any:
    hidden = network.layer_sizes[1:-1]
    U = rng.random((max(hidden), m))
    return Dropout(keep_prob, tuple(U[:n] < keep_prob for n in hidden))


def unstratified(rng: Any, m: int, fractions: Any, labels: Any = None) -> Any:
    from reference.splitting import part_sizes

    ends = np.cumsum(part_sizes(m, fractions))[:-1]
    return tuple(np.split(rng.permutation(m), ends))


def unshuffled(rng: Any, m: int, fractions: Any, labels: Any = None) -> Any:
    from reference.splitting import part_sizes

    return tuple(
        np.split(np.arange(m), np.cumsum(part_sizes(m, fractions))[:-1])
    )


def same_parts(rng: Any, m: int, fractions: Any, labels: Any = None) -> Any:
    parts = unshuffled(rng, m, fractions)
    return tuple(rng.permutation(part) for part in parts)


def single(product: Callable[..., Any]) -> Callable[..., Any]:
    """The function in float32, its result handed back as what was asked."""

    def rule(*arguments: np.ndarray) -> np.ndarray:
        low = [a.astype(np.float32) for a in arguments]
        return product(*low).astype(arguments[0].dtype)

    return rule


def fit_with_own_mean(X: np.ndarray) -> Any:
    mu = np.mean(X, axis=1, keepdims=True)
    return mu, np.sqrt(np.mean((X - mu) ** 2, axis=1, keepdims=True))


M = Mistake
MISTAKES = (
    # activations
    M("sigmoid' from Z", "2.3-derivatives", "activations",
      "sigmoid_derivative", "activations",
      "g' = A (1 - A) was given Z in place of A.", lambda Z: Z * (1 - Z)),
    M("tanh' without the square", "2.3-derivatives", "activations",
      "tanh_derivative", "activations",
      "g' = 1 - A^2 lost its square.", lambda Z: 1 - np.tanh(Z)),
    M("ReLU'(0) = 1", "2.3-derivatives", "activations",
      "relu_derivative", "activations",
      "The derivative at the kink was taken from the right.",
      lambda Z: np.where(Z >= 0, np.ones_like(Z), 0)),
    M("ReLU'(0) = 1/2", "2.3-derivatives", "activations",
      "relu_derivative", "gradients",
      "The derivative at the kink was taken in the middle, as of maximum.",
      lambda Z: (np.sign(Z) + 1) / 2),
    M("leaky slope fixed", "2.2-leaky-relu", "activations",
      "leaky_relu", "activations",
      "The slope is a library's default, not the argument.",
      lambda Z, leaky_slope: np.where(Z > 0, Z, 0.2 * Z)),
    M("leaky ReLU'(0) = 1", "2.3-derivatives", "activations",
      "leaky_relu_derivative", "activations",
      "The derivative at the kink was taken from the right.",
      lambda Z, s: np.where(Z >= 0, np.ones_like(Z), s)),
    M("tanh as 2 sigmoid(Z) - 1", "2.2-tanh", "activations", "tanh",
      "activations", "The argument must be doubled: 2 sigmoid(2Z) - 1.",
      lambda Z: 2 * sigmoid(Z) - 1),
    # losses
    M("cross-entropy of clipped probabilities", "1.2-loss", "losses",
      "cross_entropy", "cost",
      "A saturated output costs at most -log(epsilon).",
      clipped_cross_entropy),
    M("cross-entropy without its second half", "1.2-loss", "losses",
      "cross_entropy", "cost", "Examples with y = 0 cost nothing.",
      lambda Z, Y: Y * np.logaddexp(0, -Z)),
    M("double sigmoid", "1.2-loss", "losses", "cross_entropy", "cost",
      "A probability was taken for Z, so that sigmoid is applied twice.",
      lambda Z, Y: np.logaddexp(0, sigmoid(Z)) - Y * sigmoid(Z)),
    M("dZ = Y - A", "2.9", "losses", "cross_entropy_gradient", "gradients",
      "The sign of dZ[L] is turned.", lambda Z, Y: Y - sigmoid(Z)),
    M("squared error without the half", "1-relu-neuron", "losses",
      "half_squared_error", "cost",
      "The cost is twice the one whose gradient is A - Y.",
      lambda A, Y: (A - Y) * (A - Y)),
    M("dZ = A - Y under a ReLU output", "2.9", "losses", "loss_gradient",
      "gradients", "The factor g'(Z[L]) is missing.",
      output_minus_labels),
    M("mean over the outputs too", "1.2-cost", "losses",
      "mean_over_examples", "cost",
      "The mean runs over all n_L m entries, and not over the m examples.",
      lambda losses: np.mean(losses)),
    M("sum over the examples", "1.2-cost", "losses", "mean_over_examples",
      "cost", "The 1/m is missing.", lambda losses: np.sum(losses)),
    # regularization
    M("penalty without the half", "3.1-l2", "regularization", "l2_penalty",
      "cost", "lambda/m in place of lambda/(2m).",
      lambda W, l2, m: l2 / m * np.sum(W * W)),
    M("weight decay of lambda", "3.1-l2", "regularization",
      "l2_penalty_gradient", "gradients",
      "The decay is lambda, where the notes' is lambda/m.",
      lambda W, l2, m: l2 * W),
    M("gradient without the penalty", "3.1-l2", "regularization",
      "l2_penalty_gradient", "gradients",
      "The cost is penalized and the gradient is not.",
      lambda W, l2, m: 0 * W),
    M("biases penalized", "3.1-l2", "regularization", "l2_cost", "cost",
      "The penalty counts the biases.", l2_cost_with_biases),
    M("norm without its square", "3.1-frobenius", "regularization",
      "squared_frobenius_norm", "cost", "||W|| in place of ||W||^2.",
      lambda W: np.sqrt(np.sum(W * W))),
    # dropout
    M("dropout without scaling", "3.1-dropout", "dropout", "dropout",
      "forward", "The division by keep_prob is missing.",
      lambda A, D, keep_prob: A * D),
    M("dropped nodes still learn", "3.1-dropout", "dropout",
      "dropout_gradient", "gradients",
      "The backward pass does not apply the mask.",
      lambda dA, D, keep_prob: dA / keep_prob),
    M("gradient not scaled", "3.1-dropout", "dropout", "dropout_gradient",
      "gradients", "The backward pass does not divide by keep_prob.",
      lambda dA, D, keep_prob: dA * D),
    M("keep_prob taken for the drop probability", "3.1-dropout", "dropout",
      "dropout_mask", "dropout_law",
      "The mask keeps a node with probability 1 - keep_prob.",
      lambda rng, shape, p: rng.random(shape) >= p),
    M("one mask for all examples", "3.1-dropout", "dropout",
      "dropout_mask", "dropout_law",
      "A node is dropped for every example of the step, or for none.",
      one_mask_for_all),
    M("one mask for all layers", "3.1-dropout", "dropout",
      "sample_dropout", "dropout_law",
      "The same draws serve every layer.", same_mask_in_all_layers),
    M("keep_prob 2 % off", "3.1-dropout", "dropout", "dropout_mask",
      "dropout_law", "The threshold is 0.98 keep_prob.",
      lambda rng, shape, p: rng.random(shape) < (p if p == 1 else 0.98 * p)),
    # network and backpropagation
    M("W transposed", "2.3", "network", "linear", "forward",
      "W^T A_prev, which only equal widths let pass.",
      lambda W, A, b: (W.T if W.shape[0] == W.shape[1] else W) @ A + b),
    M("bias forgotten", "2.3", "network", "linear", "forward",
      "Z lacks b.", lambda W, A, b: W @ A),
    M("float32 in disguise", "2.3", "network", "linear", "forward",
      "The products are computed in float32, whatever was asked.",
      single(lambda W, A, b: W @ A + b)),
    M("dW without 1/m", "2.10", "network", "weight_gradient", "gradients",
      "dW is the sum of the examples' shares, and not their mean.",
      lambda dZ, A: dZ @ A.T),
    M("dW with 1/m twice", "2.10", "network", "weight_gradient",
      "gradients", "The mean is divided by m once more.",
      lambda dZ, A: dZ @ A.T / dZ.shape[1] ** 2),
    M("db as the mean of all", "2.11", "network", "bias_gradient",
      "gradients", "The sum runs over the nodes too.",
      lambda dZ: np.full((len(dZ), 1), dZ.mean(), dZ.dtype)),
    M("db without keepdims", "2.11", "network", "bias_gradient",
      "gradients", "db has the shape (n,), and b becomes (n, n).",
      lambda dZ: np.sum(dZ, axis=1) / dZ.shape[1]),
    M("W not transposed on the way back", "2.12", "network",
      "input_gradient", "gradients",
      "W dZ, which only equal widths let pass.",
      lambda W, dZ: (W if W.shape[0] == W.shape[1] else W.T) @ dZ),
    # gradient descent
    M("ascent", "A1.1", "gradient_descent", "update", "train",
      "The gradient is added.", update_backwards),
    M("biases not updated", "A1.1", "gradient_descent", "update", "train",
      "b stays what it was.", update_weights_only),
    M("cost after the update", "A1.1", "gradient_descent", "repeat",
      "train", "costs[k] is J after update k.", repeat_cost_after),
    M("stale gradients", "A1.1", "gradient_descent", "repeat", "train",
      "Every step uses the gradient of the first.", repeat_once_less),
    # initialization
    M("LeCun for He", "3.2.2-he", "initialization", "he",
      "initialization_law", "1/n_prev in place of 2/n_prev.",
      scaled_normal(lambda n, n_prev: 1 / n_prev)),
    M("fan out for fan in", "3.2.2-xavier", "initialization", "xavier",
      "initialization_law", "1/n in place of 1/n_prev.",
      scaled_normal(lambda n, n_prev: 1 / n)),
    M("Glorot for the notes' Xavier", "3.2.2-xavier", "initialization",
      "xavier", "initialization_law",
      "2/(n_prev + n), which libraries call Xavier.",
      scaled_normal(lambda n, n_prev: 2 / (n_prev + n))),
    M("sum of the fans without its 2", "3.2.2-xavier-average",
      "initialization", "xavier_average", "initialization_law",
      "1/(n_prev + n) in place of 2/(n_prev + n).",
      scaled_normal(lambda n, n_prev: 1 / (n_prev + n))),
    M("uniform for normal", "3.2.2-he", "initialization", "he",
      "initialization_law", "A uniform law of the same variance.",
      uniform_he),
    M("truncated for normal", "3.2.2-he", "initialization", "he",
      "initialization_law", "A normal cut off at 2 sigma.", truncated_he),
    M("seed ignored", "2.4-small-random", "initialization", "small",
      "initialization_law", "Every call draws the same weights.",
      lambda rng, shape, scale: scale
      * np.random.default_rng(0).standard_normal(shape)),
    # normalization, prediction, split
    M("variance over m - 1", "3.2.1-normalize", "normalization",
      "variance", "normalization", "The sample variance, as torch.var.",
      lambda X, mu: np.sum((X - mu) ** 2, axis=1, keepdims=True)
      / max(X.shape[1] - 1, 1)),
    M("mean of squares", "3.2.1-normalize", "normalization", "variance",
      "normalization", "The mean was not subtracted before squaring.",
      lambda X, mu: np.mean(X * X, axis=1, keepdims=True)),
    M("divided by sigma^2", "3.2.1-normalize", "normalization",
      "normalize", "normalization", "x is divided by the variance.",
      lambda X, mu, s: (X - mu) / np.where(s == 0, 1, s * s)),
    M("constant feature by its rounding", "3.2.1-normalize",
      "normalization", "fit_normalization", "normalization",
      "The rounding error of a constant feature's mean is its sigma.",
      fit_with_own_mean),
    M("tie as class 1", "1.2-predict", "prediction", "predict",
      "prediction", "y_hat >= 1/2 in place of y_hat > 1/2.",
      lambda A: A >= 0.5),
    M("not stratified", "3-split", "splitting", "split", "split",
      "The labels are ignored.", unstratified),
    M("the same parts for every seed", "3-split", "splitting", "split",
      "split_law", "Only the order inside the parts is random.",
      same_parts),
    M("not shuffled", "3-split", "splitting", "split", "split",
      "The parts are the first, the next and the last examples.",
      unshuffled),
)  # fmt: skip
