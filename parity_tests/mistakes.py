"""Mistakes people make: a wrong equation in place of the reference's.

Each names its clause, the page and function that it replaces, the check
that has to catch it, and what happened, in a sentence.
"""

from __future__ import annotations

import functools
import math
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference import Dropout, Layer
from reference.network import cost
from reference.one_example import gradients_example
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
                if name == "call":
                    # A page's function: the one that is in force.
                    right, *rest = arguments
                    page = sys.modules[right.__module__]
                    return value(getattr(page, right.__name__), *rest, **named)
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


def looped_sums(w: Any, b: Any, X: Any, Y: Any) -> Any:
    dZ = sigmoid(w.T @ X + b) - Y
    J = np.sum(np.logaddexp(0, w.T @ X + b) - Y * (w.T @ X + b))
    return J / X.shape[1], X @ dZ.T, np.sum(dZ, axis=1, keepdims=True)


def averaged_too_early(w: Any, b: Any, X: Any, Y: Any) -> Any:
    J, _, db = looped_sums(w, b, X, Y)
    return J, np.mean(X, axis=1, keepdims=True) * db, db / X.shape[1]


def shares_of_the_mean(network: Any, parameters: Any, X: Any, Y: Any) -> Any:
    m = X.shape[1]
    shares = [
        gradients_example(network, parameters, X[:, [i]], Y[:, [i]])
        for i in range(m)
    ]
    return tuple(
        Layer(np.stack([dW / m for dW, _ in layer]),
              np.stack([db / m for _, db in layer]))
        for layer in zip(*shares, strict=True)
    )  # fmt: skip


def biases_added(parameters: Any) -> Any:
    W_all, b_all = parameters[0]
    for W, _ in parameters[1:]:
        W_all = W @ W_all
    return Layer(W_all, np.zeros((len(W_all), 1)) + sum(
        float(np.sum(b)) for _, b in parameters) + 0 * b_all.sum())  # fmt: skip


def blur_into_black(images: Any, kernel: Any) -> Any:
    r = len(kernel) // 2
    padded = np.pad(images, ((0, 0), (r, r), (r, r), (0, 0)))
    for axis in (1, 2):
        n = padded.shape[axis] - 2 * r
        padded = sum(
            k * np.take(padded, np.arange(n) + d, axis)
            for d, k in enumerate(kernel)
        )
    return padded


def stop_early_by(last: bool = False, more: int = 0) -> Callable[..., Any]:
    def rule(step: Any, dev_cost: Any, parameters: Any, steps: int,
             patience: int) -> Any:  # fmt: skip
        costs, dev_costs = [], []
        best, best_step, k = parameters, 0, 0
        while True:
            after, J = step(parameters)
            costs.append(J)
            dev_costs.append(dev_cost(parameters))
            if k > 0 and dev_costs[k] < dev_costs[best_step]:
                best, best_step = parameters, k
            if k == steps or k - best_step >= patience + more:
                break
            parameters, k = after, k + 1
        kept = parameters if last else best
        return kept, np.stack(costs), np.stack(dev_costs), best_step

    return rule


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
    # one neuron, one layer, one step
    M("images mixed", "1.1-notation", "flattening", "flatten_images",
      "notation", "reshape(n_x, m) in one step mixes the images.",
      lambda images: images.reshape(-1, len(images))),
    M("a price below zero", "1-relu-neuron", "price_model", "price",
      "price_model", "The max(0, .) is missing.",
      lambda w, b, X: w.T @ X + b),
    M("theta without its 1", "1.2-theta", "logistic_regression",
      "theta_model", "logistic_regression", "x_0 is 0, and the bias lost.",
      lambda theta, X: sigmoid(theta[1:].T @ X)),
    M("loop without 1/m", "A1.2", "logistic_regression",
      "looped_gradients", "logistic_regression",
      "The sums of the loop are not divided by m.", looped_sums),
    M("vectorized with the mean of X", "A1.3", "logistic_regression",
      "vectorized_gradients", "logistic_regression",
      "dZ is averaged before it meets X.", averaged_too_early),
    M("direction not of length 1", "P1.1", "steepest_ascent",
      "steepest_direction", "steepest_ascent",
      "The gradient itself was taken for its direction.", lambda dJ: dJ),
    M("ends not averaged", "1.2-convex", "convexity", "midpoint_gap",
      "convexity", "J at both ends is added, and not halved.",
      lambda network, start, end, X, Y: cost(network, start, X, Y)
      + cost(network, end, X, Y)),
    M("shares that have 1/m already", "2.6", "one_example",
      "gradients_by_example", "one_example",
      "One example's share is divided by m, and the mean once more.",
      shares_of_the_mean),
    M("sigmoid shifted, not stretched", "2.2-tanh", "activations", "tanh",
      "shifted_sigmoid", "2 sigmoid(Z) - 1 in place of 2 sigmoid(2Z) - 1.",
      lambda Z: 2 * sigmoid(Z) - 1),
    M("biases only added", "2.2-linear-collapse", "linear_collapse",
      "collapse", "linear_collapse", "b' is the sum of the b[l].",
      biases_added),
    M("random for equal", "2.4-symmetry", "initialization", "constant",
      "symmetry", "The rows of W differ, and learn different things.",
      lambda shape, value: value
      + np.random.default_rng(0).standard_normal(shape)),
    M("scale ignored", "2.4-small-random", "initialization", "small",
      "small_random", "The weights are 0.01 N, whatever the scale.",
      lambda rng, shape, scale: 0.01 * rng.standard_normal(shape)),
    # practice
    M("worst candidate", "3-dev-selection", "selection", "select",
      "dev_selection", "The largest dev error is chosen.",
      lambda errors, costs: int(np.argmax(errors))),
    M("ties by the last", "3-dev-selection", "selection", "select",
      "dev_selection", "Of equal dev errors the last is chosen.",
      lambda errors, costs: int(np.flatnonzero(errors == errors.min())[-1])),
    M("decay without 1/m", "3.1-l2", "regularization", "weight_decay",
      "weight_decay", "The factor is 1 - alpha lambda.",
      lambda W, dW, rate, l2, m: (1 - rate * l2) * W - rate * dW),
    M("flipped upside down", "3.1-augmentation", "augmentation", "flip",
      "augmentation", "The rows are reversed, and not the columns.",
      lambda images, flipped: np.where(
          flipped[:, None, None, None], images[:, ::-1], images)),
    M("dark edges", "3.1-augmentation", "augmentation", "blur",
      "augmentation", "Beyond its edge an image is black.", blur_into_black),
    M("gain beyond the range", "3.1-augmentation", "augmentation", "louder",
      "augmentation", "The sound is not cut off at -1 and 1.",
      lambda sounds, gain: 4 * gain[:, None] * sounds),
    M("one draw for the batch", "3.1-augmentation", "augmentation",
      "louder", "augmentation_law", "Every sound has the same gain.",
      lambda sounds, gain: np.clip(gain[:1, None] * sounds, -1, 1)),
    M("noise twice as loud", "3.1-augmentation", "augmentation", "noise",
      "augmentation_law", "The noise has twice its standard deviation.",
      lambda sounds, N, scale: np.clip(sounds + 2 * scale * N, -1, 1)),
    M("last parameters", "3.1-early-stopping", "early_stopping",
      "stop_early", "early_stopping",
      "The parameters of the last step are handed back.",
      stop_early_by(last=True)),
    M("patience one too long", "3.1-early-stopping", "early_stopping",
      "stop_early", "early_stopping", "One update more is waited for.",
      stop_early_by(more=1)),
    M("mean subtracted alone", "3.2.1-normalize", "normalization",
      "normalize", "conditioning", "The division by sigma is missing.",
      lambda X, mu, sigma: X - mu),
    M("signal one layer late", "3.2.2-vanishing", "vanishing_gradients",
      "repeated_weight", "vanishing", "w^(l-1) in place of w^l.",
      lambda w, L: np.array([w**l for l in range(L)], w.dtype)),
    M("variance for its root", "3.2.2-vanishing", "vanishing_gradients",
      "root_mean_square", "vanishing", "The square root is missing.",
      lambda A: np.mean(A * A)),
    M("one-sided difference", "3.2.3-two-sided", "gradient_checking",
      "two_sided", "order_of_accuracy",
      "(f(theta + eps) - f(theta)) / eps errs by eps, not eps^2.",
      lambda f, theta, epsilon: np.stack([
          (f(theta + epsilon * e) - f(theta)) / epsilon
          for e in np.eye(len(theta))])),
    M("a mistake in backpropagation", "3.2.3-check", "activations",
      "tanh_derivative", "gradient_check",
      "g' = 1 - A^2 lost its square, and the check has to say so.",
      lambda Z: 1 - np.tanh(Z)),
    M("NaN passes", "3.2.3-check", "gradient_checking", "verdict",
      "gradient_check", "A comparison that NaN fails decides for correct.",
      lambda difference: "wrong" if difference > 1e-3 else "correct"),
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
    M("small spread taken for none", "3.2.1-normalize", "normalization",
      "normalize", "normalization",
      "A sigma below 1e-3 counts as 1, as if the feature were constant.",
      lambda X, mu, s: (X - mu) / np.where(s < 1e-3, 1, s)),
    M("tie as class 1", "1.2-predict", "prediction", "predict",
      "prediction", "y_hat >= 1/2 in place of y_hat > 1/2.",
      lambda A: A >= 0.5),
    M("Z = 0 as class 1", "1.2-predict", "prediction", "predict_from_z",
      "prediction", "Z >= 0 in place of Z > 0.", lambda Z: Z >= 0),
    M("class from a rounded sigmoid", "1.2-predict", "prediction",
      "predict_from_z", "prediction",
      "sigmoid(Z) > 1/2, which is exactly 1/2 for every small Z.",
      lambda Z: sigmoid(Z) > 0.5),
    M("not stratified", "3-split", "splitting", "split", "split",
      "The labels are ignored.", unstratified),
    M("the same parts for every seed", "3-split", "splitting", "split",
      "split_law", "Only the order inside the parts is random.",
      same_parts),
    M("not shuffled", "3-split", "splitting", "split", "split",
      "The parts are the first, the next and the last examples.",
      unshuffled),
)  # fmt: skip
